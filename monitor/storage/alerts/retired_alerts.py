"""Alerts of channels that left the configuration: held, counted, and given back when the channel is there again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp

_RETIRED = "retired"


class RetiredAlerts:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def hold(self, configured: Collection[str]) -> dict[str, int]:
        """Hold what waits for channels that are not configured; how many are held now, by channel."""
        marks = ", ".join("?" * len(configured))
        if self._any(f"state = 'pending' AND channel NOT IN ({marks})", configured):
            self.db.execute(
                "UPDATE alerts SET state = 'held', hold = ?, lease = NULL, leased_until = NULL, "  # noqa: S608
                "next_attempt_at = NULL, "
                "reason = '[channels.' || channel || '] left the configuration; it goes out when the channel is back' "
                f"WHERE state = 'pending' AND channel NOT IN ({marks})",
                (_RETIRED, *configured),
            )
        rows = self.db.execute(
            "SELECT channel, count(*) AS n FROM alerts WHERE state = 'held' AND hold = ? GROUP BY channel", (_RETIRED,)
        )
        return {row["channel"]: row["n"] for row in rows if row["channel"] not in configured}

    def give_back(self, configured: Collection[str], now: datetime) -> int:
        """Queue what was held for channels that are configured again; how many."""
        marks = ", ".join("?" * len(configured))
        if not self._any(f"state = 'held' AND hold = '{_RETIRED}' AND channel IN ({marks})", configured):
            return 0
        return self.db.execute(
            "UPDATE alerts SET state = 'pending', hold = NULL, reason = NULL, next_attempt_at = ? "  # noqa: S608
            f"WHERE state = 'held' AND hold = ? AND channel IN ({marks})",
            (format_stamp(now), _RETIRED, *configured),
        ).rowcount

    def _any(self, condition: str, channels: Collection[str]) -> bool:
        """Whether there is such an alert: looked up first, so that where there is none no write transaction begins."""
        found = self.db.execute(f"SELECT EXISTS (SELECT 1 FROM alerts WHERE {condition}) AS found", (*channels,))  # noqa: S608
        return bool(found.fetchone()["found"])
