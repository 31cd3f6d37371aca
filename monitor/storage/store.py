"""The database and its parts: one writing connection, used from one thread; it must not decide anything.

`Store` is opened once per process. Its parts are named after the tables they keep. A transaction is
`with store.write():`; inside the daemon everything runs in the writer's thread: what writes by `await store.do(...)`,
or by `do_together` where many write at once, what only reads by `await store.read(...)`, and what mostly finds nothing
to write by `await store.do_if_due(...)`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

from monitor.errors import DatabaseError, StoreGone, StoreTooOld
from monitor.storage.alerts.alerts import Alerts
from monitor.storage.alerts.channels import Channels
from monitor.storage.alerts.flood_counts import FloodCounts
from monitor.storage.alerts.held_alerts import Holds
from monitor.storage.alerts.liveness import Liveness
from monitor.storage.alerts.overdue import OverdueAlerts
from monitor.storage.alerts.reports import Reports
from monitor.storage.alerts.retired_alerts import RetiredAlerts
from monitor.storage.articles.archive import Archive
from monitor.storage.articles.articles import Articles
from monitor.storage.articles.captures import Captures
from monitor.storage.articles.exports import Exports
from monitor.storage.articles.fingerprints import Fingerprints
from monitor.storage.articles.marks import Marks
from monitor.storage.articles.names import Names
from monitor.storage.articles.provenance import Provenance
from monitor.storage.articles.seed_rows import SeedRows
from monitor.storage.articles.stories import Stories
from monitor.storage.articles.story_growth import Growths
from monitor.storage.articles.templates import Templates
from monitor.storage.articles.topics import Topics
from monitor.storage.connection import (
    Connection,
    connect_database,
    find_sqlite_version,
    forget_statistics,
    is_busy_error,
    is_wal_safe,
    is_write_fault,
)
from monitor.storage.daemon_lock import Lock
from monitor.storage.leases.agents import Agents
from monitor.storage.leases.due_times import DueTimes
from monitor.storage.leases.poll_recall import PollRecall
from monitor.storage.problems import Problems
from monitor.storage.removals import Removals
from monitor.storage.retention import Retention
from monitor.storage.shared_commit import SharedCommit
from monitor.storage.sources.endpoints import Endpoints
from monitor.storage.sources.false_304 import EndpointTrust
from monitor.storage.sources.gaps import Gaps
from monitor.storage.sources.links import Links
from monitor.storage.sources.rechecks import Rechecks
from monitor.storage.sources.sightings import Sightings
from monitor.storage.sources.soft_404 import Absences
from monitor.storage.sources.source_history import SourceHistory
from monitor.storage.sources.source_names import SourceNames
from monitor.storage.sources.sources import Sources
from monitor.storage.store_vitals import VitalCounts
from monitor.storage.texts.full_text_index import index_texts
from monitor.storage.texts.unwritten import Unwritten
from monitor.storage.timestamps import format_stamp

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The database and its parts; `sole=True` is the daemon, of which there is one per database."""

    def __init__(self, path: Path, *, sole: bool = False) -> None:
        """Open or make the database.

        Raises StoreError, AlreadyRunning (a second daemon), StoreTooOld (an SQLite with the WAL-reset bug may have one
        writing process only) and StoreGone (a daemon had a database here, and its file is gone).
        """
        self.path = path
        self.write_fault: str | None = None  # why nothing can be written, until something was
        self._lock = Lock(path)
        if (loss := self._lock.find_loss()) is not None:
            raise StoreGone(loss)
        if sole:
            self._lock.take()
        elif not is_wal_safe(find_sqlite_version()) and not self._lock.is_free():
            raise StoreTooOld(
                f"{path}: the daemon is running and SQLite {'.'.join(map(str, find_sqlite_version()))} cannot take a "
                "second writer safely: stop the daemon first, or install pysqlite3"
            )
        try:
            self._hold(connect_database(path))
            if sole:
                self._lock.note_database()
                forget_statistics(self.db)
        except BaseException:
            self._lock.release()
            raise

    @classmethod
    def reading(cls, db: Connection, path: Path) -> Store:
        """The same parts over somebody else's connection to `path`, whose rows are `Row`, for reading only.

        Nothing is migrated and no lock is taken; the connection stays its owner's to close.
        """
        store = cls.__new__(cls)
        store.path = path
        store.write_fault = None
        store._lock = Lock(path)
        store._hold(db)
        return store

    def _hold(self, db: Connection) -> None:
        self.db = db
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._shared = SharedCommit(self._thread, self.write, self.savepoint, self._is_over)
        self.unwritten = Unwritten(self.db)
        self.sources = Sources(self.db)
        self.agents = Agents(self.db)
        self.recall = PollRecall(self.db)
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
        self.names = Names(self.db)
        self.source_names = SourceNames(self.db)
        self.flood_counts = FloodCounts(self.db)
        self.retired_alerts = RetiredAlerts(self.db)
        self.reports = Reports(self.db)
        self.fingerprints = Fingerprints(self.db, self.unwritten.bands)
        self.templates = Templates(self.db)
        self.stories = Stories(self.db, self.unwritten)
        self.seed_rows = SeedRows(self.db, self.unwritten)
        self.lineage = Provenance(self.db)
        self.topics = Topics(self.db)
        self.alerts = Alerts(self.db)
        self.holds = Holds(self.db)
        self.exports = Exports(self.db)
        self.overdue = OverdueAlerts(self.db)
        self.growths = Growths(self.db)
        self.pulse = Liveness(self.db)
        self.captures = Captures(self.db)
        self.channels = Channels(self.db)
        self.problems = Problems(self.db)
        self.due_times = DueTimes(self.db)
        self.retention = Retention(self.db)
        self.marks = Marks(self.db)
        self.removals = Removals(self.db, self.unwritten)
        self.vitals = VitalCounts(self.db, self.path)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: BEGIN IMMEDIATE … COMMIT, rolled back on any exception; joins one already open.

        A COMMIT that fails is rolled back too: else the transaction stays open, and what is written next joins it.
        """
        if self.db.in_transaction:
            yield
            return
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        """A transaction that begins so, committed or rolled back; whether anything can be written is noted."""
        before = self.db.total_changes
        self.unwritten.begin()
        try:
            self.db.execute(begin)
            yield
            self.unwritten.write()
            if self.db.total_changes != before:
                index_texts(self.db)
            self.db.execute("COMMIT")
        except BaseException as error:
            self.unwritten.forget()
            if is_write_fault(error):
                self.write_fault = str(error)
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self.unwritten.end()
        if self.db.total_changes != before:
            self.write_fault = None

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Reading of one state of the database, without any lock; a statement that would write raises DatabaseError."""
        self.unwritten.begin()
        self.db.execute("BEGIN")
        try:
            self.db.execute("PRAGMA query_only = ON")
            yield
        finally:
            self.db.execute("PRAGMA query_only = OFF")
            if self.db.in_transaction:  # SQLite may have ended it by itself
                self.db.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail alone."""
        unwritten = self.unwritten.mark()
        self.db.execute("SAVEPOINT part")
        try:
            yield
            self.db.execute("RELEASE part")
        except BaseException:
            self.unwritten.forget_part(unwritten)
            if self.db.in_transaction:  # a full disk ends the whole transaction by itself
                self.db.execute("ROLLBACK TO part")
                self.db.execute("RELEASE part")
            raise

    def _is_over(self, error: Exception) -> bool:
        """Whether what a part of the transaction raised spoils all of it: SQLite has ended it, or takes nothing.

        Any other fault is the part's own, a statement that is wrong among them.
        """
        return not self.db.in_transaction or (
            isinstance(error, DatabaseError) and (is_write_fault(error) or is_busy_error(error))
        )

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the writer's thread, as one transaction, and give back what it returns."""

        def transaction() -> T:
            with self.write():
                return work(*args, **kwargs)

        return await self._in_thread(transaction)

    async def do_together(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `do`, in one transaction with others of its kind that wait for the writer's thread."""
        found: T = await self._shared.do(partial(work, *args, **kwargs))
        return found

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `do`, of work that only reads: it waits for no other writer, and raises DatabaseError where it writes."""

        def snapshot() -> T:
            with self._snapshot():
                return work(*args, **kwargs)

        return await self._in_thread(snapshot)

    async def do_if_due(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `do`, of work that looks first and mostly finds nothing to write: it takes the write lock at its first
        statement that writes.

        `work` must bear to be run again: where another writer is in the way it is rolled back and begins anew, with
        the lock held from the start.
        """

        def transaction() -> T:
            try:
                with self._transaction("BEGIN"):
                    return work(*args, **kwargs)
            except DatabaseError as error:
                if not is_busy_error(error):
                    raise
            with self.write():
                return work(*args, **kwargs)

        return await self._in_thread(transaction)

    async def _in_thread(self, transaction: Callable[[], T]) -> T:
        # Shielded: a cancelled caller must not leave the thread's work half awaited.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, transaction))

    def set_simulated_time(self, now: datetime) -> None:
        """Note that this database lives on a simulated clock, and what it says: pages and questions go by it."""
        self.db.execute("INSERT OR REPLACE INTO simulated_clock (id, at) VALUES (1, ?)", (format_stamp(now),))

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
