"""Simulated time stands still while it is held and wakes its sleepers in order."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitor.clock import SimulatedClock, WallClock

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_naive_start_is_refused():
    with pytest.raises(ValueError, match="aware"):
        SimulatedClock(datetime(2026, 3, 2))  # noqa: DTZ001  the point of the test


def test_sleepers_wake_in_the_order_of_their_time():
    async def scene() -> list[tuple[str, datetime]]:
        clock = SimulatedClock(START)
        woken: list[tuple[str, datetime]] = []

        async def sleeper(name: str, seconds: float) -> None:
            with clock.hold():
                await clock.sleep(seconds)
                woken.append((name, clock.now()))

        tasks = [asyncio.create_task(sleeper(name, seconds)) for name, seconds in (("b", 20), ("a", 10), ("now", 0))]
        while not all(task.done() for task in tasks):
            for _ in range(3):
                await asyncio.sleep(0)
            if clock.idle and (wake := clock.next_wake()):
                clock.advance_to(wake)
        assert clock.idle
        return woken

    assert asyncio.run(scene()) == [
        ("now", START),
        ("a", START + timedelta(seconds=10)),
        ("b", START + timedelta(seconds=20)),
    ]


def test_time_is_held_from_the_waking_on_not_from_the_first_step_after_it():
    async def scene() -> tuple[bool, bool, bool]:
        clock = SimulatedClock(START)

        async def sleeper() -> None:
            with clock.hold():
                await clock.sleep(10)

        task = asyncio.create_task(sleeper())
        await asyncio.sleep(0)
        asleep = clock.idle
        clock.advance_to(START + timedelta(seconds=10))
        woken = clock.idle
        await task
        return asleep, woken, clock.idle

    assert asyncio.run(scene()) == (True, False, True)


def test_a_cancelled_sleeper_leaves_no_hold_behind():
    async def scene() -> tuple[bool, datetime | None]:
        clock = SimulatedClock(START)

        async def sleeper() -> None:
            with clock.hold():
                await clock.sleep(10)

        task = asyncio.create_task(sleeper())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return clock.idle, clock.next_wake()

    assert asyncio.run(scene()) == (True, None)


def test_time_never_goes_back():
    clock = SimulatedClock(START)
    clock.advance_to(START - timedelta(days=1))
    assert clock.now() == START


def test_the_wall_clock_is_steady_until_a_step_is_taken_over() -> None:
    wall, elapsed = [1_000_000.0], [50.0]
    clock = WallClock(lambda: wall[0], lambda: elapsed[0])
    began = clock.now()
    wall[0] += 86_400 + 10  # set a day ahead while ten seconds pass
    elapsed[0] += 10
    assert clock.now() - began == timedelta(seconds=10)
    assert clock.rebase() == 86_400
    assert clock.now() - began == timedelta(days=1, seconds=10)
    assert clock.rebase() == 0


def test_a_simulated_machines_clock_can_be_set_without_waking_anybody() -> None:
    clock = SimulatedClock(START)
    clock.step(-3_600)
    assert clock.now() == START
    assert clock.rebase() == -3_600
    assert clock.now() == START - timedelta(hours=1)
    clock.advance_to(START)
    assert clock.now() == START
