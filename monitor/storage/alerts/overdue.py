"""Alerts that wait too long at their channel, and their copies at another one; it must not decide what is too long."""

from __future__ import annotations

from datetime import datetime

from monitor.storage.alerts.alerts import NewAlert, subject_fields
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp


class OverdueAlerts:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def list_overdue(self, channel: str, to: str, before: datetime) -> tuple[NewAlert, ...]:
        """What a channel has been owed since before a time and `to` was not told, the oldest first, 1,000 at most.

        Of a channel that works, only what it refused while it took others.
        """
        rows = self.db.execute(
            "SELECT alerts.* FROM alerts JOIN channels ON channels.name = channel WHERE channel = ? "
            "AND alerts.state = 'pending' AND fallback_id IS NULL AND coalesce(release_at, created_at) <= ? "
            "AND (channels.state <> 'ok' OR attempts > 0) AND NOT EXISTS (SELECT 1 FROM alerts AS same "
            "WHERE same.article_id = alerts.article_id AND same.channel = ? AND same.rule = alerts.rule "
            "AND same.event = alerts.event AND same.revision = alerts.revision) ORDER BY alerts.rowid LIMIT 1000",
            (channel, format_stamp(before), to),
        )
        return tuple(
            NewAlert(
                **subject_fields(row),
                revision=row["revision"],
                body=bytes(row["body"]),
            )
            for row in rows
        )

    def note_fallback(self, id: str, copy: str) -> None:
        """Remember the alert that went to another channel in the place of this one."""
        self.db.execute("UPDATE alerts SET fallback_id = ? WHERE id = ?", (copy, id))
