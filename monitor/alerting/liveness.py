"""Whether the watch is alive, as a dead man's switch has to know it; pure: it must not ask anybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model.alert import WaitingChannel, WatchedSource

# An alert that waits so long at a channel that took nothing meanwhile is one of which nobody hears.
STUCK = timedelta(minutes=15)
# A source is given three of its intervals, and as long as a crawl may take.
_POLLS, _CRAWL = 3, timedelta(minutes=10)


def find_stall_reason(
    sources: Iterable[WatchedSource], channels: Iterable[WaitingChannel], now: datetime
) -> str | None:
    """Why no heartbeat is due, None while at least one source is polled well and every channel's alerts move."""
    if not any(_fresh(source, now) for source in sources):
        return "no source was polled well of late"
    for channel in channels:
        moved = max(channel.since, channel.last_ok_at or channel.since)
        if now - moved > STUCK:
            return f"alerts for {channel.channel} wait for more than {STUCK.seconds // 60} minutes"
    return None


def _fresh(source: WatchedSource, now: datetime) -> bool:
    return (
        source.last_ok_at is not None and now - source.last_ok_at <= timedelta(seconds=_POLLS * source.every) + _CRAWL
    )
