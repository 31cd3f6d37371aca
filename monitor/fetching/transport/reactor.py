"""Runs one coroutine on Twisted's asyncio reactor, once per process; it must not know what the coroutine does."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

# Threads for name resolution: as many slow look-ups may wait side by side as crawls run (config: 16 by default).
_THREADS = 32


def run_reactor(main: Callable[[Any], Awaitable[T]]) -> T:
    """Install the reactor, run `main(reactor)` to its end, stop the reactor; what it raises is raised here.

    A reactor cannot be started twice: call this once per process. Signals are the caller's.
    """
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor is installed already: one process runs one of them, once")
    from twisted.internet import asyncioreactor

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
    from twisted.internet import reactor

    running: Any = reactor
    running.suggestThreadPoolSize(_THREADS)
    result: asyncio.Future[T] = loop.create_future()

    async def whole() -> None:
        try:
            result.set_result(await main(running))
        except BaseException as error:  # handed to the caller below, never swallowed
            result.set_exception(error)
        finally:
            running.stop()

    running.callWhenRunning(lambda: loop.create_task(whole()))
    running.run(installSignalHandlers=False)
    return result.result()
