"""The one clock: wall time for the daemon, simulated time for the newsroom; it must know nothing of news.

Everything that waits does so on a `Clock`. Simulated time stands still while anybody holds it and jumps to the
next sleeper when nobody does, so that a simulated month runs as fast as the work allows.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
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


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

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
        self._holds = 0
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now

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
        return self._sleepers[0][0] if self._sleepers else None

    def advance_to(self, moment: datetime) -> None:
        """Move time forward (never back) and wake who is due."""
        self._now = max(self._now, moment)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                self._holds += 1
                wake.set_result(None)
