from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunning, DatabaseError, RowError, SeedwatchError, StoreError
from monitor.storage import Store
from monitor.storage.connection import connect_database

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def open_one(store: Store, subject: str) -> None:
    store.problems.open("test", subject, "detail", "cure", NOW)


def subjects(store: Store) -> list[str]:
    return sorted(problem.subject for problem in store.problems.current())


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    with store.write():
        open_one(store, "kept")

    def fail() -> None:
        with store.write():
            open_one(store, "first")
            open_one(store, "second")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (subjects(store), store.db.in_transaction) == (["kept"], False)


def test_an_inner_transaction_joins_the_outer_one(store: Store) -> None:
    def fail() -> None:
        with store.write():
            with store.write():
                open_one(store, "inner")
            assert store.db.in_transaction
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert subjects(store) == []


def test_a_savepoint_fails_alone(store: Store) -> None:
    def part(fails: bool) -> None:
        with store.savepoint():
            open_one(store, f"part {fails}")
            if fails:
                raise KeyError

    with store.write():
        open_one(store, "before")
        with pytest.raises(KeyError):
            part(True)
        part(False)
    assert subjects(store) == ["before", "part False"]


def test_a_savepoint_whose_transaction_sqlite_ended_leaves_the_store_usable(store: Store) -> None:
    """A full disk rolls the whole transaction back by itself."""

    def full() -> None:
        with store.write():
            open_one(store, "lost")
            with store.savepoint():
                store.db.execute("ROLLBACK")
                raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        full()
    with store.write():
        open_one(store, "after")
    assert subjects(store) == ["after"]


@pytest.mark.row("R2")
def test_a_full_database_loses_nothing_and_goes_on_when_there_is_room(store: Store) -> None:
    with store.write():
        open_one(store, "before")
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with store.write():
            for number in range(2_000):
                open_one(store, f"problem {number}")

    with pytest.raises(DatabaseError, match="full"):
        fill()
    assert (subjects(store), store.db.in_transaction) == (["before"], False)
    store.db.execute("PRAGMA max_page_count = 1000000")
    with store.write():
        open_one(store, "after")
    assert subjects(store) == ["after", "before"]


def break_at_commit(store: Store) -> None:
    """A row whose parent is missing, which SQLite finds out at COMMIT: that fails and leaves the transaction open."""
    store.db.execute("PRAGMA defer_foreign_keys = ON")
    store.db.execute("INSERT INTO polls (source, started_at) VALUES ('nobody', '2026-01-02T03:04:05.000Z')")


def test_a_commit_that_fails_leaves_no_transaction_that_later_writes_join(store: Store) -> None:
    def fail() -> None:
        with store.write():
            open_one(store, "lost")
            break_at_commit(store)

    with pytest.raises(DatabaseError, match="FOREIGN KEY constraint failed"):
        fail()
    assert store.db.in_transaction is False
    with store.write():
        open_one(store, "after")
    with Store(store.path) as other:
        assert subjects(other) == ["after"]


def test_a_commit_that_fails_in_the_writers_thread_is_told_and_the_next_work_is_committed(store: Store) -> None:
    async def main() -> None:
        with pytest.raises(DatabaseError, match="FOREIGN KEY constraint failed"):
            await store.do(break_at_commit, store)
        with pytest.raises(DatabaseError, match="FOREIGN KEY constraint failed"):
            await store.do_if_due(break_at_commit, store)
        await store.do(open_one, store, "after")

    asyncio.run(main())
    with Store(store.path) as other:
        assert subjects(other) == ["after"]


def test_a_last_savepoint_that_cannot_be_released_leaves_no_transaction(store: Store) -> None:
    with pytest.raises(DatabaseError, match="FOREIGN KEY constraint failed"), store.savepoint():
        break_at_commit(store)
    assert store.db.in_transaction is False


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("SELECT * FROM nowhere", DatabaseError, "no such table: nowhere"),
        ("SELECT abs(-9223372036854775808)", DatabaseError, "integer overflow"),
        ("INSERT INTO topics (name) VALUES (NULL)", RowError, "NOT NULL constraint failed: topics.profile_hash"),
        ("SELECT ?", RowError, "Incorrect number of bindings"),
    ],
)
def test_what_sqlite_says_belongs_to_the_tree(
    store: Store, statement: str, kind: type[DatabaseError], words: str
) -> None:
    with pytest.raises(SeedwatchError, match=words) as told:
        store.db.execute(statement).fetchall()
    assert (isinstance(told.value, kind), isinstance(told.value, RowError)) == (True, kind is RowError)
    assert isinstance(told.value, StoreError)


def test_rows_that_come_later_and_a_closed_database_belong_to_the_tree_too(store: Store) -> None:
    late = "SELECT CASE value WHEN 2 THEN abs(-9223372036854775808) ELSE value END FROM json_each('[1, 2]')"
    for rest in (list, lambda rows: rows.fetchall(), lambda rows: [rows.fetchone() for _ in range(2)]):
        with pytest.raises(DatabaseError, match="integer overflow"):
            rest(store.db.execute(late))
    with pytest.raises(DatabaseError, match="NOT NULL"):
        store.db.executemany("INSERT INTO topics (name) VALUES (?)", [(None,)])
    store.db.close()
    with pytest.raises(DatabaseError, match="closed database"):
        store.db.execute("SELECT 1")


