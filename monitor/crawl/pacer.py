"""Each host's next turn: one request at a time, a pause after it; it must know neither Scrapy nor the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from monitor.clock import Clock

# How long a crawl waits before it looks again whether another crawl has left the host.
_LOOK_AGAIN = 0.25


class Pacer:
    """Shared by all crawls of a process; `host` is a name with its port, as `core.urls.host` gives it."""

    def __init__(self, clock: Clock, delay: float) -> None:
        """`delay`: seconds between the end of one request to a host and the start of the next."""
        self.clock = clock
        self.delay = delay
        self._busy: set[str] = set()
        self._next: dict[str, datetime] = {}
        self._asked: dict[str, float] = {}
        self._rests: dict[str, datetime] = {}

    def asked(self, host: str, delay: float) -> None:
        """The host's own Crawl-delay in seconds, from robots.txt; the longer of the two delays holds."""
        self._asked[host] = delay

    def rest(self, host: str, until: datetime) -> None:
        """Leave a host alone until then: it said 429 or 503 (RELIABILITY P6)."""
        self._rests[host] = max(until, self._rests.get(host, until))

    def resting(self, host: str) -> bool:
        """Whether the host asked to be left alone."""
        return self._rests.get(host, self.clock.now()) > self.clock.now()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn on the clock, then have the host alone."""
        while True:
            if host in self._busy:
                await self.clock.sleep(_LOOK_AGAIN)
                continue
            wait = (self._next.get(host, self.clock.now()) - self.clock.now()).total_seconds()
            if wait <= 0:
                break
            await self.clock.sleep(wait)
        self._busy.add(host)
        try:
            yield
        finally:
            self._busy.discard(host)
            delay = max(self.delay, self._asked.get(host, 0.0))
            self._next[host] = self.clock.now() + timedelta(seconds=delay)
            self._forget()

    def _forget(self) -> None:
        """Drop turns that have passed, so that memory stays flat over many hosts."""
        now = self.clock.now()
        for moments in (self._next, self._rests):
            if len(moments) > 1000:
                for host in [host for host, at in moments.items() if at <= now]:
                    del moments[host]
