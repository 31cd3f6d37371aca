"""The pool against real processes: what hangs, crashes or grows costs one call and nothing else."""

from __future__ import annotations

import asyncio
import functools
import itertools
import math
import mmap
import operator
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model.page import Outcome, Page, Rejection
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.ingest.workers import AHEAD, Workers

# The calls are functions of the standard library: a worker must be able to import them by name.
HANGS = ("while True: pass",)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, deadline=30.0, preload=("math",)) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty() -> Iterator[Workers]:
    with Workers(1, deadline=0.3, preload=("re",)) as pool:
        yield pool


def failed(reason: str) -> Rejection:
    return Rejection(outcome=Outcome.FAILED, reason=reason)


def test_values_come_back_from_another_process(workers: Workers) -> None:
    assert workers.call_now(math.hypot, 3, 4) == 5.0
    assert workers.call_now(os.getpid) != os.getpid()
    assert asyncio.run(workers.call(math.hypot, 3, 4)) == 5.0


def test_a_shared_value_takes_the_place_of_the_argument_and_is_one_object_in_a_worker(workers: Workers) -> None:
    three, four = workers.share((3, 0)), workers.share((4, 0))
    assert workers.call_now(math.dist, three, four) == 1.0
    with Workers(1) as single:
        value = single.share(["a", "b"])
        assert single.call_now(operator.is_, value, value) is True
        assert list(single.ordered(len, [value, value])) == [2, 2]


def test_of_values_that_take_each_others_place_one_is_kept_and_what_a_call_still_needs() -> None:
    with Workers(1) as single:
        values = [[number] for number in range(5)]
        shared = single.shared(values[0])
        assert not isinstance(shared, list)
        folder = Path(shared.path).parent
        kept = Path(single.share("kept").path)
        # The one worker is busy, so the call with the first value waits in the queue.
        gate = tempfile.mkdtemp()
        os.mkfifo(f"{gate}/gate")
        script = f"open({gate + '/gate'!r}).read()"

        async def through() -> object:
            busy = asyncio.ensure_future(single.call(exec, script))
            waiting = asyncio.ensure_future(single.call(sum, shared))
            await asyncio.sleep(0)
            for value in values[1:]:
                single.shared(value)
            left = {Path(path) for path in single._laid}
            await asyncio.to_thread(Path(f"{gate}/gate").write_text, "")
            await busy
            return left, await waiting

        left, result = asyncio.run(through())  # type: ignore[misc]
        last = single.shared(values[4])
        assert not isinstance(last, list)
        assert (left, result) == ({kept, Path(shared.path), Path(last.path)}, 0)
        assert set(folder.iterdir()) == {kept, Path(last.path)}
        assert single.call_now(sum, shared) == failed("a shared value was replaced meanwhile")
        shutil.rmtree(gate)


def test_a_shared_value_that_was_cleaned_away_is_laid_again_and_goes_with_the_workers() -> None:
    with Workers(1) as single:
        value = single.share("abc")
        folder = Path(value.path).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        shutil.rmtree(folder)
        assert single.call_now(str.upper, value) == "ABC"
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_what_is_shared_again_is_laid_once_and_what_cannot_be_goes_with_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = ["a", "b"]
    with Workers(1) as single:
        assert single.shared(value) is not value
        assert single.shared(value) == single.shared(value)
        assert single.call_now(len, single.shared(value)) == 2
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with Workers(1) as single:
        assert single.shared(value) is value


def test_a_shared_value_without_room_is_a_failed_call() -> None:
    with Workers(1) as single:
        value = single.share("abc")
        folder = Path(value.path).parent
        shutil.rmtree(folder)
        folder.write_text("in the way")
        found = single.call_now(str.upper, value)
        assert isinstance(found, Rejection)
        assert found.reason.startswith("FileExistsError")
        folder.unlink()
        assert single.call_now(str.upper, value) == "ABC"


def test_an_exception_is_a_value(workers: Workers) -> None:
    assert workers.call_now(operator.truediv, 1, 0) == failed("ZeroDivisionError: division by zero")
    assert asyncio.run(workers.call(operator.truediv, 1, 0)) == failed("ZeroDivisionError: division by zero")


@pytest.mark.row("S7")
@pytest.mark.parametrize(
    ("fn", "args"),
    [
        (exec, HANGS),
        (re.fullmatch, ("(a+)+", "a" * 60 + "b")),  # C code that never looks at signals
    ],
)
def test_what_hangs_is_killed_and_the_next_call_works(hasty: Workers, fn: object, args: tuple[str, ...]) -> None:
    stopped = failed("the call took longer than 0.3 s and was stopped")
    assert hasty.call_now(fn, *args) == stopped  # type: ignore[arg-type]
    assert asyncio.run(hasty.call(fn, *args)) == stopped  # type: ignore[arg-type]
    assert hasty.call_now(math.hypot, 3, 4) == 5.0


