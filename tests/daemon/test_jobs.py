"""A job of the scheduler that lasts, or fails again and again, is told of once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from monitor.daemon import run


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().split(" error=")[0] for record in caplog.records]


def test_a_job_that_waits_runs_once_and_its_being_late_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    begun: list[str] = []

    async def through() -> None:
        gate = asyncio.Event()

        async def tick() -> None:
            begun.append("tick")
            await gate.wait()

        job: Callable[[], Awaitable[None]] = run._kept(tick)
        first = asyncio.ensure_future(job())
        await asyncio.sleep(0)
        await job()
        assert told(caplog) == []
        monkeypatch.setattr(run, "LATE", 0.0)
        gate.set()
        await first
        gate.clear()
        second = asyncio.ensure_future(job())
        await asyncio.sleep(0)
        for _ in range(3):
            await job()
        gate.set()
        await second
        await job()

    asyncio.run(through())
    assert (begun, told(caplog)) == (["tick"] * 3, ["event=job-late job=tick its last run still goes on"])


def test_a_job_that_fails_is_told_when_it_begins_to_and_when_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    failures = iter([OSError("full"), OSError("full"), OSError("locked"), None, None])

    async def tick() -> None:
        if (error := next(failures)) is not None:
            raise error

    async def through() -> None:
        job = run._kept(tick)
        for _ in range(5):
            await job()

    asyncio.run(through())
    assert told(caplog) == [
        "event=job-failed job=tick",
        "event=job-failed job=tick",
        "event=job-works-again job=tick",
    ]


def test_the_scheduler_warns_of_no_job_that_waits(caplog: pytest.LogCaptureFixture) -> None:
    """APScheduler says "maximum number of running instances reached" once a second of a job that still runs."""
    caplog.set_level(logging.WARNING)

    async def through() -> int:
        rounds = 0
        enough, gate = asyncio.Event(), asyncio.Event()

        async def waits() -> None:
            await gate.wait()

        async def counts() -> None:
            nonlocal rounds
            rounds += 1
            if rounds == 3:
                enough.set()

        scheduler = run.start_jobs(((waits, 0.05), (counts, 0.05)))
        await asyncio.wait_for(enough.wait(), 60)
        gate.set()
        scheduler.shutdown(wait=False)
        return rounds

    assert asyncio.run(through()) >= 3
    assert told(caplog) == []
