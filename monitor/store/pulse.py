"""What a heartbeat depends on: how sources answered, and what channels are owed; it must not decide what that means."""

from __future__ import annotations

from monitor.core.pulse import Waiting, Watched
from monitor.store.connection import Connection
from monitor.store.stamps import moment, moment_or_none


class Pulse:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def sources(self) -> tuple[Watched, ...]:
        """The enabled sources."""
        rows = self.db.execute("SELECT every, last_ok_at FROM sources WHERE enabled = 1 ORDER BY name")
        return tuple(Watched(every=row["every"], last_ok_at=moment_or_none(row["last_ok_at"])) for row in rows)

    def channels(self) -> tuple[Waiting, ...]:
        """The channels with alerts that wait to be delivered."""
        rows = self.db.execute(
            "SELECT channel, min(coalesce(release_at, created_at)) AS since, channels.last_ok_at AS ok FROM alerts "
            "LEFT JOIN channels ON channels.name = channel WHERE alerts.state = 'pending' GROUP BY channel"
        )
        return tuple(
            Waiting(channel=row["channel"], since=moment(row["since"]), last_ok_at=moment_or_none(row["ok"]))
            for row in rows
        )
