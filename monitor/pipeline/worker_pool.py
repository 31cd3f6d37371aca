"""pebble's pool of processes on a fork server, with the one thread that begins and ends both; it must not know why.

PR_SET_PDEATHSIG fires when the *thread* that made a process ends, and a first call may come from a short-lived one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import CONSTS, ProcessFuture, ProcessPool

from monitor.clock import measure_elapsed
from monitor.pipeline.fork_server import ForkServer
from monitor.process_limits import limit_memory

TASKS = 500  # calls after which a worker is replaced, because the caches of lxml and re only grow
_LOOK = 0.5  # seconds between two looks at whether a pool has broken
WAIT = 2.0  # seconds for which the oldest call may be under way before all processes are begun
# How often pebble's threads look at their processes, as long as there are any: at its .1 s they wake 20 times a second.
CONSTS.sleep_unit = 0.5


class WorkerPool:
    """`first` processes, begun by `begin`, and `count` in all once those do not keep up.

    `left` is called with the pool once it has broken or was ended.
    """

    def __init__(
        self, first: int, count: int, memory: int, preload: tuple[str, ...], left: Callable[[WorkerPool], None]
    ) -> None:
        self._server = ForkServer(preload)
        self._memory = memory
        self._rest = count - first
        self._pools = {self._pool(first): first}  # with how many processes each has
        self._lock = threading.Lock()
        self._calls: dict[Future[Any], tuple[ProcessPool, float]] = {}  # under way, and since when
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
        return self._works and all(pool.active for pool in self._pools)

    def schedule(self, function: Callable[..., Any], *args: object, timeout: float) -> ProcessFuture[Any]:
        """Have a worker call `function`; raises RuntimeError where the pool has broken."""
        now = measure_elapsed()
        with self._lock:
            oldest = next(iter(self._calls.values()), None)
            if self._rest and oldest is not None and now - oldest[1] >= WAIT:
                self._pools[self._pool(self._rest)] = self._rest  # pebble begins its processes with the first call
                self._rest = 0
            taken = Counter(pool for pool, _ in self._calls.values())
            pool = min(self._pools, key=lambda pool: taken[pool] / self._pools[pool])
            future = pool.schedule(function, args=args, timeout=timeout)
            self._calls[future] = pool, now
        future.add_done_callback(self._forget)
        return future

    def _pool(self, count: int) -> ProcessPool:
        return ProcessPool(
            max_workers=count,
            max_tasks=TASKS,
            initializer=_settle,
            initargs=(self._memory,),
            context=self._server.context,
        )

    def _forget(self, call: Future[Any]) -> None:
        with self._lock:
            self._calls.pop(call, None)

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
            next(iter(self._pools)).schedule(os.getpid)
            self._works = True
        except RuntimeError:  # pebble has begun a part: `begin` says so
            self._works = False
        self._begun.set()
        while self.active and not self._over.wait(_LOOK):
            pass
        # pebble ends the calls it had registered when the pool broke; one queued just then would wait for ever.
        self._over.wait(_LOOK if self._works else 0)
        self._left(self)
        with self._lock:
            pools, self._rest = tuple(self._pools), 0
        for pool in pools:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        self._server.kill()


def _settle(memory: int) -> None:
    """Prepare a fresh worker: it cannot grow past `memory` bytes of addresses (Linux)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler waits for C code that may never return
    if sys.platform == "linux":
        limit_memory(memory)
