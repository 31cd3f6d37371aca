"""Each host's next turn: one request at a time, a pause after it; it must know neither Scrapy nor the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from monitor.clock import Clock

# The longest Crawl-delay obeyed, in seconds: that of `[fetch] delay`. Beyond it a crawl would outlast its lease.
DELAY_CAP = 600.0
# How long a crawl waits before it looks again whether another crawl has left the host.
_LOOK_AGAIN = 0.25


class Pacer:
    """Shared by all crawls of a process; `host` is a name with its port, as `core.urls.host` gives it."""

    def __init__(self, clock: Clock, delay: float) -> None:
        """`delay`: seconds between the end of one request to a host and the start of the next."""
        self.clock = clock
        self.delay = delay
        self._busy: set[str] = set()
        self._last: dict[str, datetime] = {}
        self._asked: dict[str, float] = {}
        self._rests: dict[str, datetime] = {}

    def set_crawl_delay(self, host: str, delay: float) -> None:
        """The host's own Crawl-delay in seconds, from robots.txt; the longer of the two delays holds.

        It is a stranger's number: anything below zero, or no number at all, asks for nothing.
        """
        self._asked[host] = min(delay, DELAY_CAP) if delay > 0 else 0.0

    def rest(self, host: str, until: datetime) -> None:
        """Leave a host alone until then: it said 429 or 503 (RELIABILITY P6)."""
        self._rests[host] = max(until, self._rests.get(host, until))

    def shift(self, seconds: float) -> None:
        """The clock was set by so many seconds: what is kept of the past and the future moves with it."""
        step = timedelta(seconds=seconds)
        for moments in (self._last, self._rests):
            for host, at in moments.items():
                moments[host] = at + step

    def resting_until(self, host: str) -> datetime | None:
        """Until when the host asked to be left alone, None where it may be asked."""
        until = self._rests.get(host)
        return until if until is not None and until > self.clock.now() else None

    @asynccontextmanager
    async def take_turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn on the clock, then have the host alone."""
        while True:
            if host in self._busy:
                await self.clock.sleep(_LOOK_AGAIN)
                continue
            if (last := self._last.get(host)) is None:
                break
            # Reckoned now: the request before this one may have been the robots.txt that names the delay.
            delay = timedelta(seconds=max(self.delay, self._asked.get(host, 0.0)))
            wait = (last + delay - self.clock.now()).total_seconds()
            if wait <= 0:
                break
            await self.clock.sleep(wait)
        self._busy.add(host)
        try:
            yield
        finally:
            self._busy.discard(host)
            self._last[host] = self.clock.now()
            self._forget()

    def _forget(self) -> None:
        """Drop what no longer holds anybody back, so that memory stays flat over many hosts."""
        now = self.clock.now()
        for moments, past in ((self._last, now - timedelta(seconds=DELAY_CAP)), (self._rests, now)):
            if len(moments) > 1000:
                for host in [host for host, at in moments.items() if at <= past]:
                    del moments[host]
