"""How many processes a pool begins, and when."""

from __future__ import annotations

import gc
import math
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from pebble import ProcessExpired
from pebble.pool.channel import WorkerChannel

from monitor.pipeline import worker_pool
from monitor.pipeline.worker_pool import WorkerPool

PATIENCE = 60.0  # seconds of a call on the wall


def hold(fifo: str) -> int:
    """In a worker: wait until somebody writes to the other end; the number of the process."""
    Path(fifo).read_bytes()
    return os.getpid()


def load_once() -> None:
    """In a process that loads: go on the first time, hang each time after."""
    mark = Path(os.environ["LOADED"])
    if mark.exists():
        signal.pause()
    mark.touch()


@pytest.fixture
def lean(tmp_path: Path) -> Callable[[], tuple[WorkerPool, str]]:
    def begin() -> tuple[WorkerPool, str]:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        pool = WorkerPool(1, 3, 1_500_000_000, (), lambda _: None)
        pool.begin()
        return pool, str(fifo)

    return begin


def test_what_one_process_keeps_up_with_begins_no_other(
    lean: Callable[[], tuple[WorkerPool, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "WAIT", math.inf)
    pool, fifo = lean()
    try:
        held = pool.schedule(hold, fifo, timeout=PATIENCE)
        behind = [pool.schedule(os.getpid, timeout=PATIENCE) for _ in range(3)]
        pool.keep_up()
        Path(fifo).write_text("go")
        assert {call.result() for call in behind} == {held.result()}
    finally:
        pool.end(10)


def test_a_call_that_comes_when_another_is_late_begins_the_rest(
    lean: Callable[[], tuple[WorkerPool, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, fifo = lean()
    try:
        first = pool.schedule(os.getpid, timeout=PATIENCE).result()
        monkeypatch.setattr(worker_pool, "WAIT", 0.0)  # from now on each call is late
        held = pool.schedule(hold, fifo, timeout=PATIENCE)
        pool.keep_up()
        assert len(pool._groups) == 1  # nothing waits
        behind = pool.schedule(os.getpid, timeout=PATIENCE)
        while len(pool._groups) < 2:  # by this thread or its own
            pool.keep_up()
        others = {pool.schedule(os.getpid, timeout=PATIENCE).result() for _ in range(4)}
        assert first not in others  # they do not wait behind the one that is held
        assert pool.active
        Path(fifo).write_text("go")
        assert (held.result(), behind.result()) == (first, first)
    finally:
        pool.end(10)
    assert not pool.active


def test_a_group_that_breaks_ends_its_own_calls_alone(
    lean: Callable[[], tuple[WorkerPool, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, fifo = lean()
    try:
        first = pool.schedule(os.getpid, timeout=PATIENCE).result()
        monkeypatch.setattr(worker_pool, "WAIT", 0.0)
        held = pool.schedule(hold, fifo, timeout=PATIENCE)
        pool.schedule(os.getpid, timeout=PATIENCE)
        while len(pool._groups) < 2:
            pool.keep_up()
        monkeypatch.setattr(worker_pool, "WAIT", math.inf)
        lost = pool.schedule(signal.pause, timeout=PATIENCE)
        [server] = pool._groups[1].server._processes
        os.kill(server.pid, signal.SIGKILL)  # its processes end with it, and no other can be forked
        with pytest.raises((BrokenProcessPool, CancelledError, RuntimeError)):
            lost.result(PATIENCE)
        while len(pool._groups) > 1:
            pass  # until the pool's thread has looked
        behind = pool.schedule(os.getpid, timeout=PATIENCE)
        Path(fifo).write_text("go")
        assert (held.result(), behind.result(), pool.active, pool._rest) == (first, first, True, 2)
    finally:
        pool.end(10)


def die_with_the_lock() -> None:
    """As a process that is killed while it writes its result."""
    [channel] = [value for value in gc.get_objects() if isinstance(value, WorkerChannel)]
    channel.mutex.writer_mutex.acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_call_that_nobody_hears_of_again_ends_with_its_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "STANDSTILL", 2.0)
    left = threading.Event()
    pool = WorkerPool(1, 1, 1_500_000_000, (), lambda _: left.set())
    pool.begin()
    try:
        with pytest.raises(ProcessExpired):
            pool.schedule(die_with_the_lock, timeout=PATIENCE).result()
        lost = pool.schedule(os.getpid, timeout=PATIENCE)
        with pytest.raises((CancelledError, BrokenProcessPool)):
            lost.result(PATIENCE)
        assert left.wait(PATIENCE)
        assert not pool.active
    finally:
        pool.end(10)


def test_a_pool_ends_though_a_process_in_the_place_of_another_still_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOADED", str(tmp_path / "loaded"))
    pool = WorkerPool(1, 1, 1_500_000_000, (f"{__name__}:load_once",), lambda _: None)
    pool.begin()
    os.kill(pool.schedule(os.getpid, timeout=PATIENCE).result(), signal.SIGKILL)
    [group] = pool._groups
    while len(group.server._processes) < 1 or group.server._processes[-1].poll() is not None:
        pass  # until pebble has begun another
    pool.end(10)
    assert not pool._thread.is_alive()


def test_a_pool_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(worker_pool.ProcessPool, "schedule", fail)
    with pytest.raises(BrokenProcessPool):
        WorkerPool(1, 1, 1_500_000_000, (), lambda _: None).begin()