def test_a_crash_costs_its_own_call_only(workers: Workers) -> None:
    assert workers.call_now(os.abort) == failed("the call crashed its worker (SIGABRT)")
    assert workers.call_now(os._exit, 7) == failed("the call crashed its worker (exit code 7)")
    assert asyncio.run(workers.call(os.abort)) == failed("the call crashed its worker (SIGABRT)")
    assert workers.call_now(math.hypot, 3, 4) == 5.0


@pytest.mark.row("S7")
def test_a_memory_bomb_is_refused(workers: Workers) -> None:
    assert workers.call_now(operator.mul, b"x", 4_000_000_000) == failed("the call needed more than 1.5 GB of memory")
    assert workers.call_now(math.hypot, 3, 4) == 5.0


def test_what_does_not_pickle_is_a_value(workers: Workers) -> None:
    result = workers.call_now(lambda: 1)
    assert isinstance(result, Rejection)
    assert "pickle" in result.reason
    assert workers.call_now(math.hypot, 3, 4) == 5.0


def test_a_worker_that_dies_idle_is_replaced() -> None:
    with Workers(1) as pool:
        pid = pool.call_now(os.getpid)
        assert isinstance(pid, int)
        dying = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([dying], [], [], 10)
        os.close(dying)
        results = [pool.call_now(math.hypot, 3, 4) for _ in range(3)]
    assert results[-1] == 5.0
    assert set(results) <= {5.0, failed("the call was stopped with the workers")}


def test_ordered_keeps_the_order_and_goes_on_after_a_failure(workers: Workers) -> None:
    items: list[object] = [*range(9, 4, -1), "x", *range(4)]
    results = list(workers.ordered(math.sqrt, items))
    assert results == [
        *(math.sqrt(number) for number in range(9, 4, -1)),
        failed("TypeError: must be real number, not str"),
        *(math.sqrt(number) for number in range(4)),
    ]


