"""A pool of processes that can be killed: values in, values out, under a deadline and a memory cap.

It must not know what it runs. A page that hangs, crashes or eats memory costs its own worker only, and comes back as
a `Rejection`, so that the line always has one outcome per page.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import resource
import shutil
import signal
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture

from monitor.clock import measure_elapsed
from monitor.config.atomic_file import replace_file
from monitor.model.page import Outcome, Rejection
from monitor.pipeline.call_end import describe_exit, is_cut_off, is_over_limit, name_call
from monitor.pipeline.shared_value import SharedValue
from monitor.pipeline.worker_pool import WorkerPool

log = logging.getLogger(__name__)
T = TypeVar("T")
V = TypeVar("V")

# Seconds of CPU time (RELIABILITY goal S7); on the wall the same page takes ten times as long beside other work.
DEADLINE = 10.0
_WALL = 12  # times the deadline, on the wall: what waits without working ends too
MEMORY = 1_500_000_000  # bytes of address space; the libraries map 0.3 GB, the largest page we take 0.2 GB more
ENOUGH_DEATHS = 5  # workers that died in a row of calls of one kind, none of which ended well: it is not one bad page
AHEAD = 4  # items per worker that `ordered` reads before their results are taken
_STOPPING = 3.0  # seconds that `stop` leaves the workers before it kills them


def _with_shared(fn: Callable[..., T], args: tuple[object, ...], seconds: float) -> T:
    """`fn(*args)`, each shared value in its place; the process ends by SIGPROF once that took `seconds` of CPU time.

    The signal's default action ends C code too, which a handler in Python would wait for.
    """
    given = [arg.value if isinstance(arg, SharedValue) else arg for arg in args]
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return fn(*given)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A call that hit a limit, and how it ends if it does so again."""

    rejection: Rejection


