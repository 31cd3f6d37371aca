"""When a heartbeat is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerting.liveness import find_stall_reason
from monitor.model.alert import WaitingChannel, WatchedSource

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def watched(minutes: float | None, every: int = 300) -> WatchedSource:
    return WatchedSource(every=every, last_ok_at=None if minutes is None else ago(minutes))


def waiting(since: float, ok: float | None) -> WaitingChannel:
    return WaitingChannel(channel="desk", since=ago(since), last_ok_at=None if ok is None else ago(ok))


DEAF, STUCK = "no source was polled well of late", "alerts for desk wait for more than 15 minutes"


@pytest.mark.parametrize(
    ("sources", "channels", "reason"),
    [
        ([], [], DEAF),
        ([watched(None)], [], DEAF),
        ([watched(25)], [], None),  # three intervals of five minutes, and ten for the crawl
        ([watched(25.1)], [], DEAF),
        ([watched(25.1), watched(None), watched(180, 3600)], [], None),  # one is enough
        ([watched(1)], [waiting(15, None)], None),
        ([watched(1)], [waiting(15.1, None)], STUCK),
        ([watched(1)], [waiting(600, 1)], None),  # a long queue that moves
        ([watched(1)], [waiting(600, 16)], STUCK),
        ([watched(1)], [waiting(1, 600)], None),
    ],
)
def test_the_heart_beats_while_polls_succeed_and_alerts_move(
    sources: list[WatchedSource], channels: list[WaitingChannel], reason: str | None
) -> None:
    assert find_stall_reason(sources, channels, NOW) == reason