def test_ordered_reads_no_further_than_it_must(workers: Workers) -> None:
    numbers = itertools.count()
    results = workers.ordered(functools.partial(operator.add, 1), numbers)
    assert [next(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert next(numbers) == 4 + AHEAD * workers.count
    results.close()  # type: ignore[attr-defined]
    numbers = itertools.count()
    results = workers.ordered(functools.partial(operator.add, 1), numbers, further=3)
    assert [next(results), next(results), next(numbers)] == [1, 2, 1 + AHEAD * workers.count + 3]
    results.close()  # type: ignore[attr-defined]
    assert workers.call_now(math.hypot, 3, 4) == 5.0


def test_a_limit_counts_work_and_not_waiting(hasty: Workers) -> None:
    assert hasty.call_now(select.select, [], [], [], 0.6) == ([], [], [])


def test_what_hit_a_limit_is_called_once_more_alone(hasty: Workers, tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    spin = f"open({str(tried)!r}, 'a').write('x')\nwhile True: pass"
    assert hasty.call_now(exec, spin) == failed("the call took longer than 0.3 s and was stopped")
    assert tried.read_text() == "xx"


def test_a_reason_says_what_the_call_does(hasty: Workers) -> None:
    body = b"<html><body><article>" + b"<p><a href='/x'>A ferry</a> came late.</p>" * 24_000
    page = Page(
        url="https://gull.example/1",
        final_url="https://gull.example/1",
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    stopped = failed("reading the page took longer than 0.3 s and was stopped")
    assert hasty.call_now(judge_page, page, None, ()) == stopped
    assert hasty.call_now(functools.partial(judge_page, page, None, ())) == stopped


def test_a_first_call_from_a_thread_that_ends_does_not_take_the_workers_along() -> None:
    with Workers(1) as pool:
        first: list[object] = []
        thread = threading.Thread(target=lambda: first.append(pool.call_now(os.getpid)))
        thread.start()
        thread.join()
        assert [pool.call_now(os.getpid)] == first


def test_cancelling_the_wait_kills_the_call_and_raises() -> None:
    async def cancelled() -> None:
        with Workers(1) as pool:
            task = asyncio.create_task(pool.call(exec, *HANGS))  # type: ignore[arg-type]
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await pool.call(math.hypot, 3, 4) == 5.0

    asyncio.run(cancelled())


def test_stop_ends_hanging_calls_and_refuses_new_ones() -> None:
    async def stopped() -> tuple[object, object]:
        pool = Workers(1, deadline=3600.0)
        assert await pool.call(math.hypot, 3, 4) == 5.0
        call = asyncio.create_task(pool.call(exec, *HANGS))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await asyncio.to_thread(pool.stop)
        pool.stop()
        return await call, await pool.call(math.hypot, 3, 4)

    assert asyncio.run(stopped()) == (
        failed("the call was stopped with the workers"),
        failed("the workers are stopped"),
    )
    unused = Workers(1)
    unused.stop()
    assert unused.call_now(math.hypot, 3, 4) == failed("the workers are stopped")
    assert list(unused.ordered(math.sqrt, [4])) == [failed("the workers are stopped")]


def test_stop_ends_calls_that_still_wait_for_a_worker() -> None:
    async def stopped() -> list[object]:
        pool = Workers(1, deadline=3600.0)
        assert await pool.call(math.hypot, 3, 4) == 5.0
        calls = [asyncio.create_task(pool.call(exec, *HANGS)) for _ in range(5)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await asyncio.to_thread(pool.stop)
        return await asyncio.gather(*calls)

    assert asyncio.run(stopped()) == [failed("the call was stopped with the workers")] * 5


PARENT = """
import os, signal
from monitor.pipeline.ingest.workers import Workers
if __name__ == "__main__":
    pool = Workers(1)
    print(pool.call_now(os.getpid), flush=True)
    input()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_die_with_their_parent(tmp_path: object) -> None:
    script = os.path.join(str(tmp_path), "parent.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(PARENT)
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdin is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.wait() == -signal.SIGKILL
        ended, _, _ = select.select([worker], [], [], 10)
        os.close(worker)
        assert ended


NO_ROOM = """
import os, resource
from pathlib import Path
from monitor.pipeline.ingest.workers import Workers

workers = Workers(1)
pages = int(Path("/proc/self/statm").read_text().split()[0])
room = pages * resource.getpagesize() + {more}
resource.setrlimit(resource.RLIMIT_AS, (room, resource.RLIM_INFINITY))
print(workers.call_now(os.getpid).reason, flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_without_room_for_its_threads_a_call_fails_and_holds_nothing_up(threads: int) -> None:
    """A pool is begun in the loop's own thread: it used to wait there for ever."""
    code = NO_ROOM.format(more=1_000_000 + threads * 9_000_000)  # a thread takes 8 MiB of addresses for its stack
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "the call was stopped with the workers\n", done.stderr[-2000:]


@pytest.mark.slow
def test_a_call_queued_while_the_pool_breaks_ends_too() -> None:
    async def later(pool: Workers, seconds: float) -> object:
        await asyncio.sleep(seconds)  # spreads the calls over the moment of breaking
        return await asyncio.wait_for(pool.call(math.hypot, 3, 4), 10)

    async def main() -> list[object]:
        with Workers(2, preload=("no_such_module",)) as pool:
            return [
                result
                for _ in range(8)
                for result in await asyncio.gather(*(later(pool, 0.002 * number) for number in range(300)))
            ]

    assert set(asyncio.run(main())) == {failed("the call was stopped with the workers")}


def test_workers_that_nobody_called_for_long_are_given_back_and_begun_anew() -> None:
    with Workers(1) as workers:
        assert not workers.release_idle(0)  # none was begun
        first = workers.call_now(os.getpid)
        assert not workers.release_idle(3600)
        while not workers.release_idle(0):  # the call may still be about to be forgotten
            pass
        assert not workers.release_idle(0)
        second = workers.call_now(os.getpid)
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert first != second


def look_beyond_the_end(path: str) -> int:
    """In a worker: read a mapped file that is cut off meanwhile."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        os.truncate(path, 0)
        return mapped[-1]


def test_a_mapped_file_that_is_cut_off_costs_its_call_and_all_is_loaded_anew(tmp_path: Path) -> None:
    """Those forked from one process have what it mapped: each page would kill its own worker for ever."""
    (tmp_path / "words").write_bytes(b"w" * 100_000)
    with Workers(2) as workers:
        before = workers.call_now(os.getppid)
        assert workers.call_now(look_beyond_the_end, str(tmp_path / "words")) == failed(
            "the call crashed its worker (SIGBUS)"
        )
        while (after := workers.call_now(os.getppid)) == before:  # the call may still be about to be forgotten
            pass
        assert isinstance(after, int) or after == failed("the call was stopped with the workers")
