"""Where endpoints are asked, and whether still: those that moved and those that are gone; it must not decide.

What they answered stands with `sources`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from monitor.discovery.poll_interval import is_permanent_move
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp, parse_stamp

_OPENINGS = 3


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

    def record_reading(self, endpoint_id: int, dropped: Mapping[str, int], *, whole: bool, now: datetime) -> None:
        """Note what an answer listed that became no entry, by reason, and whether all of it could be read."""
        self.db.execute(
            "UPDATE endpoints SET dropped = ?, dropped_because = ?, openings = openings + 1, "
            "whole_at = CASE WHEN ? THEN coalesce(whole_at, ?) ELSE whole_at END WHERE id = ?",
            (
                sum(dropped.values()),
                json.dumps(dropped, ensure_ascii=False) if dropped else None,
                whole,
                format_stamp(now),
                endpoint_id,
            ),
        )

    def is_opening(self, endpoint_id: int) -> bool:
        """Whether an endpoint has never been read whole, for three answers at most: one that is always cut off must
        not count as new for ever."""
        row = self.db.execute("SELECT whole_at, openings FROM endpoints WHERE id = ?", (endpoint_id,)).fetchone()
        return row["whole_at"] is None and row["openings"] < _OPENINGS

    def failing(self, source: str, least: float) -> list[Row]:
        """The endpoints of a source whose failures in a row weigh `least` or more, the worst first."""
        return list(
            self.db.execute(
                "SELECT key, kind, url, last_error FROM endpoints WHERE source = ? AND failures >= ? "
                "AND gone_at IS NULL ORDER BY failures DESC, id",
                (source, least),
            )
        )

    def end_backoff(self, source: str) -> None:
        """Let those be asked now that wait because they failed; what a server wishes to wait stays."""
        self.db.execute("UPDATE endpoints SET next_at = NULL WHERE source = ? AND failures > 0", (source,))

    def mark_gone(self, endpoint_id: int, now: datetime) -> None:
        """It answered 410: it is not asked again until a person says so (`Sources.resume`)."""
        self.db.execute(
            "UPDATE endpoints SET gone_at = coalesce(gone_at, ?) WHERE id = ?", (format_stamp(now), endpoint_id)
        )
