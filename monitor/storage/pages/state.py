"""The state of the watch as the home page, health.json and `status` tell it, read from one database."""

from __future__ import annotations

from monitor.alerting.watch_state import ChannelCondition, OpenProblem, SourceState, WatchState, describe_watch
from monitor.storage import Store
from monitor.storage.timestamps import parse_optional_stamp


def read_watch_state(store: Store, *, simulated: bool) -> WatchState:
    """What is wrong with the watch now, the worst first."""
    return describe_watch(
        running=store.daemon() is not None,
        simulated=simulated,
        sources=tuple(
            SourceState(name=row["name"], title=row["title"], state=row["state"], reason=row["reason"])
            for row in store.db.execute(
                "SELECT name, title, state, reason FROM sources WHERE enabled = 1 AND paused_at IS NULL ORDER BY name"
            )
        ),
        channels=tuple(_channels(store)),
        problems=tuple(
            OpenProblem(
                kind=problem.kind,
                subject=problem.subject,
                detail=problem.detail,
                cure=problem.cure,
                since=problem.opened_at,
            )
            for problem in store.problems.current()
        ),
    )


def _channels(store: Store) -> list[ChannelCondition]:
    owed: dict[tuple[str, str], tuple[int, str | None]] = {}
    for state, tried in (("dead", 0), ("pending", 1)):
        for row in store.db.execute(
            "SELECT channel, count(*) AS alerts, min(created_at) AS oldest FROM alerts "
            "WHERE state = ? AND attempts >= ? GROUP BY channel",
            (state, tried),
        ):
            owed[row["channel"], state] = (row["alerts"], row["oldest"])
    found = []
    for channel in store.channels.all():
        dead, oldest_dead = owed.get((channel.name, "dead"), (0, None))
        waiting, oldest_waiting = owed.get((channel.name, "pending"), (0, None))
        oldest = min((at for at in (oldest_dead, oldest_waiting) if at), default=None)
        found.append(
            ChannelCondition(
                name=channel.name,
                state=channel.state,
                reason=channel.reason,
                since=channel.failing_since,
                dead=dead,
                waiting=waiting,
                oldest=parse_optional_stamp(oldest),
            )
        )
    return found
