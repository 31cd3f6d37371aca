"""pebble's pool of processes on a fork server, with the one thread that begins and ends both; it must not know why.

PR_SET_PDEATHSIG fires when the *thread* that made a process ends, and a first call may come from a short-lived one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import ProcessFuture, ProcessPool

from monitor.pipeline.fork_server import ForkServer
from monitor.process_limits import limit_memory

TASKS = 500  # calls after which a worker is replaced, because the caches of lxml and re only grow
_LOOK = 0.5  # seconds between two looks at whether a pool has broken


class WorkerPool:
    """`count` processes, begun by `begin`; `left` is called with the pool once it has broken or was ended."""

    def __init__(self, count: int, memory: int, preload: tuple[str, ...], left: Callable[[WorkerPool], None]) -> None:
        self._server = ForkServer(preload)
        self._pool = ProcessPool(
            max_workers=count,
            max_tasks=TASKS,
            initializer=_settle,
            initargs=(memory,),
            context=self._server.context,
        )
        self._left = left
        self._begun = threading.Event()
        self._over = threading.Event()
        self._works = False
        self._thread = threading.Thread(target=self._keep, name="workers", daemon=True)

    def begin(self) -> None:
        """Begin the processes; returns once they can work, seconds later where much is loaded beforehand.

        Raises RuntimeError where they cannot begin.
        """
        self._thread.start()
        self._begun.wait()
        if not self._works:
            raise BrokenProcessPool

    @property
    def active(self) -> bool:
        """Whether it takes calls: it has begun, and neither broken nor been ended."""
        return self._works and bool(self._pool.active)

    def schedule(self, function: Callable[..., Any], *args: object, timeout: float) -> ProcessFuture[Any]:
        """Have a worker call `function`; raises RuntimeError where the pool has broken."""
        return self._pool.schedule(function, args=args, timeout=timeout)

    def end(self, patience: float = 0.0) -> None:
        """End the processes, whatever they do; waits for `patience` seconds at most until they have ended."""
        self._over.set()
        if not self._begun.is_set():  # it may be loading for seconds yet
            self._server.kill()
        if patience and self._thread.ident is not None:  # `begin` may be just about to start it
            self._thread.join(patience)

    def _keep(self) -> None:
        """Begin the pool, see that no call is left behind should it break, and end it."""
        try:
            self._pool.schedule(os.getpid)
            self._works = True
        except RuntimeError:  # pebble has begun a part: `begin` says so
            self._works = False
        self._begun.set()
        while self.active and not self._over.wait(_LOOK):
            pass
        # pebble ends the calls it had registered when the pool broke; one queued just then would wait for ever.
        self._over.wait(_LOOK if self._works else 0)
        self._left(self)
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        self._server.kill()


def _settle(memory: int) -> None:
    """Prepare a fresh worker: it cannot grow past `memory` bytes of addresses (Linux)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler waits for C code that may never return
    if sys.platform == "linux":
        limit_memory(memory)
