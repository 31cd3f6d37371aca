"""What a heartbeat depends on: how sources answered, and what channels are owed; it must not decide what that means."""

from __future__ import annotations

from monitor.model.alert import WaitingChannel, WatchedSource
from monitor.storage.connection import Connection
from monitor.storage.timestamps import parse_optional_stamp, parse_stamp


class Liveness:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def sources(self) -> tuple[WatchedSource, ...]:
        """The enabled sources."""
        rows = self.db.execute("SELECT every, last_ok_at FROM sources WHERE enabled = 1 ORDER BY name")
        return tuple(
            WatchedSource(every=row["every"], last_ok_at=parse_optional_stamp(row["last_ok_at"])) for row in rows
        )

    def channels(self) -> tuple[WaitingChannel, ...]:
        """The channels with alerts that wait to be delivered."""
        rows = self.db.execute(
            "SELECT channel, min(coalesce(release_at, created_at)) AS since, channels.last_ok_at AS ok FROM alerts "
            "LEFT JOIN channels ON channels.name = channel WHERE alerts.state = 'pending' GROUP BY channel"
        )
        return tuple(
            WaitingChannel(
                channel=row["channel"], since=parse_stamp(row["since"]), last_ok_at=parse_optional_stamp(row["ok"])
            )
            for row in rows
        )
