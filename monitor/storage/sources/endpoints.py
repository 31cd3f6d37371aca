"""Where endpoints are asked, and whether still: those that moved and those that are gone; it must not decide.

What they answered stands with `sources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.discovery.poll_interval import is_permanent_move
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_stamp


class Endpoints:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def addresses(self, source: str) -> Mapping[str, str]:
        """By endpoint key, where those are asked that have moved for good."""
        rows = self.db.execute(
            "SELECT key, moved_to FROM endpoints WHERE source = ? AND moved_at IS NOT NULL", (source,)
        )
        return {row["key"]: row["moved_to"] for row in rows}

    def record_redirect(self, endpoint_id: int, moved: str | None, now: datetime) -> str | None:
        """Note a good answer and where permanent redirects led to it (None: nowhere).

        The address, when it is from now on asked directly (`is_permanent_move`). A redirect to another address,
        or an answer without one, begins the count anew.
        """
        row = self.db.execute(
            "SELECT moved_to, moved_since, moved_times, moved_at FROM endpoints WHERE id = ?", (endpoint_id,)
        ).fetchone()
        if moved is None:
            if row["moved_to"] is not None and row["moved_at"] is None:
                self.clear_redirect(endpoint_id)
            return None
        if row["moved_to"] != moved:
            self.db.execute(
                "UPDATE endpoints SET moved_to = ?, moved_since = ?, moved_times = 1, moved_at = NULL WHERE id = ?",
                (moved, format_stamp(now), endpoint_id),
            )
            return None
        times = row["moved_times"] + 1
        settled = is_permanent_move(times, parse_stamp(row["moved_since"]), now)
        self.db.execute(
            "UPDATE endpoints SET moved_times = ?, moved_at = ? WHERE id = ?",
            (times, format_stamp(now) if settled else None, endpoint_id),
        )
        return moved if settled else None

    def clear_redirect(self, endpoint_id: int) -> None:
        """It is asked at its configured address again: the other one gave nothing, or is no longer named."""
        self.db.execute(
            "UPDATE endpoints SET moved_to = NULL, moved_since = NULL, moved_times = 0, moved_at = NULL WHERE id = ?",
            (endpoint_id,),
        )

    def mark_gone(self, endpoint_id: int, now: datetime) -> None:
        """It answered 410: it is not asked again until a person says so (`Sources.resume`)."""
        self.db.execute(
            "UPDATE endpoints SET gone_at = coalesce(gone_at, ?) WHERE id = ?", (format_stamp(now), endpoint_id)
        )
