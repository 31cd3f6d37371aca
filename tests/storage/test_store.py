from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunning
from monitor.storage import Store
from monitor.storage.connection import OperationalError, connect_database

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


def test_a_full_database_loses_nothing_and_goes_on_when_there_is_room(store: Store) -> None:
    with store.write():
        open_one(store, "before")
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with store.write():
            for number in range(2_000):
                open_one(store, f"problem {number}")

    with pytest.raises(OperationalError, match="full"):
        fill()
    assert (subjects(store), store.db.in_transaction) == (["before"], False)
    store.db.execute("PRAGMA max_page_count = 1000000")
    with store.write():
        open_one(store, "after")
    assert subjects(store) == ["after", "before"]


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
