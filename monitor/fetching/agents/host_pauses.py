"""How long a host rests between two requests: `[fetch] delay`, or its own Crawl-delay where that is longer."""

from __future__ import annotations

import hashlib

from monitor.fetching.transport.rate_limiter import DELAY_CAP
from monitor.fetching.transport.robots import read_crawl_delay

_KEPT = 10_000  # files whose Crawl-delay is remembered


class HostPauses:
    """Of all hosts, for whoever crawls in more than one process."""

    def __init__(self, *, delay: float, timeout: float, agent: str) -> None:
        """`timeout` is the longest that a request takes, `agent` the user agent; seconds."""
        self.delay = delay
        self.timeout = timeout
        self.agent = agent
        self._known: dict[bytes, float] = {}

    def measure(self, robots: str | None) -> float:
        """Seconds between two requests to a host with this robots.txt."""
        if not robots:
            return self.delay
        name = hashlib.blake2b(robots.encode(), digest_size=16).digest()
        if name not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[name] = min(max(read_crawl_delay(robots, self.agent), 0.0), DELAY_CAP)
        return max(self.delay, self._known[name])
