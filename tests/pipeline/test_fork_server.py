"""Workers are forked from one server, which ends with them and they with it; one alone is the server itself."""

from __future__ import annotations

import math
import os
import select
import signal
import threading
from collections.abc import Iterable

from monitor.model.page import Outcome, Rejection
from monitor.pipeline.ingest.workers import Workers


def have_ended(handles: Iterable[int]) -> list[bool]:
    """Whether each process ends within ten seconds; closes the handles."""
    found = []
    for handle in handles:
        found.append(bool(select.select([handle], [], [], 10)[0]))
        os.close(handle)
    return found


def test_workers_have_one_server_that_ends_with_the_pool() -> None:
    with Workers(2) as pool:
        (server,) = {pool.call_now(os.getppid) for _ in range(4)}
        assert isinstance(server, int)
        assert server != os.getpid()
        handle = os.pidfd_open(server)
    assert have_ended([handle]) == [True]


def test_a_killed_server_takes_its_workers_along_and_the_next_call_begins_anew() -> None:
    with Workers(2) as pool:
        server, worker = pool.call_now(os.getppid), pool.call_now(os.getpid)
        assert isinstance(server, int)
        assert isinstance(worker, int)
        handles = [os.pidfd_open(server), os.pidfd_open(worker)]
        os.kill(server, signal.SIGKILL)
        assert have_ended(handles) == [True, True]
        results = [pool.call_now(math.hypot, 3, 4) for _ in range(3)]
        assert results[-1] == 5.0
        assert pool.call_now(os.getppid) != server
    stopped = Rejection(outcome=Outcome.FAILED, reason="the call was stopped with the workers")
    assert set(results) <= {5.0, stopped}


def test_one_process_has_loaded_all_by_itself_and_the_next_does_so_again() -> None:
    with Workers(1, preload=("math",)) as pool:
        worker = pool.call_now(os.getpid)
        assert isinstance(worker, int)
        assert pool.call_now(os.getppid) == os.getpid()
        handle = os.pidfd_open(worker)
        os.kill(worker, signal.SIGKILL)
        assert have_ended([handle]) == [True]
        results = [pool.call_now(math.hypot, 3, 4) for _ in range(3)]
        assert results[-1] == 5.0
        second = pool.call_now(os.getpid)
        assert isinstance(second, int)
        assert second != worker
        handle = os.pidfd_open(second)
    assert have_ended([handle]) == [True]


def test_a_pool_that_is_stopped_while_its_server_loads_does_not_wait_for_that() -> None:
    pool = Workers(1, preload=("signal:pause",))  # loads for ever
    found: list[object] = []
    caller = threading.Thread(target=lambda: found.append(pool.call_now(os.getpid)))
    caller.start()
    while pool._coming is None:
        pass
    pool.stop()
    caller.join(10)
    assert found == [Rejection(outcome=Outcome.FAILED, reason="the call was stopped with the workers")]
