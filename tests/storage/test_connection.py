from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.storage.connection import choose_cache_size, connect_database, find_sqlite_version, is_wal_safe


@pytest.mark.row("R3", "R13")
def test_the_pragmas_that_durability_rests_on(tmp_path: Path) -> None:
    db = connect_database(tmp_path / "db" / "test.db")
    names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
    assert {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in names} == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "trusted_schema": 0,
        "busy_timeout": 60_000,
    }
    db.close()


@pytest.mark.parametrize(("file", "cache"), [(0, 8 << 20), (160 << 20, 20 << 20), (9 << 30, 32 << 20)])
def test_the_writer_keeps_more_of_a_large_file(file: int, cache: int) -> None:
    assert choose_cache_size(file) == cache


def test_a_new_database_has_pages_that_hold_two_articles_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    sizes = {}
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        db.execute("PRAGMA page_size = 4096")
        db.execute("CREATE TABLE t (x)")
    for name in ("new", "old"):
        with closing(connect_database(tmp_path / f"{name}.db")) as db:
            sizes[name] = db.execute("PRAGMA page_size").fetchone()[0]
    assert sizes == {"new": 8192, "old": 4096}


def test_a_new_database_has_the_least_cache(tmp_path: Path) -> None:
    with closing(connect_database(tmp_path / "test.db")) as db:
        assert db.execute("PRAGMA cache_size").fetchone()[0] == -8192


def test_to_look_into_a_database_writes_nothing(tmp_path: Path) -> None:
    """A full disk must not keep anybody from looking, nor does each command have to wait for the write lock."""
    path = tmp_path / "test.db"
    with closing(connect_database(path)) as daemon:
        wal = path.with_name("test.db-wal")
        before = (path.read_bytes(), wal.read_bytes())
        daemon.execute("BEGIN IMMEDIATE")
        connect_database(path).close()
        daemon.execute("COMMIT")
        assert (path.read_bytes(), wal.read_bytes()) == before


def test_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    connect_database(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    first = connect_database(tmp_path / "test.db")
    before = [tuple(row) for row in first.execute(schema)]
    first.close()
    second = connect_database(tmp_path / "test.db")
    assert [tuple(row) for row in second.execute(schema)] == before
    second.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    db = connect_database(path)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('seedwatch', 'the_future', '2030')"
    )
    db.close()
    with pytest.raises(StoreError, match=r"made by a newer seedwatch \(migration the_future\): upgrade"):
        connect_database(path)


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("This is no database, and its first hundred bytes say so to anybody who reads them." * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt: file is not a database: is it a seedwatch database\?"):
        connect_database(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"choose another \[store\] path or mend the folder"):
        connect_database(tmp_path / "file" / "test.db")


@pytest.mark.parametrize(
    ("of", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_has_the_wal_fix(of: tuple[int, ...], safe: bool) -> None:
    assert is_wal_safe(of) is safe


def test_the_version_is_that_of_the_connection(tmp_path: Path) -> None:
    db = connect_database(tmp_path / "test.db")
    (text,) = db.execute("SELECT sqlite_version()").fetchone()
    db.close()
    assert find_sqlite_version() == tuple(int(part) for part in text.split("."))
    assert sqlite3.sqlite_version_info >= (3, 24)  # upserts, wherever the standard library has to serve
