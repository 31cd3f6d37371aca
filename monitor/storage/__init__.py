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
from monitor.storage.alerts.alerts import Alerts
from monitor.storage.alerts.channels import Channels
from monitor.storage.alerts.held_alerts import Holds
from monitor.storage.alerts.liveness import Liveness
from monitor.storage.articles.archive import Archive
from monitor.storage.articles.articles import Articles
from monitor.storage.articles.captures import Captures
from monitor.storage.articles.fingerprints import Fingerprints
from monitor.storage.articles.marks import Marks
from monitor.storage.articles.provenance import Provenance
from monitor.storage.articles.stories import Stories
from monitor.storage.articles.story_growth import Growths
from monitor.storage.articles.templates import Templates
from monitor.storage.articles.topics import Topics
from monitor.storage.connection import connect_database, find_sqlite_version, is_wal_safe
from monitor.storage.daemon_lock import Lock
from monitor.storage.problems import Problems
from monitor.storage.sources.endpoints import Endpoints
from monitor.storage.sources.false_304 import EndpointTrust
from monitor.storage.sources.gaps import Gaps
from monitor.storage.sources.links import Links
from monitor.storage.sources.rechecks import Rechecks
from monitor.storage.sources.sightings import Sightings
from monitor.storage.sources.soft_404 import Absences
from monitor.storage.sources.source_history import SourceHistory
from monitor.storage.sources.sources import Sources

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
        elif not is_wal_safe(find_sqlite_version()) and not self._lock.is_free():
            raise StoreTooOld(
                f"{path}: the daemon is running and SQLite {'.'.join(map(str, find_sqlite_version()))} cannot take a "
                "second writer safely: stop the daemon first, or install pysqlite3"
            )
        try:
            self.db = connect_database(path)
        except BaseException:
            self._lock.release()
            raise
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self.sources = Sources(self.db)
        self.absences = Absences(self.db)
        self.endpoints = Endpoints(self.db)
        self.history = SourceHistory(self.db)
        self.links = Links(self.db)
        self.gaps = Gaps(self.db)
        self.revisits = Rechecks(self.db)
        self.sightings = Sightings(self.db)
        self.trust = EndpointTrust(self.db)
        self.archive = Archive(self.db)
        self.articles = Articles(self.db)
        self.fingerprints = Fingerprints(self.db)
        self.templates = Templates(self.db)
        self.stories = Stories(self.db)
        self.lineage = Provenance(self.db)
        self.topics = Topics(self.db)
        self.alerts = Alerts(self.db)
        self.holds = Holds(self.db)
        self.growths = Growths(self.db)
        self.pulse = Liveness(self.db)
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
