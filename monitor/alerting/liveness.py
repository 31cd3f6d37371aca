"""Whether the watch is alive, as a dead man's switch has to know it; pure: it must not ask anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from monitor.model.alert import WaitingChannel, WatchedSource
from monitor.model.vitals import DaemonVitals

# An alert that waits so long at a channel that took nothing meanwhile is one of which nobody hears.
STUCK = timedelta(minutes=15)
# A source is given three of its intervals, and as long as a crawl may take.
_POLLS, _CRAWL = 3, timedelta(minutes=10)
# Seconds without a job that ended well, or a word of the database: another writer may hold its lock for a minute, which
# is no standstill (RELIABILITY R3).
STANDSTILL = 90.0
# Of jobs that come once in half a minute or rarer, or wait for somebody outside.
_SELDOM = {"housekeep": 600.0, "send_heartbeat": 600.0}
# A source that could be polled at once and is not, while no crawl begins: every slot is held by what does not end.
_UNCLAIMED = 600.0


def find_stall_reason(
    sources: Iterable[WatchedSource], channels: Iterable[WaitingChannel], now: datetime
) -> str | None:
    """Why no heartbeat is due, None while at least one source is polled well and every channel's alerts move."""
    if not any(_fresh(source, now) for source in sources):
        return "no source was polled well of late"
    return next(_list_stuck(channels, now), None)


def find_unready_reasons(vitals: DaemonVitals) -> tuple[str, ...]:
    """Why the daemon does not do its work, for readyz and health.json; empty while it does.

    Its scheduler stands still, its database fails, or an alert is stuck. Sources that fail, all of them even, are no
    reason: they are told as problems.
    """
    reasons = [
        f"the scheduler stands still: {task.name} has not ended well for {task.silent:.0f} s"
        for task in vitals.tasks
        if task.silent > _SELDOM.get(task.name, STANDSTILL)
    ]
    if vitals.write_fault is not None:
        reasons.append(f"nothing can be written to the database: {vitals.write_fault}")
    if vitals.silent > STANDSTILL:
        reasons.append(f"the database has not answered for {vitals.silent:.0f} s")
    if (store := vitals.store) is not None:
        late = 0.0 if store.overdue_since is None else (store.at - store.overdue_since).total_seconds()
        if min(late, vitals.unclaimed) > _UNCLAIMED:
            reasons.append(f"the scheduler stands still: a source is due for {late:.0f} s and no crawl begins")
        reasons += _list_stuck(store.waiting, store.at)
    return tuple(reasons)


def _list_stuck(channels: Iterable[WaitingChannel], now: datetime) -> Iterator[str]:
    for channel in channels:
        moved = max(channel.since, channel.last_ok_at or channel.since)
        if now - moved > STUCK:
            yield f"alerts for {channel.channel} wait for more than {STUCK.seconds // 60} minutes"


def _fresh(source: WatchedSource, now: datetime) -> bool:
    return (
        source.last_ok_at is not None and now - source.last_ok_at <= timedelta(seconds=_POLLS * source.every) + _CRAWL
    )
