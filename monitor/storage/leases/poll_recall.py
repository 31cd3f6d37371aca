"""What the desk must know for one step of a poll, in one statement each; what mostly says that there is nothing to do.

A poll that finds nothing is most of what a desk does. It must not decide what follows from what it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import SourceVanished
from monitor.model.identity import ALGORITHM
from monitor.model.source import Endpoint
from monitor.storage.connection import Connection, Row
from monitor.storage.problems import OPEN_KINDS
from monitor.storage.sources.endpoints import SourceEndpoints
from monitor.storage.sources.hints import PACES_TO_NOTE, reckon_exceeded
from monitor.storage.sources.soft_404 import ABSENCE_DUE
from monitor.storage.sources.source_history import WAS_READ
from monitor.storage.timestamps import format_stamp, parse_optional_stamp, parse_stamp

_OPENINGS = 3
_OWED = "EXISTS (SELECT 1 FROM links WHERE source = :source AND state = 'pending' AND next_attempt_at <= :now)"
_GAPS = "EXISTS (SELECT 1 FROM gaps WHERE source = :source AND closed_at IS NULL)"
_LAST_READ = (
    "(SELECT outcome FROM links WHERE source = :source AND outcome IS NOT NULL AND state <> 'archived' "
    "ORDER BY first_seen_at DESC, id DESC LIMIT 1)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecall:
    """For the order of a poll: the source's endpoints, whether links and looks at known pieces are due, or gaps open.

    `absence` is an article's address, where the site is to be asked for one that does not exist.
    """

    endpoints: SourceEndpoints
    owed: bool
    looks: bool
    gaps: bool
    absence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecall:
    """For an endpoint's answer: whether the poll is open, what is known of the endpoint, and what may need a change.

    `number` is None for an endpoint that answers for the first time; `opening`: it was never read whole, for three
    answers at most, for one that never comes whole must not count as new for ever. `cut_offs`: so often in a row its
    answer broke off. `moved`: it is, or was once, redirected for good. `owed`: links are due; `paces`: the source's
    hints are beyond their pace, or some are past it. `problems` are the open ones of those asked for, by kind.
    """

    open: bool
    number: int | None
    last_ok: datetime | None
    opening: bool
    cut_offs: int
    moved: bool
    added_at: datetime
    source_ok: datetime | None
    owed: bool
    paces: bool
    problems: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRecall:
    """For the end of a poll: whether it is open, since when, its source's standing and endpoints, and whether gaps are.

    `newest`: when the source announced something new last, `added_at` where it never did. `readable`: the last page
    that was answered for could be read, or there was none. `others_at` as in `PollResult`, `problems` as in
    `AnswerRecall`.
    """

    open: bool
    started_at: str
    state: str
    reason: str | None
    added_at: datetime
    newest: datetime
    others_at: datetime | None
    endpoints: SourceEndpoints
    gaps: bool
    readable: bool
    problems: frozenset[str]


class PollRecall:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def load_order(self, source: str, now: datetime, *, before: datetime, settled: datetime) -> OrderRecall:
        """What the order of a poll is made of.

        The site is to be asked for an absent page where it was not since `before`, and was added by `settled`.
        """
        rows = self.db.execute(
            f"SELECT {_OWED} AS owed, EXISTS (SELECT 1 FROM links WHERE source = :source AND revisit_at <= :now "  # noqa: S608  names of ours
            f"AND state IN ('done', 'gone')) AS looks, {_GAPS} AS gaps, ({ABSENCE_DUE}) AS absence, "
            f"{SourceEndpoints.COLUMNS} FROM (SELECT 1) LEFT JOIN endpoints ON source = :source",
            {
                "source": source,
                "now": format_stamp(now),
                "before": format_stamp(before),
                "settled": format_stamp(settled),
                "algorithm": ALGORITHM,
            },
        ).fetchall()
        known = rows[0]
        return OrderRecall(
            endpoints=SourceEndpoints(rows),
            owed=bool(known["owed"]),
            looks=bool(known["looks"]),
            gaps=bool(known["gaps"]),
            absence=known["absence"],
        )

    def load_answer(self, poll: int, source: str, key: str, problems: Mapping[str, str], now: datetime) -> AnswerRecall:
        """What an answer of the endpoint `key` is taken by; `problems` are kinds and their subjects.

        Raises SourceVanished for a source that is not there.
        """
        row: Row | None = self.db.execute(
            f"SELECT (SELECT outcome = 'open' FROM polls WHERE id = :poll) AS open, {_OWED} AS owed, "  # noqa: S608  names of ours
            f"{PACES_TO_NOTE} AS paces, {OPEN_KINDS} AS problems, added_at, sources.last_ok_at AS source_ok, "
            "endpoints.id AS number, endpoints.last_ok_at AS last_ok, whole_at IS NULL AND openings < :openings "
            "AS opening, cut_offs, moved_to IS NOT NULL AS moved FROM sources LEFT JOIN endpoints "
            "ON endpoints.source = name AND endpoints.key = :key WHERE name = :source",
            {
                "poll": poll,
                "source": source,
                "key": key,
                "now": format_stamp(now),
                "ahead": format_stamp(reckon_exceeded(now)),
                "openings": _OPENINGS,
                "problems": json.dumps(problems),
            },
        ).fetchone()
        if row is None:
            raise SourceVanished(f"{source} is no source any more: it was renamed while a poll of it ran")
        return AnswerRecall(
            open=bool(row["open"]),
            number=row["number"],
            last_ok=parse_optional_stamp(row["last_ok"]),
            opening=row["number"] is None or bool(row["opening"]),
            cut_offs=row["cut_offs"] or 0,
            moved=bool(row["moved"]),
            added_at=parse_stamp(row["added_at"]),
            source_ok=parse_optional_stamp(row["source_ok"]),
            owed=bool(row["owed"]),
            paces=bool(row["paces"]),
            problems=_split(row["problems"]),
        )

    def load_end(self, poll: int, source: str, problems: Mapping[str, str], endpoints: Iterable[Endpoint]) -> EndRecall:
        """What a poll is closed by; `problems` are kinds and their subjects. Raises SourceVanished for a source
        that is not there.

        Of its endpoints those that are stated, the configured ones: the parts of a sitemap become thousands.
        """
        rows = self.db.execute(
            f"SELECT polls.outcome = 'open' AS open, started_at, state, sources.reason, added_at, last_new_at, "  # noqa: S608  names of ours
            f"others_at, {_GAPS} AS has_gaps, {_LAST_READ} AS last_read, {OPEN_KINDS} AS problems, "
            f"{SourceEndpoints.COLUMNS} "
            "FROM sources LEFT JOIN polls ON polls.id = :poll LEFT JOIN endpoints ON endpoints.source = name "
            "AND endpoints.key IN (SELECT value FROM json_each(:keys)) WHERE name = :source",
            {
                "poll": poll,
                "source": source,
                "problems": json.dumps(problems),
                "keys": json.dumps([endpoint.key for endpoint in endpoints]),
            },
        ).fetchall()
        if not rows:
            raise SourceVanished(f"{source} is no source any more: it was renamed while a poll of it ran")
        known = rows[0]
        return EndRecall(
            open=bool(known["open"]),
            started_at=known["started_at"],
            state=known["state"],
            reason=known["reason"],
            added_at=parse_stamp(known["added_at"]),
            newest=parse_stamp(known["last_new_at"] or known["added_at"]),
            others_at=parse_optional_stamp(known["others_at"]),
            endpoints=SourceEndpoints(rows),
            gaps=bool(known["has_gaps"]),
            readable=known["last_read"] is None or known["last_read"] in WAS_READ,
            problems=_split(known["problems"]),
        )


def _split(kinds: str | None) -> frozenset[str]:
    return frozenset(kinds.split(",")) if kinds else frozenset()
