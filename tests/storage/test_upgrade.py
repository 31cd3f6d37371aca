"""A database of every schema so far is migrated, killed at any moment, and loses nothing (RELIABILITY R9).

The databases are files that are never made anew (make_databases.py).
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from make_databases import FOLDER, ROWS
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.storage.backup import check_backup
from monitor.storage.connection import connect_database
from monitor.storage.schema import migrations

pytestmark = pytest.mark.row("R9")

NAMES = [migration.name for migration in migrations._migrations]
MADE = [name for name in NAMES[:-1] if (FOLDER / f"{name}.db.gz").exists()]
ARTICLES = [("https://one.example/1", "Ice stops Kittiwake, 1"), ("https://one.example/2", "Ice stops Kittiwake, 2")]


def unpack_database(name: str, path: Path) -> None:
    path.write_bytes(gzip.decompress((FOLDER / f"{name}.db.gz").read_bytes()))


def open_to_the_end(path: Path, dies_at: int | None, told: Any) -> None:
    """Open a database, and with that migrate it; die by SIGKILL before statement `dies_at`, of whichever connection.

    `told` gets the number of statements where it comes to its end.
    """
    passed = [0]

    def pass_by(_statement: str) -> None:
        passed[0] += 1
        if passed[0] == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    plain = sqlite3.connect

    def traced(*words: Any, **more: Any) -> Any:
        db = plain(*words, **more)
        db.set_trace_callback(pass_by)
        return db

    sqlite3.connect = traced
    connect_database(path).close()
    told.put(passed[0])


def migrate_apart(path: Path, dies_at: int | None = None) -> int | None:
    """In a process of its own; the number of statements, None where it was killed."""
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    process = context.Process(target=open_to_the_end, args=(path, dies_at, told))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0
    return int(told.get())


def assert_whole(path: Path, name: str) -> None:
    """All migrations, every row, a sound file, and the copy of how it was."""
    with closing(connect_database(path)) as db:
        assert [row.name for row in migrations.applied(Database(db))] == NAMES
        assert [tuple(row) for row in db.execute("SELECT url, title FROM articles ORDER BY id")] == ARTICLES
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ROWS}
        assert counts == {table: len(rows) for table, rows in ROWS.items()}
        assert [row[0] for row in db.execute("SELECT site FROM aliases")] == ["one.example"] * 2
        assert [tuple(row) for row in db.execute("SELECT number, text FROM texts")] == [(1, "Ice.")]
        assert db.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'kittiwake'").fetchone()[0] == 2
        assert [row[0] for row in db.execute("PRAGMA integrity_check")] == ["ok"]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    copy = path.with_name(f"seedwatch.db.before-{NAMES[NAMES.index(name) + 1]}")
    assert check_backup(copy) == []
    with closing(sqlite3.connect(copy)) as db:
        assert [row.name for row in migrations.applied(Database(db))] == NAMES[: NAMES.index(name) + 1]


def test_there_is_a_database_for_every_migration_but_perhaps_the_newest() -> None:
    """A missing one: `python tests/make_databases.py` makes it, once the migration is as it will be released."""
    made = [name for name in NAMES if (FOLDER / f"{name}.db.gz").exists()]
    assert made == NAMES[: len(made)]
    assert len(NAMES) - len(made) <= 2
    assert len(list(FOLDER.iterdir())) == len(made)


@pytest.mark.parametrize("name", MADE)
def test_a_database_of_every_schema_so_far_is_migrated_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / "seedwatch.db"
    unpack_database(name, path)
    connect_database(path).close()
    assert_whole(path, name)


def test_texts_that_were_stored_twice_are_stored_once_and_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "seedwatch.db"
    unpack_database("hint_paces", path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE articles SET revision = 2 WHERE id = 1")
        for article, number in ((1, 2), (2, 1)):
            db.execute(
                "INSERT INTO revisions (article_id, number, title, text, content_hash, seen_at) "
                "SELECT id, ?, title, text, content_hash, stored_at FROM articles WHERE id = ?",
                (number, article),
            )
        before = db.execute("SELECT article_id, number, text FROM revisions ORDER BY 1, 2").fetchall()
    with closing(connect_database(path)) as db:
        after = db.execute("SELECT article_id, number, text FROM revisions ORDER BY 1, 2").fetchall()
        read = db.execute("SELECT article_id, number, text FROM texts ORDER BY 1, 2").fetchall()
    assert [tuple(row) for row in after] == [(1, 1, "Ice."), (1, 2, ""), (2, 1, "")]
    assert [tuple(row) for row in read] == [tuple(row) for row in before]


@pytest.mark.slow
@pytest.mark.parametrize("name", [MADE[0], MADE[len(MADE) // 2], MADE[-1]])
def test_a_migration_that_is_killed_at_any_moment_is_finished_by_the_next_start(tmp_path: Path, name: str) -> None:
    path = tmp_path / "whole" / "seedwatch.db"
    path.parent.mkdir()
    unpack_database(name, path)
    statements = migrate_apart(path)
    assert statements is not None
    killed = 0
    for moment in sorted({1 + statements * part // 12 for part in range(12)}):
        folder = tmp_path / str(moment)
        folder.mkdir()
        unpack_database(name, folder / "seedwatch.db")
        killed += migrate_apart(folder / "seedwatch.db", moment) is None
        assert_whole(folder / "seedwatch.db", name)
    assert killed == len({1 + statements * part // 12 for part in range(12)})


def test_a_database_is_killed_twice_in_a_row_and_still_whole(tmp_path: Path) -> None:
    path = tmp_path / "seedwatch.db"
    unpack_database(NAMES[0], path)
    assert [migrate_apart(path, moment) for moment in (40, 60)] == [None, None]
    assert_whole(path, NAMES[0])
