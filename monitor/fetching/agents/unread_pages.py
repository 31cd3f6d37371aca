"""How many pages are under way: asked for, or fetched and not settled yet; those of a process that dies come again.

An agent asks for a page only while those that will be there when it comes are read and settled within about `HORIZON`
seconds, at the pace of its last pages: a slow machine, or a desk that does not answer, would pile up pages otherwise.
One that waits for longer than the last ones took tells of a slower pace before it is settled: of a desk that is gone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from monitor.clock import measure_elapsed

HORIZON = 1.0  # seconds of reading that may wait; what is read until an answer comes does not count
_BEFORE = 0.5  # seconds that an answer, and reading a page, are taken to need before there was one
_WEIGHT = 0.1  # of the last page in the means
_SLOW = 5.0  # seconds of an answer beyond which it is one of a server that hangs
_SPARE = 2  # pages beyond one a worker that may always be under way


class UnreadPages:
    """Of one process; real time, as the wire's own."""

    def __init__(self, workers: int | None = None) -> None:
        """`workers` processes read; None for a process that asks for pages whatever is under way."""
        self._least = None if workers is None else workers + _SPARE
        self._pace = self._answer = _BEFORE
        self._wire = 0
        self._unread = 0
        self._since = 0.0  # when a page was settled last, or began to wait where none did before
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> float:
        """How many pages may be under way now."""
        if self._least is None:
            return float("inf")
        waits = measure_elapsed() - self._since if self._unread else 0.0
        return max(self._least, (HORIZON + self._answer) / max(self._pace, waits))

    @asynccontextmanager
    async def ask(self, *, wait: bool) -> AsyncIterator[None]:
        """Ask for a page; first `wait` until there is room for it, behind all who wait already."""
        if not wait or (not self._waiting and self._wire + self._unread < self.limit):
            self._wire += 1
        else:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._wake()  # of those before it all may have given up
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # the turn has been given already: it is another's
                    self._wire -= 1
                    self._wake()
                raise
        asked = measure_elapsed()
        try:
            yield
        finally:
            self._wire -= 1
            self._answer += _WEIGHT * (min(measure_elapsed() - asked, _SLOW) - self._answer)
            self._wake()

    @contextmanager
    def read(self) -> Iterator[None]:
        """Read and settle a page that was fetched."""
        self._begin()
        try:
            yield
        finally:
            self._unread -= 1
            now = measure_elapsed()
            self._pace += _WEIGHT * (now - self._since - self._pace)
            self._since = now
            self._wake()

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """A page that is being read waits for a further page of its piece, after a pause: no reader is busy."""
        self._unread -= 1
        self._wake()
        try:
            yield
        finally:
            self._begin()

    def _begin(self) -> None:
        if not self._unread:
            self._since = measure_elapsed()
        self._unread += 1

    def _wake(self) -> None:
        """Give a turn to those who wait the longest, as far as there is room: from now on their pages are under way, so
        that nobody who comes before they go on takes it."""
        while self._waiting and self._wire + self._unread < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._wire += 1
                turn.set_result(None)