class Workers:
    """A pool of `count` processes, one per core by default, started at the first call; with `lean` one of them, and the
    rest once calls wait of which the oldest is six seconds old.

    Every call ends within `deadline` seconds of CPU time, and within twelve times that on the wall; one that hit a
    limit is made once more, alone. `memory` caps a worker's address space in bytes (Linux). What `preload` names is
    imported ("a.b") or called ("a.b:c") before the first call, on no call's clock.
    """

    def __init__(
        self,
        count: int | None = None,
        deadline: float = DEADLINE,
        *,
        memory: int = MEMORY,
        preload: tuple[str, ...] = (),
        lean: bool = False,
    ) -> None:
        self.count = count or os.cpu_count() or 1
        self._first = 1 if lean else self.count
        self.deadline = deadline
        self._memory = memory
        self._preload = preload
        self._lock = threading.RLock()  # a call that has ended already tells so while it is held
        self._beginning = threading.Lock()
        self._alone = asyncio.Lock()
        self._pool: WorkerPool | None = None
        self._coming: WorkerPool | None = None  # one that is being begun
        self._rising: asyncio.Future[None] | None = None  # what begins it, for all who wait for that in a loop
        self._used_at = measure_elapsed()
        self._ended = threading.Event()
        self._deaths: Counter[str] = Counter()  # in a row, by what the call does: a small one may well pass
        self._causes: dict[str, str] = {}
        self._folder: str | None = None
        self._count = 0
        self._laid: dict[str, object] = {}
        self._current: str | None = None  # the path of what `shared` was handed last
        self._replaced: set[str] = set()  # what it was handed before, and some call may still need
        self._calls: dict[ProcessFuture[Any], WorkerPool] = {}  # scheduled and without a result
        self._used: dict[object, tuple[str, ...]] = {}  # the shared values of those calls, and of what waits to be one

    def shared(self, value: V) -> SharedValue[V] | V:
        """`value` as `share` gives it, laid once however often it is handed in; itself where it cannot be laid.

        It takes the place of the value handed in before: that one is removed as soon as no call needs it.
        """
        with self._lock:
            path = next((path for path, known in self._laid.items() if known is value), None)
        if path is None:
            try:
                path = self.share(value).path
            except OSError as error:
                log.warning("event=not-shared reason=%r", str(error))
                return value
        with self._lock:
            before, self._current = self._current, path
            if before is not None and before != path:
                self._replaced.add(before)
            self._replaced.discard(path)
            self._drop_unused()
        return SharedValue(path)

    def share(self, value: V) -> SharedValue[V]:
        """Lay a value where every worker finds it, until `stop`.

        As an argument of a call its value takes its place; inside other arguments it has to be asked for its `value`.
        Raises OSError where it cannot be laid.
        """
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.mkdtemp(prefix="seedwatch-")  # ours alone: mode 0700
            self._count += 1
            shared: SharedValue[V] = SharedValue(str(Path(self._folder) / str(self._count)))
        self._lay(shared.path, value)
        with self._lock:
            self._laid[shared.path] = value
        return shared

    def _drop_unused(self) -> None:
        """Remove what was replaced and no scheduled call needs; to be called with the lock held."""
        used = {path for paths in tuple(self._used.values()) for path in paths}
        for path in self._replaced - used:
            Path(path).unlink(missing_ok=True)
            del self._laid[path]
            self._replaced.discard(path)

    def _lay(self, path: str, value: object) -> None:
        """Write a shared value where it is not there (any more): systems clean their folder of temporary files."""
        if not Path(path).exists():
            Path(path).parent.mkdir(mode=0o700, exist_ok=True)
            replace_file(Path(path), pickle.dumps(value), mode=0o600)

    async def call(self, fn: Callable[..., T], *args: object) -> T | Rejection:
        """`fn(*args)` in a worker, or why it has no value; cancelling the wait kills the call.

        `fn` and all values must pickle. Deadline, crash, exhausted memory and any exception in `fn` come back as a
        `Rejection` with outcome FAILED. Raises nothing else than asyncio.CancelledError.
        """
        found = await self._call(fn, args)
        if isinstance(found, _Limit):
            async with self._alone:
                found = await self._call(fn, args)
        return found.rejection if isinstance(found, _Limit) else found

    async def _call(self, fn: Callable[..., T], args: tuple[object, ...]) -> T | Rejection | _Limit:
        if self._pool is None or not self._pool.active:
            waiting = object()
            self._used[waiting] = _list_paths(args)
            if self._rising is None or self._rising.done() or self._rising.get_loop() != asyncio.get_running_loop():
                self._rising = asyncio.ensure_future(asyncio.to_thread(self._begin))
            try:
                await asyncio.shield(self._rising)  # takes seconds, in which others have a right to the loop
            except RuntimeError:  # there is no room for it
                return self._reason(fn, BrokenProcessPool())
            finally:
                self._used.pop(waiting)
        future = self._submit(fn, args)
        if isinstance(future, Rejection):
            return future
        try:
            value = await asyncio.wrap_future(future)
            self._deaths.pop(name_call(fn), None)
            return value
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return self._reason(fn, CancelledError())
        except Exception as error:  # whatever fn raised: its outcome is a value
            return self._ended_by(fn, error)

    def call_now(self, fn: Callable[..., T], *args: object) -> T | Rejection:
        """As `call`, for code without a loop: blocks until the call has ended."""
        found = self._result(fn, self._schedule(fn, args))
        return self._again(fn, args) if isinstance(found, _Limit) else found

    def _again(self, fn: Callable[..., T], args: tuple[object, ...]) -> T | Rejection:
        """A second call after one that hit a limit; what it hits now counts."""
        found = self._result(fn, self._schedule(fn, args))
        return found.rejection if isinstance(found, _Limit) else found

    def ordered(self, fn: Callable[..., T], items: Iterable[object], *, further: int = 0) -> Iterator[T | Rejection]:
        """`fn(item)` for every item, on all workers at once, in the order of `items`.

        Reads at most `AHEAD` items per worker in advance, and `further` more, so an endless iterable is fine; giving up
        the iterator cancels what it has scheduled. An item that hit a limit is called once more when those scheduled
        behind it have ended.
        """
        waiting: deque[tuple[object, ProcessFuture[T] | Rejection]] = deque()

        def first() -> T | Rejection:
            item, future = waiting.popleft()
            found = self._result(fn, future)
            if isinstance(found, _Limit):
                wait([other for _, other in waiting if not isinstance(other, Rejection)])
                return self._again(fn, (item,))
            return found

        try:
            for item in items:
                waiting.append((item, self._schedule(fn, (item,))))
                if len(waiting) >= AHEAD * self.count + further:
                    yield first()
            while waiting:
                yield first()
        finally:
            for _, future in waiting:
                if not isinstance(future, Rejection):
                    future.cancel()  # type: ignore[no-untyped-call]

    def release_idle(self, seconds: float) -> bool:
        """End the processes where none was called for so long; the next call begins them anew. Whether it did."""
        with self._lock:
            pool = self._pool
            if pool is None or self._calls or measure_elapsed() - self._used_at < seconds:
                return False
            self._pool = None
        pool.end()
        return True

    @property
    def trouble(self) -> str | None:
        """Why calls of one kind do not end well, where worker after worker died of them; None while some do."""
        does, deaths = max(self._deaths.items(), key=lambda item: item[1], default=("", 0))
        if deaths < ENOUGH_DEATHS:
            return None
        hard, wanted = resource.getrlimit(resource.RLIMIT_AS)[1], self._memory
        room = f"; of {wanted / 1e9:.1f} GB a worker has {hard / 1e9:.1f}" if 0 < hard < wanted else ""
        return f"{does} failed {deaths} times in a row: {self._causes[does]}{room}"

    def stop(self) -> None:
        """End the pool within a few seconds; calls under way come back as rejections. May be called again."""
        with self._lock:
            self._ended.set()
            pools = [pool for pool in (self._pool, self._coming) if pool is not None]
            self._pool = None
            folder, self._folder = self._folder, None
        # pebble never resolves a call that is still queued when its pool stops: its caller would wait for ever.
        for call in tuple(self._calls):
            call.cancel()  # type: ignore[no-untyped-call]
        for pool in pools:
            pool.end(_STOPPING)  # the workers die with this process if one of them holds out
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)  # temporary files: whoever cleans those will take it

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _begin(self) -> None:
        """Begin the processes where none run; returns once they can work. Raises RuntimeError where there is no room.

        Not with the lock held, which the loop asks for, too.
        """
        with self._beginning:
            pool = self._pool
            if self._ended.is_set() or (pool is not None and pool.active):
                return
            pool = WorkerPool(self._first, self.count, self._memory, self._preload, self._leave)
            with self._lock:  # one that is there has broken, as by a worker that dies idle
                self._pool, self._coming = None, pool
            try:
                pool.begin()
            finally:
                self._coming = None
            with self._lock:
                if not self._ended.is_set():
                    self._pool, self._used_at = pool, measure_elapsed()
                    return
            pool.end()

    def _schedule(self, fn: Callable[..., T], args: tuple[object, ...]) -> ProcessFuture[T] | Rejection:
        try:
            self._begin()
        except RuntimeError:  # there is no room for its threads
            return self._reason(fn, BrokenProcessPool())
        return self._submit(fn, args)

    def _submit(self, fn: Callable[..., T], args: tuple[object, ...]) -> ProcessFuture[T] | Rejection:
        """Schedule a call where the processes run."""
        with self._lock:
            if self._ended.is_set():
                return Rejection(outcome=Outcome.FAILED, reason="the workers are stopped")
            try:
                if self._pool is None:
                    raise BrokenProcessPool
                for arg in args:
                    if isinstance(arg, SharedValue):
                        if arg.path not in self._laid:
                            return Rejection(outcome=Outcome.FAILED, reason="a shared value was replaced meanwhile")
                        self._lay(arg.path, self._laid[arg.path])
                future = self._pool.schedule(_with_shared, fn, args, self.deadline, timeout=_WALL * self.deadline)
            except RuntimeError:  # it broke this very moment
                return self._reason(fn, BrokenProcessPool())
            except OSError as error:  # a shared value is gone and there is no room for it
                return self._reason(fn, error)
            self._calls[future] = self._pool
            self._used_at = measure_elapsed()
            if paths := _list_paths(args):
                self._used[future] = paths
            future.add_done_callback(self._forget)
            return future

    def _forget(self, call: Future[Any]) -> None:
        pool = self._calls.pop(call, None)  # type: ignore[call-overload]  # it is one of pebble's
        if pool is not None and is_cut_off(call):
            self._renew(pool)
        self._used_at = measure_elapsed()
        self._used.pop(call, None)

    def _renew(self, pool: WorkerPool) -> None:
        """Have the next call begin all processes anew: one of them looked at a mapped file that was cut off meanwhile,
        which a process that is forked from the same one has mapped, too."""
        with self._lock:
            if self._pool is not pool:
                return
            self._pool = None
        log.warning("event=workers-renewed reason='a file that they had mapped was cut off'")
        pool.end()

    def _leave(self, pool: WorkerPool) -> None:
        """No call waits for a pool that is over."""
        for call in [call for call, its in tuple(self._calls.items()) if its is pool]:
            call.cancel()  # type: ignore[no-untyped-call]

    def _result(self, fn: Callable[..., T], future: ProcessFuture[T] | Rejection) -> T | Rejection | _Limit:
        if isinstance(future, Rejection):
            return future
        try:
            return future.result()
        except (Exception, CancelledError) as error:  # whatever fn raised: its outcome is a value
            return self._ended_by(fn, error)

    def _ended_by(self, fn: Callable[..., object], error: BaseException) -> Rejection | _Limit:
        rejection = self._reason(fn, error)
        return _Limit(rejection) if is_over_limit(error) else rejection

    def _reason(self, fn: Callable[..., object], error: BaseException) -> Rejection:
        """What ended a call, in words."""
        does = name_call(fn)
        # A call is cancelled by nobody but us when its pool has broken, as one does whose workers cannot begin.
        broken = isinstance(error, (CancelledError, BrokenProcessPool))
        died = (broken or isinstance(error, (ProcessExpired, MemoryError, ImportError))) and not is_over_limit(error)
        if died and not self._ended.is_set():
            self._deaths[does] += 1
            said = "no worker could be started" if broken else f"{type(error).__name__} {error}"
            self._causes[does] = " ".join(said.split())
        if is_over_limit(error):
            reason = f"{does} took longer than {self.deadline:g} s and was stopped"
        elif isinstance(error, ProcessExpired):
            reason = f"{does} crashed its worker ({describe_exit(error.exitcode)})"
        elif isinstance(error, MemoryError):
            reason = f"{does} needed more than {self._memory / 1e9:g} GB of memory"
        elif broken:
            reason = f"{does} was stopped with the workers"
        else:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
        return Rejection(outcome=Outcome.FAILED, reason=reason)


def _list_paths(args: Iterable[object]) -> tuple[str, ...]:
    return tuple(arg.path for arg in args if isinstance(arg, SharedValue))
