"""The one clock: wall time for the daemon, simulated time for the newsroom; it must know nothing of news.

Everything that waits does so on a `Clock`. Simulated time stands still while anybody holds it and jumps to the
next sleeper when nobody does, so that a simulated month runs as fast as the work allows.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """Time as the orchestration sees it."""

    def now(self) -> datetime:
        """The present, aware UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a holder gives its hold back for as long as it sleeps."""

    def hold(self) -> AbstractContextManager[None]:
        """A context in which simulated time stands still (work is going on)."""

    def rebase(self) -> float:
        """Take over what the machine's clock says now; by how many seconds `now` has jumped, forward positive."""


def measure_elapsed() -> float:
    """Seconds that nobody can set, the machine's sleep among them where the system counts it (Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class WallClock:
    """The machine's own time, steady between two calls of `rebase`.

    Whoever sets the machine's clock does not move `now`: due times that were reckoned from it and those that are
    reckoned next stay comparable, until the owner of both takes the step over with `rebase` and moves its due times.
    """

    def __init__(self, wall: Callable[[], float] = time.time, elapsed: Callable[[], float] = measure_elapsed) -> None:
        """`wall` gives seconds since 1970, `elapsed` seconds that are never set."""
        self._wall = wall
        self._elapsed = elapsed
        self._offset = wall() - elapsed()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._elapsed() + self._offset, UTC)

    def rebase(self) -> float:
        offset = self._wall() - self._elapsed()
        step, self._offset = offset - self._offset, offset
        return step

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    @contextmanager
    def _nothing(self) -> Iterator[None]:
        yield

    def hold(self) -> AbstractContextManager[None]:
        return self._nothing()


class SimulatedClock:
    """Time that moves only when every holder sleeps; `advance_to` is called by whoever drives the simulation."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware datetime")
        self._now = start.astimezone(UTC)
        self._skew = timedelta(0)  # what `now` shows beyond the time that has passed
        self._set = timedelta(0)  # steps that `rebase` has not taken over yet
        self._holds = 0
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now + self._skew

    def step(self, seconds: float) -> None:
        """Set the simulated machine's clock forward (or back, negative), without any time passing."""
        self._set += timedelta(seconds=seconds)

    def rebase(self) -> float:
        step, self._set = self._set, timedelta(0)
        self._skew += step
        return step.total_seconds()

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    def hold(self) -> AbstractContextManager[None]:
        return self._held()

    @property
    def idle(self) -> bool:
        """Whether nobody holds time: all work is done or asleep."""
        return self._holds <= 0

    async def sleep(self, seconds: float) -> None:
        """Sleep in simulated time, without the hold the caller is taken to have."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), wake))
        self._holds -= 1
        try:
            await wake
        finally:
            if wake.cancelled():  # else `advance_to` took the hold back, before anybody could see us idle
                self._holds += 1

    def next_wake(self) -> datetime | None:
        """When the earliest sleeper wakes, None when nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] + self._skew if self._sleepers else None

    def advance_to(self, moment: datetime) -> None:
        """Move time forward (never back) and wake who is due."""
        self._now = max(self._now, moment - self._skew)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                self._holds += 1
                wake.set_result(None)
