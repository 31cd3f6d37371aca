"""The state of the channels: working, failing or switched off, and until when they wait; it must not send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alerting import retry
from monitor.alerting.retry import is_worn_out
from monitor.storage.connection import Connection, Row
from monitor.storage.problems import Problems
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp

DISABLED = "channel-disabled"  # kind of the problem that a switched-off channel is


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """One channel as the store keeps it; `state` is "ok", "failing" or "disabled".

    `failures`: failed requests in a row. `detour`: the next probe is another alert than the oldest.
    """

    name: str
    kind: str
    state: str
    reason: str | None
    failing_since: datetime | None
    next_at: datetime | None
    last_ok_at: datetime | None
    failures: int = 0
    detour: bool = False


class Channels:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._problems = Problems(db)

    def sync(self, kinds: Mapping[str, str]) -> None:
        """Make a row for every configured channel (name → kind); what is known of a channel stays."""
        for name, kind in kinds.items():
            self.db.execute(
                "INSERT INTO channels (name, kind) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind",
                (name, kind),
            )

    def get(self, name: str) -> ChannelState | None:
        row = self.db.execute("SELECT * FROM channels WHERE name = ?", (name,)).fetchone()
        return _state(row) if row else None

    def all(self) -> list[ChannelState]:
        return [_state(row) for row in self.db.execute("SELECT * FROM channels ORDER BY name")]

    def record_success(self, name: str, now: datetime) -> None:
        """A delivery: the channel works, whatever was before. One that is switched off stays so."""
        self.db.execute(
            "UPDATE channels SET state = 'ok', reason = NULL, failing_since = NULL, next_at = NULL, failures = 0, "
            "detour = 0, last_ok_at = ? WHERE name = ? AND state <> 'disabled'",
            (format_stamp(now), name),
        )

    def record_failure(
        self,
        name: str,
        reason: str,
        now: datetime,
        pause_until: datetime | None,
        *,
        failing: bool = True,
        detour: bool = False,
    ) -> None:
        """A failed attempt, after which nothing goes to the channel before `pause_until`."""
        self.db.execute(
            "UPDATE channels SET failures = failures + 1, "
            "next_at = nullif(max(coalesce(next_at, ''), coalesce(?, '')), '') WHERE name = ? AND state <> 'disabled'",
            (format_optional_stamp(pause_until), name),
        )
        if failing:
            self.db.execute(
                "UPDATE channels SET state = 'failing', reason = ?, detour = ?, "
                "failing_since = coalesce(failing_since, ?) WHERE name = ? AND state <> 'disabled'",
                (reason, detour, format_stamp(now), name),
            )

    def worn_out(self, name: str, now: datetime) -> bool:
        """Whether a failing channel has failed so long and so often that it is to be switched off."""
        state = self.get(name)
        if state is None or state.state != "failing" or state.failing_since is None:
            return False
        # Failures are counted last: only of a channel that has failed for days, so that no index is worth its while.
        if not is_worn_out(state.failing_since, retry.WORN_OUT_FAILURES, now):
            return False
        failures = self.db.execute(
            "SELECT count(*) FROM attempts JOIN alerts ON alerts.id = alert_id WHERE channel = ? AND at >= ?",
            (name, format_stamp(state.failing_since)),
        ).fetchone()[0]
        return is_worn_out(state.failing_since, failures, now)

    def pause(self, name: str, until: datetime) -> None:
        """Nothing goes to the channel before `until`; a longer wait that stands stays."""
        self.db.execute(
            "UPDATE channels SET next_at = max(coalesce(next_at, ''), ?) WHERE name = ?", (format_stamp(until), name)
        )

    def disable(self, name: str, reason: str, now: datetime) -> None:
        """Switch a channel off until a person switches it on, and say so as a problem."""
        self.db.execute(
            "UPDATE channels SET state = 'disabled', reason = ?, failing_since = coalesce(failing_since, ?) "
            "WHERE name = ?",
            (reason, format_stamp(now), name),
        )
        self._problems.open(
            DISABLED,
            name,
            f"The channel {name} is switched off and its alerts wait: {reason}",
            f"Mend [channels.{name}] or its receiver, then: seedwatch alerts enable {name}",
            now,
        )

    def retry(self, name: str) -> None:
        """Let a failing channel be tried at once."""
        self.db.execute("UPDATE channels SET next_at = NULL WHERE name = ? AND state = 'failing'", (name,))

    def enable(self, name: str, now: datetime) -> bool:
        """Switch a channel on, or try a failing one at once. False where no such channel is known."""
        found = self.db.execute(
            "UPDATE channels SET state = 'ok', reason = NULL, failing_since = NULL, next_at = NULL, failures = 0, "
            "detour = 0 WHERE name = ?",
            (name,),
        )
        self._problems.close(DISABLED, name, now)
        return bool(found.rowcount)


def _state(row: Row) -> ChannelState:
    return ChannelState(
        name=row["name"],
        kind=row["kind"],
        state=row["state"],
        reason=row["reason"],
        failing_since=parse_optional_stamp(row["failing_since"]),
        next_at=parse_optional_stamp(row["next_at"]),
        last_ok_at=parse_optional_stamp(row["last_ok_at"]),
        failures=row["failures"],
        detour=bool(row["detour"]),
    )
