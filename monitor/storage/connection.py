"""Opens the database with the pragmas and the version floor this project needs; it must hold no business logic.

What SQLite raises leaves here as `DatabaseError` or `RowError` of the project's own tree (monitor/errors.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlite_utils import Database

from monitor.errors import DatabaseError, RowError, StoreError
from monitor.storage.backup import back_up_database
from monitor.storage.schema import migrations

if TYPE_CHECKING:
    import sqlite3
else:  # pysqlite3 where it is installed: sqlite-utils picks it by itself
    from sqlite_utils.utils import sqlite3

Row = sqlite3.Row
OperationalError = sqlite3.OperationalError  # what connections that are not opened here raise: the pages have such
P = ParamSpec("P")
T = TypeVar("T")
_BUSY = 5  # SQLITE_BUSY, the lower byte of every extended code of it: https://www.sqlite.org/rescode.html#busy
# Primary result codes that say that nothing can be written now: READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
_NOT_WRITABLE = frozenset((8, 10, 11, 13, 14, 26))
_STATEMENTS = 512  # kept prepared; the daemon has about four hundred
# A piece's bands and words lie all over the file, and what SQLite keeps of it by itself (2 MiB) holds few of them.
# By the size when it is opened, so that the memory of a daemon does not grow with its database.
_LEAST_CACHE, _MOST_CACHE, _CACHED = 8 << 20, 32 << 20, 8  # bytes, bytes, and the part of the file
_encode_list = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Bytes of a page of a new file. An article's row takes 2.3 to 4 kB: of 4,096 bytes nearly half stayed empty. Measured
# with 2,000 pieces: 9,859 bytes a piece with pages of 4,096, 8,716 of 8,192, 8,814 of 16,384; settling took no longer.
PAGE_SIZE = 8_192
BUSY_SECONDS = 60  # other writers hold the lock for a transaction at most; R3 asks for 30 s


def _tree_class(of: type[Exception], above: type[DatabaseError]) -> type[DatabaseError]:
    """An error of the project's tree that is one of SQLite's too, for sqlite-utils catches those."""
    return type(of.__name__, (above, of), {"__doc__": of.__doc__})


_TREE: dict[type[Exception], type[DatabaseError]] = {
    sqlite3.DatabaseError: _tree_class(sqlite3.DatabaseError, DatabaseError),
    sqlite3.OperationalError: _tree_class(sqlite3.OperationalError, DatabaseError),
    sqlite3.InternalError: _tree_class(sqlite3.InternalError, DatabaseError),
    sqlite3.NotSupportedError: _tree_class(sqlite3.NotSupportedError, DatabaseError),
    sqlite3.IntegrityError: _tree_class(sqlite3.IntegrityError, RowError),
    sqlite3.DataError: _tree_class(sqlite3.DataError, RowError),
    sqlite3.ProgrammingError: _tree_class(sqlite3.ProgrammingError, RowError),
}


def _translate(error: sqlite3.DatabaseError) -> DatabaseError:
    found = _TREE[type(error)](str(error))
    found.sqlite_errorcode = getattr(error, "sqlite_errorcode", 0)  # type: ignore[attr-defined]
    return found


def _told(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `call` gives; what SQLite raises in it is raised as DatabaseError or RowError."""
    try:
        return call(*args, **kwargs)
    except sqlite3.DatabaseError as error:
        raise _translate(error) from error


