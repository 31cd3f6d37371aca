"""What a source's own past says of it: when its pieces came and how its pages read; it must not judge."""

from __future__ import annotations

import json
from datetime import datetime

from monitor.model.gap import PageFacts
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp, parse_stamp

# A date that lies outside these bounds of the moment we saw the piece is not when it came.
_EARLY, _LATE = "-7 days", "+1 hour"


WAS_READ = frozenset({"new", "revision", "unchanged", "copy", "near-copy"})  # outcomes


class SourceHistory:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def moments(self, source: str, since: datetime) -> tuple[datetime, ...]:
        """When the source's pieces came since then: by their own date where it is believable, else when seen first.

        Seen first alone would pile up at the end of an outage of ours what came during it.
        """
        rows = self.db.execute(
            "SELECT CASE WHEN published_at BETWEEN strftime('%Y-%m-%dT%H:%M:%SZ', first_seen_at, ?) "
            "AND strftime('%Y-%m-%dT%H:%M:%SZ', first_seen_at, ?) THEN published_at ELSE first_seen_at END AS at "
            "FROM links WHERE source = ? AND first_seen_at >= ? AND backlog = 0 AND state <> 'archived'",
            (_EARLY, _LATE, source, format_stamp(since)),
        )
        return tuple(parse_stamp(row["at"]) for row in rows)

    def reads(self, source: str, limit: int) -> tuple[PageFacts, ...]:
        """How the last pages of a source read, newest first; what never came or was barred says nothing of that."""
        rows = self.db.execute(
            "SELECT lead, articles.published_at, authors, section, tags, image, rungs, words, background, "
            "length(text) AS size, (SELECT CASE kind WHEN 'api' THEN kind WHEN 'sitemap' THEN kind ELSE key END "
            "FROM (SELECT min(sightings.at), kind, key FROM sightings JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE link_id = links.id)) AS place "
            "FROM links LEFT JOIN articles ON articles.id = links.article_id "
            "WHERE links.source = ? AND links.outcome IN "
            "('new', 'revision', 'unchanged', 'copy', 'near-copy', 'not-article', 'no-text') "
            "ORDER BY links.first_seen_at DESC, links.id DESC LIMIT ?",
            (source, limit),
        )
        return tuple(_read(row) for row in rows)

    def unread(self, source: str, links: int) -> str | None:
        """Why none of the last links that a source announced could be read; None where one could, or they are fewer
        than `links`."""
        rows = self.db.execute(
            "SELECT outcome, reason FROM links WHERE source = ? AND outcome IS NOT NULL AND state <> 'archived' "
            "ORDER BY first_seen_at DESC, id DESC LIMIT ?",
            (source, links),
        ).fetchall()
        if len(rows) < links or any(row["outcome"] in WAS_READ for row in rows):
            return None
        return f"none of its last {links} pages could be read; the last: {rows[0]['outcome']}: {rows[0]['reason']}"


def _read(row: Row) -> PageFacts:
    if row["rungs"] is None:
        return PageFacts(filled=frozenset(), rungs={}, words=0, background=0.0, place=row["place"] or "")
    filled = {name for name in ("lead", "section", "image") if row[name]}
    filled |= {name for name in ("authors", "tags") if row[name] != "[]"}
    if row["published_at"]:
        filled.add("date")
    repeated = sum(end - start for start, end in json.loads(row["background"]))
    return PageFacts(
        filled=frozenset(filled | {"text"}),
        rungs={field: rung.partition(" ")[0] for field, rung in json.loads(row["rungs"]).items()},
        words=row["words"],
        background=repeated / max(row["size"], 1),
        place=row["place"] or "",
    )
