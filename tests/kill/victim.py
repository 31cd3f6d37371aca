"""The real daemon, which kills itself at the n-th passing of a named boundary; it must not change what the daemon does.

usage: victim.py BOUNDARY NTH DELAY SHIFT CONFIG
       victim.py --nest

Everything is wrapped from outside: the product has no hooks for this. DELAY (seconds) is how long after its passing
`during-commit` kills, SHIFT (seconds) how far the daemon's clock is off. The boundary "none" never kills.

A nest has imported everything and forks a victim for each line of JSON it reads, [[BOUNDARY, …], LOG]: it says its
process id, then how it ended. Most of a short life would else be imports; its workers are forked, too.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# A nest of several threads cannot fork safely, and numpy, which tells languages, starts one for its linear algebra.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class Boundary:
    """The one place where this process is to die."""

    def __init__(self, name: str, nth: int, delay: float) -> None:
        self.name = name
        self._left = nth
        self._delay = delay
        self._lock = threading.Lock()

    def passed(self, name: str) -> None:
        """Count a passing; die at the one that was drawn."""
        if name != self.name:
            return
        with self._lock:
            self._left -= 1
            last = self._left == 0
        if last and name == "during-commit":
            threading.Thread(target=self._later, daemon=True).start()
        elif last:
            self._die()

    def _later(self) -> None:
        # A busy wait: a sleep of less than a millisecond would last as long as the commit it is meant to cut.
        end = time.perf_counter() + self._delay
        while time.perf_counter() < end:
            pass
        self._die()

    def _die(self) -> None:
        os.write(2, f"boundary={self.name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def wrap_store(boundary: Boundary) -> None:
    """Watch the statements of the writing connection, and the return from COMMIT."""
    from monitor.storage import store as store_module
    from monitor.storage.connection import connect_database
    from monitor.storage.store import Store

    connect, write = connect_database, Store.write
    begun: set[str] = set()  # how the statements of the transaction under way begin

    def seen(statement: str) -> None:
        start = " ".join(statement.split(None, 3)[:3])
        if start.startswith("BEGIN"):
            begun.clear()
        elif start == "COMMIT" and "INSERT INTO revisions" in begun:
            boundary.passed("during-commit")
        elif start == "INSERT INTO alerts":
            boundary.passed("inside-transaction")  # the article is written, its alert not, nothing is committed
        begun.add(start)

    def traced(path: Path) -> Any:
        db = connect(path)
        db.set_trace_callback(seen)
        return db

    @contextmanager
    def watched(store: Store) -> Iterator[None]:
        with write(store):
            yield
        if store.db.in_transaction:
            return
        if "INSERT INTO links" in begun:
            boundary.passed("after-record")
        if "INSERT INTO revisions" in begun:
            boundary.passed("after-commit")

    store_module.connect_database = traced  # type: ignore[assignment]
    Store.write = watched  # type: ignore[method-assign,assignment]


def wrap_work(boundary: Boundary) -> None:
    """Watch results that come back from workers, and alerts on their way out."""
    from monitor.delivery.guarded_http import Sender
    from monitor.pipeline.ingest.read_page import judge_page
    from monitor.pipeline.ingest.workers import Workers

    call, send = Workers.call, Sender.send

    async def called(workers: Workers, fn: Callable[..., Any], *args: object) -> Any:
        result: Any = await call(workers, fn, *args)
        if fn is judge_page:
            boundary.passed("after-extraction")
        return result

    async def sent(sender: Sender, *args: Any, **kwargs: Any) -> Any:
        boundary.passed("before-send")
        sending: Awaitable[Any] = send(sender, *args, **kwargs)
        reply = await sending
        if reply.status == 200:
            boundary.passed("after-send")
        return reply

    Workers.call = called  # type: ignore[method-assign,assignment]
    Sender.send = sent  # type: ignore[method-assign]


def main(name: str, nth: str, delay: str, shift: str, config: str) -> None:
    """Run `seedwatch run` until it is killed or told to stop."""
    boundary = Boundary(name, int(nth), float(delay))
    wrap_store(boundary)
    wrap_work(boundary)
    from monitor.commands.cli import main
    from monitor.daemon import run

    off = timedelta(seconds=float(shift))

    class Shifted(run.WallClock):
        def now(self) -> datetime:
            return datetime.now(UTC) + off

    run.WallClock = Shifted  # type: ignore[misc]
    main(["--config", config, "run"])


def nest() -> None:
    """Fork victims until nobody asks for one."""
    import spiders.commonspace
    import spiders.listing
    import spiders.tass  # noqa: F401
    from monitor.commands import cli  # noqa: F401
    from monitor.daemon import run  # noqa: F401
    from monitor.pipeline.ingest import read_page  # noqa: F401

    forked = multiprocessing.get_context("fork")

    def forking(method: str | None = None) -> Any:
        return forked

    for line in sys.stdin:
        words, log = json.loads(line)
        if (tasks := len(os.listdir("/proc/self/task"))) != 1:
            raise AssertionError(f"a nest of {tasks} threads cannot fork safely")
        number = os.fork()
        if number == 0:
            sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(sink, 2)
            os.dup2(sink, 1)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            multiprocessing.get_context = forking  # type: ignore[assignment]
            code = 1
            try:
                main(*words)
            except SystemExit as ended:
                code = int(ended.code or 0)
            finally:
                os._exit(code)
        print(number, flush=True)
        _, status = os.waitpid(number, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    nest() if sys.argv[1:] == ["--nest"] else main(*sys.argv[1:])