def test_reading_waits_for_no_writer_and_refuses_to_write(store: Store) -> None:
    other = connect_database(store.path)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO topics VALUES ('strait', 'h', 0.5, 3, '2026-01-02T03:04:05.000Z')")
    store.db.execute("PRAGMA busy_timeout = 0")

    async def main() -> None:
        assert await store.read(subjects, store) == []
        with pytest.raises(DatabaseError, match="readonly"):
            await store.read(open_one, store, "never")
        other.execute("ROLLBACK")
        assert await store.do(open_one, store, "written") is None

    asyncio.run(main())
    other.close()
    assert (subjects(store), store.db.in_transaction) == (["written"], False)


def test_work_that_finds_nothing_due_takes_no_lock_and_waits_for_it_otherwise(store: Store) -> None:
    other = connect_database(store.path)
    other.execute("BEGIN IMMEDIATE")
    runs: list[str] = []

    def work(subject: str | None) -> int:
        runs.append("run")
        found = len(subjects(store))
        if subject is not None:
            open_one(store, subject)
        return found

    async def main() -> None:
        assert await store.do_if_due(work, None) == 0
        task = asyncio.create_task(store.do_if_due(work, "due"))
        done, _ = await asyncio.wait([task], timeout=0.1)
        assert not done
        other.execute("COMMIT")
        assert await task == 0

    asyncio.run(main())
    assert (subjects(store), runs) == (["due"], ["run"] * 3)
    other.close()


def test_work_that_was_overtaken_by_another_writer_begins_anew(store: Store) -> None:
    other = Store(store.path)
    seen: list[list[str]] = []

    def work() -> None:
        seen.append(subjects(store))
        if len(seen) == 1:
            with other.write():
                open_one(other, "first")
        open_one(store, "second")

    asyncio.run(store.do_if_due(work))
    other.close()
    assert (seen, subjects(store)) == ([[], ["first"]], ["first", "second"])


def test_work_is_done_in_one_thread_as_one_transaction(store: Store) -> None:
    def work(name: str) -> tuple[str, bool]:
        open_one(store, name)
        return threading.current_thread().name, store.db.in_transaction

    async def main() -> list[tuple[str, bool]]:
        return list(await asyncio.gather(*(store.do(work, str(n)) for n in range(5))))

    assert set(asyncio.run(main())) == {("store_0", True)}
    assert subjects(store) == ["0", "1", "2", "3", "4"]


def test_work_that_raises_is_rolled_back_and_told(store: Store) -> None:
    def work() -> None:
        open_one(store, "lost")
        raise KeyError("told")

    with pytest.raises(KeyError, match="told"):
        asyncio.run(store.do(work))
    assert subjects(store) == []


def test_a_caller_that_gives_up_does_not_cut_work_in_half(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        open_one(store, "first")
        begun.set()
        go_on.wait(10)
        open_one(store, "second")

    async def main() -> None:
        task = asyncio.create_task(store.do(work))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await store.do(lambda: None)  # the thread does one thing after the other

    asyncio.run(main())
    assert subjects(store) == ["first", "second"]


@pytest.mark.row("R3")
def test_two_writers_wait_for_each_other(store: Store) -> None:
    other = connect_database(store.path)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO topics VALUES ('strait', 'h', 0.5, 3, '2026-01-02T03:04:05.000Z')")

    async def main() -> None:
        task = asyncio.create_task(store.do(open_one, store, "waited"))
        done, _ = await asyncio.wait([task], timeout=0.1)
        assert not done
        other.execute("COMMIT")
        await task

    asyncio.run(main())
    other.close()
    assert subjects(store) == ["waited"]


@pytest.mark.row("R13")
def test_a_database_has_one_daemon(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    with Store(path, sole=True) as daemon:
        with pytest.raises(AlreadyRunning, match=r"as process \d+: stop it first"):
            Store(path, sole=True)
        with Store(path) as command:  # a short command may write beside it
            assert command.daemon() == daemon.daemon() or daemon.daemon() is None
            with command.write():
                open_one(command, "marked")
    Store(path, sole=True).close()


def test_closing_twice_is_harmless_and_keeps_everything(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.db")
    with store.write():
        open_one(store, "kept")
    store.close()
    store.close()
    with Store(tmp_path / "test.db") as again:
        assert subjects(again) == ["kept"]


def test_a_database_is_opened_without_what_only_learning_needs(tmp_path: Path) -> None:
    """Every command that opens it pays for what it imports."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom monitor.storage import Store\n"
        "with Store(Path(sys.argv[1])) as store:\n    pass\n"
        "print([name for name in ('numpy', 'wordfreq', 'jinja2', 'scrapy', 'trafilatura') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.db")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_what_somebodys_analyze_left_changes_no_plan_of_a_daemon(tmp_path: Path) -> None:
    def plan(store: Store) -> list[str]:
        asked = store.db.execute("EXPLAIN QUERY PLAN SELECT next_at FROM endpoints WHERE source = 'tass'")
        return [row["detail"] for row in asked]

    with Store(tmp_path / "test.db") as store:
        wanted = plan(store)
        open_one(store, "first")
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("INSERT INTO endpoints (source, key, kind, url) VALUES ('tass', 'one', 'feed', 'http://t/')")
        store.db.execute("ANALYZE")
    with Store(tmp_path / "test.db") as store:
        assert plan(store) != wanted
    with Store(tmp_path / "test.db", sole=True) as store:
        assert plan(store) == wanted
        assert store.db.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] == 0
        assert subjects(store) == ["first"]