class StoreCursor(sqlite3.Cursor):
    """A cursor whose errors are of the project's tree."""

    # Without a call between: a piece costs the writer some forty of these.
    def execute(self, *args: Any) -> StoreCursor:
        try:
            return super().execute(*args)
        except sqlite3.DatabaseError as error:
            raise _translate(error) from error

    def executemany(self, *args: Any) -> StoreCursor:
        return _told(super().executemany, *args)

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise _translate(error) from error

    def fetchmany(self, *args: Any, **kwargs: Any) -> list[Any]:
        return _told(super().fetchmany, *args, **kwargs)

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            raise _translate(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.DatabaseError as error:
            raise _translate(error) from error


class Connection(sqlite3.Connection):
    """A connection whose cursors, and with them its own `execute`, raise errors of the project's tree."""

    def cursor(self, factory: Any = StoreCursor) -> Any:
        try:
            return super().cursor(factory)
        except sqlite3.DatabaseError as error:
            raise _translate(error) from error


def is_busy_error(error: DatabaseError) -> bool:
    """Whether another connection was in the way: it holds the write lock, or wrote since this one began to read."""
    return bool(getattr(error, "sqlite_errorcode", 0) & 0xFF == _BUSY)


def pack_list(values: Iterable[str | int]) -> str:
    """Many values as one argument, which a statement reads by SQLite's `json_each`, in their order.

    So it is given once and prepared once, where `IN` with a mark for each would be prepared for each number of them.
    https://www.sqlite.org/json1.html#jeach
    """
    return _encode_list(list(values))


def pack_numbers(values: Iterable[int]) -> str:
    """As `pack_list`, of whole numbers, which need no encoder."""
    return str(list(values))


def find_sqlite_version() -> tuple[int, ...]:
    """The SQLite in use: pysqlite3's where the platform has its wheel, else the standard library's."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def is_wal_safe(of: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (3.51.3, backported to 3.50.7 and 3.44.6)."""
    return of >= (3, 51, 3) or (3, 50, 7) <= of < (3, 51, 0) or (3, 44, 6) <= of < (3, 45, 0)


def is_write_fault(error: BaseException) -> bool:
    """Whether an error says that the database takes nothing at the moment, whoever writes what."""
    return isinstance(error, DatabaseError) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _NOT_WRITABLE


def choose_cache_size(file: int) -> int:
    """Bytes of a database that its writer keeps in memory, by the bytes of its file."""
    return min(max(file // _CACHED, _LEAST_CACHE), _MOST_CACHE)


def connect_database(path: Path) -> Connection:
    """One read-write connection in WAL mode, migrated to the present schema.

    `synchronous=FULL`: what is acknowledged survives a power cut (RELIABILITY fact 9). Rows come as `Row`.
    Raises StoreError for a file that is no database, a folder that cannot be written or a newer schema.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(
            str(path),
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
            factory=Connection,
            cached_statements=_STATEMENTS,
        )
        db.row_factory = sqlite3.Row
        if path.stat().st_size == 0:  # a new one; elsewhere it would write, and a full disk take nobody in to look
            db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # `Retention.shrink` gives pages back
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute(f"PRAGMA cache_size = -{choose_cache_size(path.stat().st_size) // 1024}")
        migrate_schema(db, path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}: choose another [store] path or mend the folder") from error
    except DatabaseError as error:
        raise StoreError(f"{path}: {error}: is it a seedwatch database? `seedwatch doctor` looks closer") from error
    return db


def forget_statistics(db: Connection) -> None:
    """Take out what somebody's ANALYZE left: by it SQLite would carry statements out otherwise than they were tested.

    The statements are written for tables that grow, and what stands there is of the day it was gathered.
    """
    tables = db.execute("SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')").fetchall()
    told = [name for (name,) in tables if db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]  # noqa: S608
    for name in told:
        db.execute(f"DELETE FROM {name}")  # noqa: S608
    if told:
        db.execute("ANALYZE sqlite_schema")  # reads them anew: https://www.sqlite.org/lang_analyze.html


def migrate_schema(db: Connection, path: Path) -> None:
    """Bring the schema up to date; raises StoreError where a newer seedwatch wrote it."""
    database = Database(db)
    known = {migration.name for migration in migrations._migrations}
    newer = [row.name for row in migrations.applied(database) if row.name not in known]
    if newer:
        raise StoreError(f"{path}: made by a newer seedwatch (migration {newer[-1]}): upgrade seedwatch")
    pending = migrations.pending(database)
    if pending and migrations.applied(database):  # what a newer seedwatch does to it can be taken back
        copy = path.with_name(f"{path.name}.before-{pending[0].name}")
        if not copy.exists():
            back_up_database(path, copy)
    if pending:
        migrations.apply(database)
