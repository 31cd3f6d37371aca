"""Moves every stored due time when the machine's clock was set, so that what was to wait a minute waits a minute.

It must not touch what tells of the past to people: articles, polls, fetches, attempts and problems keep their times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_optional_stamp, parse_stamp

# Table, its columns that are reckoned from or against `now`, and the rows where they matter (which an index finds).
_COLUMNS = (
    ("sources", ("next_poll_at", "others_at", "last_poll_at", "last_ok_at", "last_new_at"), ""),
    ("hosts", ("next_turn_at", "leased_until", "robots_at"), ""),
    ("endpoints", ("next_at", "last_at", "last_ok_at", "distrusted_until"), ""),
    ("links", ("next_attempt_at",), "WHERE state = 'pending'"),
    ("links", ("revisit_at",), "WHERE revisit_at IS NOT NULL"),
    ("gaps", ("next_try_at",), "WHERE closed_at IS NULL"),
    ("channels", ("next_at", "failing_since", "last_ok_at"), ""),
    ("alerts", ("next_attempt_at", "leased_until"), "WHERE state = 'pending'"),
    # Quiet hours and digests follow the clock on the wall; a cooldown and a rush are lengths of time.
    ("alerts", ("release_at",), "WHERE state = 'held' AND release_at IS NOT NULL AND hold IN ('cooldown', 'rush')"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolls:
    """How many of the `enabled` sources wait for room to be polled, and since when the longest does."""

    sources: int
    enabled: int
    since: datetime


class DueTimes:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def shift(self, seconds: float) -> None:
        """Move all due times by so many seconds, forward where positive; the caller's transaction."""
        by = f"{seconds:+.3f} seconds"
        for table, columns, which in _COLUMNS:
            changes = ", ".join(f"{name} = strftime('%Y-%m-%dT%H:%M:%fZ', {name}, :by)" for name in columns)
            self.db.execute(f"UPDATE {table} SET {changes} {which}", {"by": by})  # noqa: S608  names of ours

    def find_late_polls(self, now: datetime, before: datetime) -> LatePolls | None:
        """The sources due since `before` that nothing but room keeps from being polled: neither crawl nor rest."""
        row = self.db.execute(
            "SELECT count(*) AS late, min(next_poll_at) AS since, "
            "(SELECT count(*) FROM sources WHERE enabled = 1 AND paused_at IS NULL) AS enabled "
            "FROM sources LEFT JOIN hosts ON hosts.host = sources.host "
            "WHERE enabled = 1 AND paused_at IS NULL AND state <> 'stopped' AND next_poll_at <= :before "
            "AND coalesce(leased_until, '') <= :now AND coalesce(next_turn_at, '') <= :now",
            {"now": format_stamp(now), "before": format_stamp(before)},
        ).fetchone()
        if row["late"] == 0:
            return None
        return LatePolls(sources=row["late"], enabled=row["enabled"], since=parse_stamp(row["since"]))

    def find_latest_work(self) -> datetime | None:
        """The latest moment at which anything was polled or delivered, None where nothing was yet.

        One that lies ahead says that the clock was set back while nobody watched.
        """
        row = self.db.execute(
            "SELECT max(at) AS at FROM (SELECT max(last_poll_at) AS at FROM sources "
            "UNION ALL SELECT max(last_at) FROM endpoints UNION ALL SELECT max(last_ok_at) FROM channels)"
        ).fetchone()
        return parse_optional_stamp(row["at"])
