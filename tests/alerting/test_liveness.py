"""When a heartbeat is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerting.liveness import find_stall_reason, find_unready_reasons
from monitor.model.alert import WaitingChannel, WatchedSource
from monitor.model.vitals import DaemonVitals, StoreVitals, TaskPulse

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


def store_vitals(*, overdue: float | None = None, waits: tuple[WaitingChannel, ...] = ()) -> StoreVitals:
    """What the database says at NOW; `overdue` in minutes."""
    return StoreVitals(
        at=NOW,
        sources={"failing": 3},
        channels={},
        alerts={},
        problems={"source": 3},
        open_gaps=0,
        overdue_since=None if overdue is None else ago(overdue),
        waiting=waits,
        totals={},
        bytes={},
    )


WELL = DaemonVitals(store=store_vitals(), silent=1.0, write_fault=None, unclaimed=5.0, crawls=0, tasks=())


@pytest.mark.parametrize(
    ("vitals", "reasons"),
    [
        (WELL, ()),  # three failing sources are no reason
        (replace(WELL, store=None), ()),
        (replace(WELL, tasks=(TaskPulse(name="tick", silent=90.0, failures=2),)), ()),
        (
            replace(WELL, tasks=(TaskPulse(name="tick", silent=91.0, failures=2),)),
            ("the scheduler stands still: tick has not ended well for 91 s",),
        ),
        (replace(WELL, tasks=(TaskPulse(name="housekeep", silent=600.0, failures=0),)), ()),
        (replace(WELL, write_fault="disk full"), ("nothing can be written to the database: disk full",)),
        (replace(WELL, silent=91.0), ("the database has not answered for 91 s",)),
        (replace(WELL, store=store_vitals(overdue=20), unclaimed=30.0), ()),  # crawls begin, if late
        (
            replace(WELL, store=store_vitals(overdue=20), unclaimed=601.0),
            ("the scheduler stands still: a source is due for 1200 s and no crawl begins",),
        ),
        (replace(WELL, store=store_vitals(waits=(waiting(15.1, None),))), (STUCK,)),
    ],
)
def test_the_daemon_is_ready_while_it_can_do_its_work(vitals: DaemonVitals, reasons: tuple[str, ...]) -> None:
    assert find_unready_reasons(vitals) == reasons
