"""pebble's pools of processes on fork servers, with the one thread that begins and ends them; it must not know why.

PR_SET_PDEATHSIG fires when the *thread* that made a process ends, and a first call may come from a short-lived one. A
single process that is replaced is made by pebble's own thread, which lasts as long as its pool.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from pebble import CONSTS, ProcessFuture, ProcessPool

from monitor.clock import measure_elapsed
from monitor.pipeline.fork_server import ForkServer
from monitor.process_limits import limit_memory

log = logging.getLogger(__name__)

TASKS = 500  # calls after which a worker is replaced, because the caches of lxml and re only grow
_LOOK = 0.5  # seconds between two looks at whether a pool has broken
# Seconds for which the oldest call may be under way, while others wait, before all processes are begun: more than one
# that is replaced takes to load.
WAIT = 6.0
# Seconds for which calls of a group may be under way while none of them runs: more than a process takes to load on the
# slowest machine. A process that is killed as it writes holds the lock of its pipe for ever, and the next one then
# takes a call from it of which pebble never hears again.
STANDSTILL = 120.0
_PAUSE = 60.0  # seconds after which those that could not be begun are tried again
# How often pebble's threads look at their processes, as long as there are any: at its .1 s they wake 20 times a second.
CONSTS.sleep_unit = 0.5


class _Group:
    """`size` processes: one that has loaded everything by itself, or several that are forked from one that has."""

    def __init__(self, size: int, memory: int, preload: tuple[str, ...]) -> None:
        self.size = size
        self.server = ForkServer(preload, alone=size == 1)
        self.pool = ProcessPool(
            max_workers=size,
            max_tasks=TASKS,
            initializer=_settle,
            initargs=(memory,),
            context=self.server.context,
        )
        self.moved_at = measure_elapsed()  # when one of its calls was last seen to run, or it had none

    def begin(self) -> None:
        """Begin the processes, by this thread; raises RuntimeError where they cannot begin."""
        self.pool.schedule(os.getpid)

    def end(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.server.kill()  # before `join`, which would wait for a process that still loads
        self.pool.join()


class WorkerPool:
    """`first` processes, begun by `begin`, and `count` in all once those do not keep up.

    A group of processes that breaks ends its own calls, and is begun anew when calls wait again. `left` is called with
    the pool once all have broken or it was ended.
    """

    def __init__(
        self, first: int, count: int, memory: int, preload: tuple[str, ...], left: Callable[[WorkerPool], None]
    ) -> None:
        self._make = partial(_Group, memory=memory, preload=preload)
        self._rest = count - first
        self._from = 0.0  # when the rest may be begun
        self._coming: _Group | None = self._make(first)  # one that is about to begin, or loading
        self._groups: list[_Group] = []
        self._broken: list[_Group] = []  # found so at the last look
        self._lock = threading.Lock()
        self._calls: dict[Future[Any], tuple[_Group, float]] = {}  # under way, and since when
        self._left = left
        self._begun = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="workers", daemon=True)

    def begin(self) -> None:
        """Begin the processes; returns once they can work, seconds later where much is loaded beforehand.

        Raises RuntimeError where they cannot begin.
        """
        self._thread.start()
        self._begun.wait()
        if not self._groups:
            raise BrokenProcessPool

    @property
    def active(self) -> bool:
        """Whether it takes calls: it has begun, and neither broken nor been ended."""
        return any(group.pool.active for group in self._groups)

    def schedule(self, function: Callable[..., Any], *args: object, timeout: float) -> ProcessFuture[Any]:
        """Have a worker call `function`; raises RuntimeError where the pool has broken."""
        now = measure_elapsed()
        with self._lock:
            groups = [group for group in self._groups if group.pool.active]
            if not groups:
                raise BrokenProcessPool
            taken = Counter(group for group, _ in self._calls.values())
            oldest: dict[_Group, float] = {}
            for group, since in self._calls.values():
                oldest.setdefault(group, since)
            # The emptier one; of two, that which got its oldest call last, for the other may be held up.
            group = min(groups, key=lambda group: (taken[group] / group.size, -oldest.get(group, now)))
            future = group.pool.schedule(function, args=args, timeout=timeout)
            self._calls[future] = group, now
        future.add_done_callback(self._forget)
        return future

    def keep_up(self) -> None:
        """Begin the rest of the processes, by this thread, where calls wait and the oldest one is late."""
        now = measure_elapsed()
        with self._lock:
            oldest = next((since for _, since in self._calls.values()), now)
            waits = len(self._calls) > sum(group.size for group in self._groups)
            if not self._rest or now < self._from or not waits or now - oldest < WAIT:
                return
            group, self._rest = self._make(self._rest), 0
            self._coming = group
        if not self._over.is_set() and not self._begin(group):
            self._rest, self._from = group.size, now + _PAUSE

    def drop_broken(self) -> None:
        """Give up the groups that have broken, where another one works, by this thread; at the next call end them.

        pebble ends the calls it had registered when a group broke; one queued just then would wait for ever.
        """
        for group in self._broken:
            self._cancel(group)
            group.end()
        with self._lock:
            self._broken = [group for group in self._groups if not group.pool.active]
            self._groups = [group for group in self._groups if group not in self._broken]
            if self._broken:
                self._rest += sum(group.size for group in self._broken)
                self._from = measure_elapsed() + _PAUSE
        for group in self._broken:
            log.warning("event=workers-broken count=%d others go on", group.size)

    def end_standstill(self) -> None:
        """End the groups, and cancel their calls, of whose calls none has run for `STANDSTILL` seconds."""
        now = measure_elapsed()
        with self._lock:
            running: dict[_Group, bool] = {}
            for call, (group, _) in self._calls.items():
                running[group] = running.get(group, False) or call.running()
        for group in self._groups:
            if running.get(group, True):
                group.moved_at = now
            elif now - group.moved_at > STANDSTILL:
                log.warning("event=workers-stuck count=%d no call was taken for %.0f s", group.size, STANDSTILL)
                self._cancel(group)
                group.end()

    def end(self, patience: float = 0.0) -> None:
        """End the processes, whatever they do; waits for `patience` seconds at most until they have ended."""
        self._over.set()
        if (coming := self._coming) is not None:  # it may be loading for seconds yet
            coming.server.kill()
        if patience and self._thread.ident is not None:  # `begin` may be just about to start it
            self._thread.join(patience)

    def _cancel(self, group: _Group) -> None:
        with self._lock:
            calls = [call for call, (its, _) in self._calls.items() if its is group]
        for call in calls:
            call.cancel()

    def _forget(self, call: Future[Any]) -> None:
        with self._lock:
            self._calls.pop(call, None)

    def _begin(self, group: _Group) -> bool:
        """Whether its processes could be begun."""
        try:
            group.begin()
        except (RuntimeError, OSError) as error:  # pebble has begun a part
            log.warning("event=workers-not-begun count=%d error=%r", group.size, str(error))
            group.end()
            return False
        finally:
            self._coming = None
        with self._lock:
            self._groups.append(group)
        return True

    def _keep(self) -> None:
        """Begin the pool, see that no call is left behind should it break, and end it."""
        assert self._coming is not None  # noqa: S101  it was made with the pool
        try:
            self._begin(self._coming)
        finally:
            self._begun.set()
        while self.active and not self._over.wait(_LOOK):
            self.end_standstill()
            if self.active:
                self.drop_broken()
                self.keep_up()
        self._over.wait(_LOOK if self._groups else 0)  # as in `drop_broken`
        self._left(self)
        for group in (*self._groups, *self._broken):
            group.end()


def _settle(memory: int) -> None:
    """Prepare a fresh worker: it cannot grow past `memory` bytes of addresses (Linux)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler waits for C code that may never return
    if sys.platform == "linux":
        limit_memory(memory)
