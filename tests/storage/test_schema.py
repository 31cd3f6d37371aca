from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.errors import StoreError
from monitor.storage.connection import connect_database, find_sqlite_version, is_wal_safe, migrate_schema
from monitor.storage.schema import migrations, widen_check
from monitor.storage.texts.full_text_index import index_texts


@pytest.mark.row("S10", "R13")
def test_a_new_database_is_private_safe_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "made/for/it.db"
    with closing(connect_database(path)) as db:
        pragmas = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert [row[0] for row in db.execute("PRAGMA integrity_check")] == ["ok"]
        assert not migrations.pending(Database(db))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    def schema() -> list[tuple[str, str]]:
        with closing(connect_database(tmp_path / "a.db")) as db:
            return [tuple(row) for row in db.execute("SELECT name, sql FROM sqlite_master ORDER BY name")]

    assert schema() == schema()


def test_the_database_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    names = [migration.name for migration in migrations.pending(Database(memory=True))]
    database = Database(path)
    migrations.apply(database, stop_before=names[1])
    assert [row.name for row in migrations.applied(database)] == names[:1]
    database.close()
    with closing(connect_database(path)) as db:
        assert [row.name for row in migrations.applied(Database(db))] == names
        migrate_schema(db, path)  # safe to run again


def test_migrations_keep_the_names_by_which_databases_remember_them() -> None:
    """Those of version 0.1.0, in their order: another name would be run on a database that has it."""
    released = (
        "foundation identity story_lines lineage marks states background manners edits revisits history gaps policy "
        "templates absences times captures trust headlines look_ups editions"
    )
    names = [migration.name for migration in migrations._migrations]
    assert names[: len(released.split())] == released.split()
    assert len(set(names)) == len(names)


def test_a_check_is_widened_in_place_and_still_checks(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = Database(path)
    migrations.apply(database, stop_before="states")
    row = {"spider": "feed", "title": "T", "host": "h", "every": 60, "added_at": "x", "next_poll_at": "x"}
    database["sources"].insert({"name": "old", "state": "ok", **row})
    database.close()
    with closing(connect_database(path)) as db:
        db.execute("UPDATE sources SET state = 'silent'")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
            db.execute("UPDATE sources SET state = 'unheard-of'")
        assert [tuple(row) for row in db.execute("SELECT name, state FROM sources")] == [("old", "silent")]
        assert [row[0] for row in db.execute("PRAGMA integrity_check")] == ["ok"]


def test_a_definition_that_is_not_there_is_not_widened() -> None:
    with pytest.raises(AssertionError, match="links has no 'x y z' in its definition"):
        widen_check(Database(memory=True), "links", "x y z", "x")


def test_search_knows_names_without_their_marks_and_takes_no_stems(tmp_path: Path) -> None:
    with closing(connect_database(tmp_path / "a.db")) as db:
        db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (1, 'x', 'x', 'x')")
        db.execute(
            "INSERT INTO articles (url, source, title, text, content_hash, story_id, words, first_seen_at, stored_at) "
            "VALUES ('u', 's', 'Erdoğan in Şuşa', 'The minister''s visit', 'h', 1, 3, 'x', 'x')"
        )
        db.execute("INSERT INTO unindexed (article_id) SELECT id FROM articles")

        def hits(word: str) -> int:
            query = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
            return int(db.execute(query, (f'"{word}"',)).fetchone()[0])

        index_texts(db)
        assert [hits(word) for word in ("erdogan", "SUSA", "visit", "visits")] == [1, 1, 1, 0]
        db.execute("UPDATE articles SET title = 'Nobody'")
        index_texts(db)
        assert (hits("erdogan"), hits("nobody")) == (0, 1)


@pytest.mark.row("S11")
@pytest.mark.parametrize(
    ("number", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_which_sqlite_may_have_two_writers(number: tuple[int, ...], safe: bool) -> None:
    assert is_wal_safe(number) is safe


def test_the_version_is_that_of_the_library_in_use(tmp_path: Path) -> None:
    with closing(connect_database(tmp_path / "a.db")) as db:
        assert db.execute("SELECT sqlite_version()").fetchone()[0] == ".".join(map(str, find_sqlite_version()))


@pytest.mark.row("R9")
def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connect_database(path).close()
    database = Database(path)
    database["_sqlite_migrations"].insert(
        {"migration_set": "seedwatch", "name": "of the future", "applied_at": "2030"}, alter=True
    )
    database.close()
    with pytest.raises(StoreError, match=r"made by a newer seedwatch \(migration of the future\): upgrade seedwatch"):
        connect_database(path)


def test_what_is_no_database_or_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database " * 500)
    with pytest.raises(StoreError, match="file is not a database: is it a seedwatch database"):
        connect_database(tmp_path / "text.db")
    with pytest.raises(StoreError, match="choose another"):
        connect_database(tmp_path / "text.db" / "inside.db")
