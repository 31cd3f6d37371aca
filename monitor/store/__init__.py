"""The only SQL: one writing connection on SQLite, used from one thread; it must not decide anything.

`Store` is opened once per process. Its parts are named after the tables they keep. A transaction is
`with store.write():`; inside the daemon everything runs through `await store.do(...)`, in the writer's thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

from monitor.errors import StoreTooOld
from monitor.store import connection
from monitor.store.absences import Absences
from monitor.store.alerts import Alerts
from monitor.store.archive import Archive
from monitor.store.articles import Articles
from monitor.store.captures import Captures
from monitor.store.channels import Channels
from monitor.store.endpoints import Endpoints
from monitor.store.fingerprints import Fingerprints
from monitor.store.gaps import Gaps
from monitor.store.growth import Growths
from monitor.store.history import History
from monitor.store.holds import Holds
from monitor.store.lineage import Lineage
from monitor.store.links import Links
from monitor.store.lock import Lock
from monitor.store.marks import Marks
from monitor.store.problems import Problems
from monitor.store.pulse import Pulse
from monitor.store.revisits import Revisits
from monitor.store.sightings import Sightings
from monitor.store.sources import Sources
from monitor.store.stories import Stories
from monitor.store.templates import Templates
from monitor.store.topics import Topics
from monitor.store.trust import Trust

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The database and its parts; `sole=True` is the daemon, of which there is one per database."""

    def __init__(self, path: Path, *, sole: bool = False) -> None:
        """Open or make the database.

        Raises StoreError, AlreadyRunning (a second daemon) and StoreTooOld (an SQLite with the WAL-reset bug
        may have one writing process only).
        """
        self.path = path
        self._lock = Lock(path)
        if sole:
            self._lock.take()
        elif not connection.wal_safe(connection.version()) and not self._lock.free():
            raise StoreTooOld(
                f"{path}: the daemon is running and SQLite {'.'.join(map(str, connection.version()))} cannot take a "
                "second writer safely: stop the daemon first, or install pysqlite3"
            )
        try:
            self.db = connection.connect(path)
        except BaseException:
            self._lock.release()
            raise
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self.sources = Sources(self.db)
        self.absences = Absences(self.db)
        self.endpoints = Endpoints(self.db)
        self.history = History(self.db)
        self.links = Links(self.db)
        self.gaps = Gaps(self.db)
        self.revisits = Revisits(self.db)
        self.sightings = Sightings(self.db)
        self.trust = Trust(self.db)
        self.archive = Archive(self.db)
        self.articles = Articles(self.db)
        self.fingerprints = Fingerprints(self.db)
        self.templates = Templates(self.db)
        self.stories = Stories(self.db)
        self.lineage = Lineage(self.db)
        self.topics = Topics(self.db)
        self.alerts = Alerts(self.db)
        self.holds = Holds(self.db)
        self.growths = Growths(self.db)
        self.pulse = Pulse(self.db)
        self.captures = Captures(self.db)
        self.channels = Channels(self.db)
        self.problems = Problems(self.db)
        self.marks = Marks(self.db)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: BEGIN IMMEDIATE … COMMIT, rolled back on any exception; joins one already open."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail alone."""
        self.db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.db.in_transaction:  # a full disk ends the whole transaction by itself
                self.db.execute("ROLLBACK TO part")
                self.db.execute("RELEASE part")
            raise
        self.db.execute("RELEASE part")

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the writer's thread, as one transaction, and give back what it returns."""

        def transaction() -> T:
            with self.write():
                return work(*args, **kwargs)

        # Shielded: a cancelled caller must not leave the thread's work half awaited.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, transaction))

    def daemon(self) -> int | None:
        """The process id of the daemon that runs on this database, None when none does."""
        return self._lock.holder()

    def close(self) -> None:
        """Finish what the writer's thread has begun and close; safe to call twice."""
        self._thread.shutdown(wait=True)
        self.db.close()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
