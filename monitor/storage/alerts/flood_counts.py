"""How many matching pieces a source brings, and when the digest of its flood goes out; it must not decide."""

from __future__ import annotations

from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_optional_stamp

_MATCHED = (
    "FROM articles WHERE source = ? AND stored_at > ? AND stored_at <= ? AND baseline = 0 AND backlog = 0 "
    "AND EXISTS (SELECT 1 FROM matches WHERE article_id = articles.id AND matched = 1)"
)


class FloodCounts:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def matched(self, source: str, since: datetime, until: datetime) -> int:
        """Pieces of a source that some topic accepts, stored after `since` and up to `until`; no backlog."""
        row = self.db.execute(f"SELECT count(*) AS n {_MATCHED}", (source, format_stamp(since), format_stamp(until)))
        return int(row.fetchone()["n"])

    def window(self, rule: str, channel: str, now: datetime) -> datetime | None:
        """When those are told that a rule holds for a channel because of a flood, None where there are none."""
        row = self.db.execute(
            "SELECT min(release_at) AS at FROM alerts INDEXED BY alerts_held "
            "WHERE state = 'held' AND release_at > ? AND hold = 'flood' AND channel = ? AND rule = ?",
            (format_stamp(now), channel, rule),
        ).fetchone()
        return parse_optional_stamp(row["at"])
