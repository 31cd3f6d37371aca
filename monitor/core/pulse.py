"""Whether the watch is alive, as a dead man's switch has to know it; pure: it must not ask anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# An alert that waits so long at a channel that took nothing meanwhile is one of which nobody hears.
STUCK = timedelta(minutes=15)
# A source is given three of its intervals, and as long as a crawl may take.
_POLLS, _CRAWL = 3, timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An enabled source: its interval in seconds, and when it last answered well."""

    every: int
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A channel with alerts owed: since when the oldest waits, and when the channel last took one."""

    channel: str
    since: datetime
    last_ok_at: datetime | None


def silent(sources: Iterable[Watched], channels: Iterable[Waiting], now: datetime) -> str | None:
    """Why no heartbeat is due, None while at least one source is polled well and every channel's alerts move."""
    if not any(_fresh(source, now) for source in sources):
        return "no source was polled well of late"
    for channel in channels:
        moved = max(channel.since, channel.last_ok_at or channel.since)
        if now - moved > STUCK:
            return f"alerts for {channel.channel} wait for more than {STUCK.seconds // 60} minutes"
    return None


def _fresh(source: Watched, now: datetime) -> bool:
    return (
        source.last_ok_at is not None and now - source.last_ok_at <= timedelta(seconds=_POLLS * source.every) + _CRAWL
    )
