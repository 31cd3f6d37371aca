"""Looks at known pieces: which are due, what they found, and the times at which a piece was gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.model.identity import THERE, RecheckDecision
from monitor.model.source import Validators
from monitor.storage.connection import Connection, Row
from monitor.storage.sources.links import Link, link_from_row
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckFacts:
    """What decides on the next look at a piece.

    `born`: when it was published or last edited, never in the future. `matched`: a topic accepts it, or told of it.
    """

    born: datetime
    revision: int
    matched: bool
    departed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A time that a piece was gone: since when we know, at which revision, until when; None: it still is."""

    revision: int
    noticed_at: datetime
    returned_at: datetime | None


class Rechecks:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def due(self, source: str, now: datetime, limit: int, *, without: Collection[int] = ()) -> list[Link]:
        """Links of known pieces whose next look has come: what a topic accepts first, then the longest due."""
        rows = self.db.execute(
            "SELECT * FROM links WHERE source = ? AND revisit_at <= ? AND state IN ('done', 'gone') ORDER BY "
            "EXISTS (SELECT 1 FROM matches WHERE article_id = links.article_id AND matched = 1) DESC, revisit_at, id "
            "LIMIT ?",
            (source, format_stamp(now), limit + len(without)),
        )
        return [link_from_row(row, revisit=True) for row in rows if row["id"] not in without][:limit]

    def load_facts(self, article_id: int, now: datetime) -> RecheckFacts:
        """What is known of a piece that was just looked at."""
        row = self.db.execute(
            "SELECT revision, coalesce(published_at, first_seen_at) AS at, "
            "(SELECT max(seen_at) FROM revisions WHERE article_id = articles.id AND number > 1 AND repeats IS NULL) "
            "AS edited_at, EXISTS (SELECT 1 FROM matches WHERE article_id = articles.id AND matched = 1) "
            "OR EXISTS (SELECT 1 FROM alerts WHERE article_id = articles.id AND topic IS NOT NULL) AS matched, "
            "EXISTS (SELECT 1 FROM departures WHERE article_id = articles.id AND returned_at IS NULL) AS departed "
            "FROM articles WHERE id = ?",
            (article_id,),
        ).fetchone()
        born = max(row["at"], row["edited_at"] or "")
        return RecheckFacts(
            born=min(parse_stamp(born), now),
            revision=row["revision"],
            matched=bool(row["matched"]),
            departed=bool(row["departed"]),
        )

    def topics(self, article_id: int) -> frozenset[str]:
        """The topics that accept a piece, or told of it."""
        rows = self.db.execute(
            "SELECT topic FROM matches WHERE article_id = :id AND matched = 1 UNION "
            "SELECT topic FROM alerts WHERE article_id = :id AND topic IS NOT NULL",
            {"id": article_id},
        )
        return frozenset(row["topic"] for row in rows)

    def count_others(self, seen: Link, since: datetime) -> tuple[int, int]:
        """How many other links of the outlet were fetched since then, and of how many the piece was there."""
        there = ", ".join(f"'{outcome}'" for outcome in sorted(THERE))
        row = self.db.execute(
            "SELECT count(DISTINCT link_id) AS seen, "  # noqa: S608  a closed list of ours
            f"count(DISTINCT CASE WHEN fetches.outcome IN ({there}) THEN link_id END) AS there "
            # CROSS: from the fetches of that time to their links, never from all links of the outlet
            "FROM fetches CROSS JOIN links ON links.id = link_id WHERE fetches.at >= ? AND source = ? AND link_id <> ?",
            (format_stamp(since), seen.source, seen.id),
        ).fetchone()
        return row["seen"], row["there"]

    def schedule_next(
        self, seen: Link, look: RecheckDecision, validators: Validators | None, headline: str | None
    ) -> None:
        """When the link is looked at next, what its next request may carry, and what the page calls itself; None leaves
        the validators or the headline as they are."""
        self.db.execute(
            "UPDATE links SET revisit_at = ?, revisits = revisits + ?, gone_since = ?, "
            "headline = coalesce(?, headline) WHERE id = ?",
            (
                format_optional_stamp(look.again),
                seen.revisit,
                format_optional_stamp(look.gone_since),
                headline,
                seen.id,
            ),
        )
        if validators is not None:
            self.db.execute(
                "UPDATE links SET etag = ?, last_modified = ? WHERE id = ?",
                (validators.etag, validators.last_modified, seen.id),
            )

    def open_departure(self, article_id: int, revision: int, since: datetime, reason: str, now: datetime) -> None:
        """A piece is gone: one open row at a time."""
        self.db.execute(
            "INSERT INTO departures (article_id, revision, gone_since, noticed_at, reason) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (article_id, revision, format_stamp(since), format_stamp(now), reason),
        )

    def close_departure(self, article_id: int, now: datetime) -> None:
        """A piece that was gone is there again."""
        self.db.execute(
            "UPDATE departures SET returned_at = ? WHERE article_id = ? AND returned_at IS NULL",
            (format_stamp(now), article_id),
        )

    def departures(self, article_id: int) -> list[Row]:
        """Every time a piece was gone, first to last."""
        return list(self.db.execute("SELECT * FROM departures WHERE article_id = ? ORDER BY id", (article_id,)))

    def list_departures(self, article_id: int) -> tuple[Departure, ...]:
        """Every time a piece was gone, first to last, as far as alerts tell of it."""
        return tuple(
            Departure(
                revision=row["revision"],
                noticed_at=parse_stamp(row["noticed_at"]),
                returned_at=parse_optional_stamp(row["returned_at"]),
            )
            for row in self.departures(article_id)
        )
