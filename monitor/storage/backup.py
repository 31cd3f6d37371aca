"""Copies of the database, made while it is written, looked through before they count; and the way back.

A copy is made by VACUUM INTO on a connection of its own that only reads: one moment of the database, whole and compact.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.errors import StoreError
from monitor.storage.daemon_lock import Lock

if TYPE_CHECKING:
    import sqlite3
else:  # pysqlite3 where it is installed, as in `connection`
    from sqlite_utils.utils import sqlite3

_BUSY_SECONDS = 60
_STAMP = "%Y%m%dT%H%M%SZ"


def name_backup(database: Path, now: datetime) -> Path:
    """Where a copy made now goes where nobody names a place: `backups/NAME-20260302T060000Z.db` beside the database."""
    return database.parent / "backups" / f"{database.stem}-{now.astimezone(UTC).strftime(_STAMP)}.db"


def list_backups(database: Path) -> list[tuple[datetime, Path]]:
    """The copies at the place that `name_backup` gives, oldest first, each with its time."""
    form = re.compile(re.escape(database.stem) + r"-(\d{8}T\d{6}Z)\.db")
    found = []
    for path in (database.parent / "backups").glob("*.db"):
        if named := form.fullmatch(path.name):
            found.append((datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC), path))
    return sorted(found)


def prune_backups(database: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` of them; what was deleted."""
    old = [path for _, path in list_backups(database)[: -keep or None]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def back_up_database(database: Path, target: Path) -> int:
    """Copy a database that may be written meanwhile to `target`, which appears only when it is whole; its bytes.

    Raises StoreError where the database cannot be read, `target` exists or cannot be written, or the copy is unsound.
    """
    if target.exists():
        raise StoreError(f"{target}: is there already: name another file")
    half = target.with_name(f".{target.name}.half")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_CREAT | os.O_WRONLY, 0o600))  # VACUUM INTO takes an empty file, with its mode
        with closing(_open_read_only(database)) as db:
            if db.execute("PRAGMA auto_vacuum").fetchone()[0] == 0:  # the copy of an old database gets it this way
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("VACUUM INTO ?", (str(half),))
        if faults := check_backup(half):
            raise StoreError(f"{target}: the copy is unsound: {faults[0]}")
        with half.open("rb") as copy:
            os.fsync(copy.fileno())
        half.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}: name another file or free some space") from error
    except sqlite3.Error as error:
        raise StoreError(f"{database}: cannot be copied to {target}: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return target.stat().st_size


def check_backup(path: Path) -> list[str]:
    """What is wrong with a copy: SQLite's findings, rows that point nowhere, no tables of ours; empty where sound."""
    try:
        with closing(_open_read_only(path)) as db:
            found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)")]
            faults = [] if found == ["ok"] else found
            faults += [f"a row of {row[0]} points nowhere" for row in db.execute("PRAGMA foreign_key_check")][:5]
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except sqlite3.Error as error:
        return [str(error)]
    return faults or ([] if {"articles", "alerts", "sources"} <= tables else ["it is no database of seedwatch"])


def restore_backup(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a copy in the database's place; where the old one now lies, None where there was none.

    Raises StoreError for an unsound copy, AlreadyRunning while the daemon runs. The copy itself stays.
    """
    if not backup.is_file():
        raise StoreError(f"{backup}: there is no such file")
    if faults := check_backup(backup):
        raise StoreError(f"{backup}: {faults[0]}: not restored")
    lock = Lock(database)
    lock.take()
    try:
        half = database.with_name(f".{database.name}.half")
        shutil.copyfile(backup, half)
        half.chmod(0o600)
        aside = None
        if database.exists():
            aside = database.with_name(f"{database.name}.before-restore-{now.astimezone(UTC).strftime(_STAMP)}")
            database.rename(aside)
        for suffix in ("-wal", "-shm"):  # they belong to the old one: it is read with them, or not at all
            beside = database.with_name(database.name + suffix)
            if beside.exists() and aside is not None:
                beside.rename(aside.with_name(aside.name + suffix))
            beside.unlink(missing_ok=True)
        half.replace(database)
        return aside
    except OSError as error:
        raise StoreError(f"{database}: {error.strerror}: not restored") from error
    finally:
        lock.release()


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
