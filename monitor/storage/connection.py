"""Opens the database with the pragmas and the version floor this project needs; it must hold no business logic."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.storage.schema import migrations

if TYPE_CHECKING:
    import sqlite3
else:  # pysqlite3 where it is installed: sqlite-utils picks it by itself
    from sqlite_utils.utils import sqlite3

Connection = sqlite3.Connection
Row = sqlite3.Row
DatabaseError = sqlite3.DatabaseError
OperationalError = sqlite3.OperationalError
# What SQLite says against one row; every other DatabaseError is about the database itself.
RowError = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)
BUSY_SECONDS = 60  # other writers hold the lock for a transaction at most; R3 asks for 30 s


def find_sqlite_version() -> tuple[int, ...]:
    """The SQLite in use: pysqlite3's where the platform has its wheel, else the standard library's."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def is_wal_safe(of: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (3.51.3, backported to 3.50.7 and 3.44.6)."""
    return of >= (3, 51, 3) or (3, 50, 7) <= of < (3, 51, 0) or (3, 44, 6) <= of < (3, 45, 0)


def connect_database(path: Path) -> Connection:
    """One read-write connection in WAL mode, migrated to the present schema.

    `synchronous=FULL`: what is acknowledged survives a power cut (RELIABILITY fact 9). Rows come as `Row`.
    Raises StoreError for a file that is no database, a folder that cannot be written or a newer schema.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
        migrate_schema(db, path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}: choose another [store] path or mend the folder") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}: is it a seedwatch database? `seedwatch doctor` looks closer") from error
    return db


def migrate_schema(db: Connection, path: Path) -> None:
    """Bring the schema up to date; raises StoreError where a newer seedwatch wrote it."""
    database = Database(db)
    known = {migration.name for migration in migrations._migrations}
    newer = [row.name for row in migrations.applied(database) if row.name not in known]
    if newer:
        raise StoreError(f"{path}: made by a newer seedwatch (migration {newer[-1]}): upgrade seedwatch")
    if migrations.pending(database):
        migrations.apply(database)
