"""Gaps: intervals in which an endpoint may have lost entries, what closed them, and what each endpoint listed last."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.gap import KEPT, Closure, LastListing, LinkSample, ListingGap, Witness
from monitor.model.source import Endpoint
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

# How far back the links lie by which endpoints are compared, and how many of them: what an outlet lists where changes
# with its redesigns. The last two hours are left out: a sitemap follows its feed.
_COMPARED = timedelta(days=30)
_LINKS = 3_000
_LAG = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap that is not closed. `key` names its endpoint, `deeper` is the next page to look for the end of it."""

    id: int
    source: str
    endpoint_id: int
    kind: str
    url: str
    key: str
    since: datetime
    until: datetime
    opened_at: datetime
    anchors: frozenset[int]
    deeper: Endpoint | None
    attempts: int


class Gaps:
    def __init__(self, db: Connection) -> None:
        self.db = db

    # — what endpoints list ———————————————————————————————————————————————————————————————————————————————————————

    def load_last_listing(self, endpoint_id: int) -> LastListing | None:
        """What an endpoint listed last; None before its first list."""
        row = self.db.execute(
            "SELECT listed, listed_at, newest_at FROM endpoints WHERE id = ? AND listed IS NOT NULL", (endpoint_id,)
        ).fetchone()
        if row is None:
            return None
        return LastListing(
            links=tuple(json.loads(row["listed"])),
            newest=parse_optional_stamp(row["newest_at"]),
            at=parse_stamp(row["listed_at"]),
        )

    def save_listing(self, endpoint_id: int, links: tuple[int, ...], now: datetime) -> None:
        """Remember what an endpoint lists, newest first; an empty answer keeps what it listed before."""
        self.db.execute(
            "UPDATE endpoints SET listed = CASE WHEN ? THEN ? ELSE listed END, listed_at = ? WHERE id = ?",
            (bool(links), json.dumps(links[:KEPT], separators=(",", ":")), format_stamp(now), endpoint_id),
        )

    # — a gap's life ——————————————————————————————————————————————————————————————————————————————————————————————

    def open(self, source: str, endpoint_id: int, found: ListingGap, deeper: Endpoint | None, now: datetime) -> int:
        """Write a gap down, about to be filled; its number."""
        cursor = self.db.execute(
            "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, anchors, deeper) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                endpoint_id,
                format_stamp(found.since),
                format_stamp(found.until),
                format_stamp(now),
                found.reason,
                json.dumps(found.anchors, separators=(",", ":")),
                _dump(deeper),
            ),
        )
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        return cursor.lastrowid

    def record_page(self, number: int, deeper: Endpoint | None) -> None:
        """One page more was read; `deeper` is the one after it."""
        self.db.execute("UPDATE gaps SET pages = pages + 1, deeper = ? WHERE id = ?", (_dump(deeper), number))

    def add_found_links(self, number: int, links: int) -> None:
        """So many links more came to light inside it."""
        self.db.execute("UPDATE gaps SET found = found + ? WHERE id = ?", (links, number))

    def close(self, number: int, closure: Closure, now: datetime) -> None:
        """Nothing is missing any more, and why we believe it."""
        self.db.execute(
            "UPDATE gaps SET state = 'closed', deeper = NULL, next_try_at = NULL, closed_at = ?, closed_by = ?, "
            "closed_because = ? WHERE id = ?",
            (format_stamp(now), closure.by, closure.because, number),
        )

    def postpone(self, number: int, next_try_at: datetime | None) -> None:
        """It could not be closed this time; None: it is not tried again and stays as it is, for people to know."""
        self.db.execute(
            "UPDATE gaps SET state = 'open', attempts = attempts + 1, next_try_at = ? WHERE id = ?",
            (format_optional_stamp(next_try_at), number),
        )

    # — questions —————————————————————————————————————————————————————————————————————————————————————————————————

    def due(self, source: str, now: datetime) -> list[Gap]:
        """The gaps of a source to be tried now, those that a crash or a stop left in the middle among them."""
        rows = self.db.execute(
            f"{_GAPS} WHERE gaps.source = ? AND closed_at IS NULL AND (state = 'filling' OR next_try_at <= ?) "
            "ORDER BY gaps.id",
            (source, format_stamp(now)),
        )
        return [_gap(row) for row in rows]

    def list_open(self, source: str, since: datetime | None = None) -> list[Gap]:
        """The gaps of a source that are not closed, oldest first; `since` leaves out those opened earlier."""
        rows = self.db.execute(
            f"{_GAPS} WHERE gaps.source = ? AND closed_at IS NULL AND opened_at >= coalesce(?, '') ORDER BY gaps.id",
            (source, format_optional_stamp(since)),
        )
        return [_gap(row) for row in rows]

    def list_resting(self, source: str, since: datetime, now: datetime) -> frozenset[str]:
        """The keys of a source's endpoints that were asked at `since` or later, are gone (410), or wait because they
        failed: not to be asked out of turn."""
        rows = self.db.execute(
            "SELECT key FROM endpoints WHERE source = ? AND (last_at >= ? OR gone_at IS NOT NULL "
            "OR (failures > 0 AND next_at > ?))",
            (source, format_stamp(since), format_stamp(now)),
        )
        return frozenset(row["key"] for row in rows)

    def last_asked(self, source: str, keys: Iterable[str], now: datetime) -> datetime | None:
        """When the first of these endpoints was asked last, of those that are neither gone nor wait after failures."""
        row = self.db.execute(
            "SELECT min(last_at) AS at FROM endpoints WHERE source = ? AND key IN (SELECT value FROM json_each(?)) "
            "AND gone_at IS NULL AND NOT (failures > 0 AND coalesce(next_at, '') > ?)",
            (source, json.dumps(sorted(keys)), format_stamp(now)),
        ).fetchone()
        return parse_optional_stamp(row["at"])

    def count_open(self) -> dict[str, int]:
        """By source, how many gaps are not closed; a source without such a gap is left out."""
        rows = self.db.execute("SELECT source, count(*) AS n FROM gaps WHERE state <> 'closed' GROUP BY source")
        return {row["source"]: row["n"] for row in rows}

    def counts(self, source: str) -> dict[str, int]:
        """How many gaps of a source are in which state."""
        rows = self.db.execute("SELECT state, count(*) AS n FROM gaps WHERE source = ? GROUP BY state", (source,))
        return {row["state"]: row["n"] for row in rows}

    def rows(self, source: str, limit: int) -> list[Row]:
        """The gaps of a source as people read them: those that are not closed first, then the latest."""
        return list(
            self.db.execute(
                "SELECT gaps.*, broken.kind, broken.url, closer.kind AS by_kind, closer.url AS by_url FROM gaps "
                "JOIN endpoints AS broken ON broken.id = endpoint_id "
                "LEFT JOIN endpoints AS closer ON closer.id = closed_by "
                "WHERE gaps.source = ? ORDER BY closed_at IS NULL DESC, gaps.id DESC LIMIT ?",
                (source, limit),
            )
        )

    def witnesses(
        self, gap: Gap, asked: frozenset[str], now: datetime
    ) -> tuple[LinkSample, list[Witness], dict[str, int]]:
        """Who else could speak for a gap's endpoint: its links of the last month, every other endpoint of the source,
        and how many of these links the endpoints of each kind listed between them.

        `asked` are the keys of the configured endpoints. What was there at the first poll is not compared: lists
        reach back differently far.
        """
        compared = self.db.execute(
            "SELECT link_id, at FROM sightings JOIN links ON links.id = link_id WHERE endpoint_id = ? AND at >= ? "
            "AND at < ? AND backlog = 0 ORDER BY at DESC LIMIT ?",
            (gap.endpoint_id, format_stamp(now - _COMPARED), format_stamp(now - _LAG), _LINKS),
        ).fetchall()
        numbers = json.dumps([row["link_id"] for row in compared])
        over = parse_stamp(compared[0]["at"]) - parse_stamp(compared[-1]["at"]) if compared else timedelta(0)
        shared: Counter[int] = Counter()
        links: dict[str, set[int]] = {}
        for row in self.db.execute(
            "SELECT link_id, endpoint_id, kind FROM sightings JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE link_id IN (SELECT value FROM json_each(?)) AND endpoint_id <> ?",
            (numbers, gap.endpoint_id),
        ):
            shared[row["endpoint_id"]] += 1
            links.setdefault(row["kind"], set()).add(row["link_id"])
        holes: dict[int, list[tuple[datetime, datetime]]] = {}
        for other in self.list_open(gap.source):
            holes.setdefault(other.endpoint_id, []).append((other.since, other.until))
        rows = self.db.execute(
            "SELECT id, kind, key, listed_at, (SELECT min(at) FROM sightings WHERE endpoint_id = endpoints.id) "
            "AS first_at FROM endpoints WHERE source = ? AND id <> ? ORDER BY id",
            (gap.source, gap.endpoint_id),
        )
        found = [
            Witness(
                number=row["id"],
                kind=row["kind"],
                asked=row["key"] in asked,
                first_at=parse_optional_stamp(row["first_at"]),
                listed_at=parse_optional_stamp(row["listed_at"]),
                gaps=tuple(holes.get(row["id"], ())),
                shared=shared[row["id"]],
            )
            for row in rows
        ]
        return LinkSample(links=len(compared), over=over), found, {kind: len(known) for kind, known in links.items()}


_GAPS = (
    "SELECT gaps.*, endpoints.kind, endpoints.url, endpoints.key FROM gaps JOIN endpoints ON endpoints.id = endpoint_id"
)


def _gap(row: Row) -> Gap:
    return Gap(
        id=row["id"],
        source=row["source"],
        endpoint_id=row["endpoint_id"],
        kind=row["kind"],
        url=row["url"],
        key=row["key"],
        since=parse_stamp(row["from_at"]),
        until=parse_stamp(row["to_at"]),
        opened_at=parse_stamp(row["opened_at"]),
        anchors=frozenset(json.loads(row["anchors"])),
        deeper=None if row["deeper"] is None else Endpoint(**json.loads(row["deeper"])),
        attempts=row["attempts"],
    )


def _dump(endpoint: Endpoint | None) -> str | None:
    if endpoint is None:
        return None
    return json.dumps({"kind": endpoint.kind, "url": endpoint.url, "body": endpoint.body})
