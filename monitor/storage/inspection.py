"""Looks at a database without changing it, for `doctor`; it must not migrate, repair or lock anything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlite_utils import Database

from monitor.alerting.watch_state import WatchState
from monitor.storage.connection import Connection
from monitor.storage.pages.clock import read_clock
from monitor.storage.pages.state import read_watch_state
from monitor.storage.schema import migrations

if TYPE_CHECKING:
    import sqlite3
else:  # pysqlite3 where it is installed, as in `connection`
    from sqlite_utils.utils import sqlite3


_STEPS = 10_000  # of SQLite's machine, between two looks at the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a database file is like.

    `faults` are SQLite's own findings, empty when it is sound as far as it was looked through, which `whole` says
    was all of it; `newer` the migrations that this version does not know, `pending` those it would apply at the next
    start.
    """

    faults: tuple[str, ...]
    newer: tuple[str, ...]
    pending: tuple[str, ...]
    whole: bool = True


def inspect_database(path: Path, seconds: float) -> Inspection:
    """Read a database file; what is no database comes back as a fault. Never raises for a broken file.

    It is looked through for so many seconds of CPU time at most: one of gigabytes takes minutes.
    """
    end = process_time() + seconds
    whole = True
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            db.set_progress_handler(lambda: process_time() > end, _STEPS)
            found: list[str] = []
            try:
                for row in db.execute("PRAGMA quick_check(5)"):
                    found.append(row[0])
            except sqlite3.OperationalError as error:
                if process_time() <= end or "interrupt" not in str(error):
                    raise
                whole = False
            db.set_progress_handler(None, 0)
            applied = [row.name for row in migrations.applied(Database(db))]
    except sqlite3.Error as error:
        return Inspection(faults=(str(error),), newer=(), pending=())
    known = [migration.name for migration in migrations._migrations]
    return Inspection(
        faults=() if found == ["ok"] else tuple(found),
        whole=whole,
        newer=tuple(name for name in applied if name not in known),
        pending=tuple(name for name in known if name not in applied),
    )


def inspect_watch(path: Path) -> WatchState | None:
    """What is wrong with the watch, read without changing anything; None where its database cannot tell yet."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, factory=Connection)) as db:
            db.row_factory = sqlite3.Row
            _, simulated = read_clock(db)
            return read_watch_state(db, path, simulated=simulated)
    except sqlite3.Error:
        return None  # the checks of the database itself say what is wrong with it


def read_failing_channels(path: Path) -> dict[str, str]:
    """Channels that take nothing at present, with the last reason; none where the file cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            return dict(db.execute("SELECT name, reason FROM channels WHERE state <> 'ok' AND reason IS NOT NULL"))
    except sqlite3.Error:
        return {}


def has_full_text() -> bool:
    """Whether this SQLite has FTS5, which the articles are searched with."""
    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute("CREATE VIRTUAL TABLE probe USING fts5 (text)")
        except sqlite3.Error:
            return False
    return True


def find_sqlite_library() -> str:
    """Which Python module brings SQLite: pysqlite3, or sqlite3 of the standard library."""
    return str(sqlite3.__name__)
