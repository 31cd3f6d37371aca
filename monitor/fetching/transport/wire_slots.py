"""How many requests are on the wire at once, over all crawls: a crawl that waits for its host's turn holds no slot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Seconds after which a request without a whole answer gives its slot back, and goes on: sixteen servers that hang for
# half a minute each must not keep the others from being asked. A sound answer takes a second or two.
SLOW = 5.0


class WireSlots:
    """Shared by all crawls of a process; real time, as the wire's own."""

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a slot; held until the end of the context, for `SLOW` seconds at most."""
        await self._free.acquire()
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._free.release()

        timer = asyncio.get_running_loop().call_later(SLOW, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()
