"""Copies under load, the way back, and what stands beside a database that is migrated (RELIABILITY R8, R9)."""

from __future__ import annotations

import asyncio
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.config.schema import StoreSection
from monitor.daemon.upkeep.scheduled_backup import ScheduledBackup
from monitor.errors import AlreadyRunning, StoreError
from monitor.storage import Store
from monitor.storage.backup import (
    back_up_database,
    check_backup,
    list_backups,
    name_backup,
    prune_backups,
    restore_backup,
)
from monitor.storage.connection import connect_database
from monitor.storage.schema import migrations

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
NAMES = [migration.name for migration in migrations._migrations]


def kinds(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("SELECT kind FROM problems ORDER BY id")]


@pytest.mark.row("R8")
def test_a_copy_made_while_rows_are_written_is_whole_and_sound(tmp_path: Path) -> None:
    path, copy = tmp_path / "seedwatch.db", tmp_path / "copy.db"
    ends = threading.Event()
    with Store(path, sole=True) as store:
        store.problems.open("kept", "x", "d", "c", NOW)

        def work() -> None:
            with closing(connect_database(path)) as db:
                number = 0
                while not ends.is_set():
                    number += 1
                    db.execute("BEGIN IMMEDIATE")
                    for part in ("a", "b"):  # never one without the other
                        db.execute(
                            "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) "
                            "VALUES (?, ?, 'd', 'c', '', '')",
                            (part, str(number)),
                        )
                    db.execute("COMMIT")

        writer = threading.Thread(target=work)
        writer.start()
        try:
            size = back_up_database(path, copy)
        finally:
            ends.set()
            writer.join()
    assert size == copy.stat().st_size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert check_backup(copy) == []
    found = kinds(copy)
    assert found[0] == "kept"
    assert found.count("a") == found.count("b")
    with pytest.raises(StoreError, match="is there already"):
        back_up_database(path, copy)
    assert sorted(p.name for p in tmp_path.glob(".*.half")) == []


@pytest.mark.row("R8")
def test_a_copy_is_put_back_and_the_old_database_kept(tmp_path: Path) -> None:
    path, copy = tmp_path / "seedwatch.db", tmp_path / "copy.db"
    with Store(path) as store:
        store.problems.open("old", "x", "d", "c", NOW)
    back_up_database(path, copy)
    with Store(path, sole=True) as store:
        store.problems.open("new", "x", "d", "c", NOW)
        with pytest.raises(AlreadyRunning):
            restore_backup(copy, path, NOW)
    aside = restore_backup(copy, path, NOW)
    assert aside is not None
    assert (kinds(path), kinds(aside), kinds(copy)) == (["old"], ["old", "new"], ["old"])
    path.unlink()
    assert restore_backup(copy, path, NOW) is None


@pytest.mark.row("R8")
def test_what_is_no_sound_copy_is_not_restored(tmp_path: Path) -> None:
    path, copy = tmp_path / "seedwatch.db", tmp_path / "copy.db"
    with Store(path):
        pass
    back_up_database(path, copy)
    data = bytearray(copy.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 64] = b"\x5a" * 64
    copy.write_bytes(data)
    assert check_backup(copy) != []
    with pytest.raises(StoreError, match="not restored"):
        restore_backup(copy, path, NOW)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE t (x)")
    assert check_backup(tmp_path / "other.db") == ["it is no database of seedwatch"]
    with pytest.raises(StoreError, match="no such file"):
        restore_backup(tmp_path / "nowhere.db", path, NOW)


def test_the_newest_copies_stay(tmp_path: Path) -> None:
    path = tmp_path / "seedwatch.db"
    made = [name_backup(path, NOW + timedelta(days=day)) for day in range(4)]
    made[0].parent.mkdir()
    for file in (*made, made[0].with_name("mine.db")):
        file.touch()
    assert prune_backups(path, 2) == made[:2]
    assert [file for _, file in list_backups(path)] == made[2:]
    assert made[0].with_name("mine.db").exists()


def test_the_daemon_copies_as_often_as_it_is_told(tmp_path: Path) -> None:
    async def scene() -> list[str | None]:
        with Store(tmp_path / "seedwatch.db") as store:
            backup = ScheduledBackup(store)
            section = StoreSection.model_validate({"backup": "1d", "backup_keep": 2})
            found = [await backup.run_if_due(StoreSection.model_validate({}), NOW)]
            for hours in (0, 12, 25, 50, 75):
                found.append(await backup.run_if_due(section, NOW + timedelta(hours=hours)))
            return [path.name if path else None for path in found]

    assert asyncio.run(scene()) == [
        None,
        "seedwatch-20260302T060000Z.db",
        None,
        "seedwatch-20260303T070000Z.db",
        "seedwatch-20260304T080000Z.db",
        "seedwatch-20260305T090000Z.db",
    ]
    assert len(list_backups(tmp_path / "seedwatch.db")) == 2


def test_a_copy_that_cannot_be_made_is_a_problem_until_one_can(tmp_path: Path) -> None:
    async def scene() -> list[tuple[str, bool]]:
        with Store(tmp_path / "seedwatch.db") as store:
            backup, section = ScheduledBackup(store), StoreSection.model_validate({"backup": "1d"})
            (tmp_path / "backups").write_text("a file where the folder should be")
            await backup.run_if_due(section, NOW)
            (tmp_path / "backups").unlink()
            for minutes in (5, 11):
                await backup.run_if_due(section, NOW + timedelta(minutes=minutes))
            return [(p.kind, p.closed_at is not None) for p in store.problems.current(closed_since=NOW)]

    assert asyncio.run(scene()) == [("backup", True)]


@pytest.mark.row("R9")
@pytest.mark.parametrize("name", NAMES[1:])
def test_a_database_of_every_schema_so_far_is_copied_and_migrated(tmp_path: Path, name: str) -> None:
    path = tmp_path / "seedwatch.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before=name)
        db.execute(
            "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at) "
            "VALUES ('one', 'feed', 'One', 'one.example', 600, '2026-03-02T06:00:00.000Z', '2026-03-02T06:00:00.000Z')"
        )
    with closing(connect_database(path)) as db:
        assert [row["name"] for row in db.execute("SELECT name FROM sources")] == ["one"]
        assert [row.name for row in migrations.applied(Database(db))] == NAMES
    copy = path.with_name(f"seedwatch.db.before-{name}")
    assert check_backup(copy) == []
    with closing(sqlite3.connect(copy)) as db:
        assert [row.name for row in migrations.applied(Database(db))] == NAMES[: NAMES.index(name)]
