"""Work that waits for the writer shares a transaction, and still fails and is answered alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import DatabaseError, RowError
from monitor.storage import Store


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store") / "test.db") as store:
        yield store


@pytest.fixture
def store(opened: Store) -> Store:
    opened.db.execute("DROP TABLE IF EXISTS notes")
    opened.db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT NOT NULL)")
    return opened


def play(store: Store, *works: Callable[[], Any]) -> tuple[list[Any], list[str]]:
    """What each gave or raised, all of them waiting while the writer is held up, and the statements it ran."""
    said: list[str] = []

    async def scene() -> list[Any]:
        go = threading.Event()
        held = asyncio.create_task(store.read(go.wait))
        await asyncio.sleep(0)
        store.db.set_trace_callback(said.append)
        waiting = [asyncio.create_task(store.do_together(work)) for work in works]
        await asyncio.sleep(0)
        go.set()
        await held
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = asyncio.run(scene())
    store.db.set_trace_callback(None)
    return found, [statement.split()[0] for statement in said]


def notes(store: Store) -> list[str]:
    return [row["said"] for row in store.db.execute("SELECT said FROM notes ORDER BY id")]


def note(store: Store, said: str | None, number: int | None = None) -> Callable[[], int]:
    def work() -> int:
        cursor = store.db.execute("INSERT INTO notes (id, said) VALUES (?, ?)", (number, said))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    return work


def test_what_waits_shares_one_commit(store: Store) -> None:
    found, statements = play(store, *(note(store, f"note {number}") for number in range(1, 4)))
    assert found == [1, 2, 3]
    assert statements.count("COMMIT") == 2  # the other is of the read that held it up
    assert notes(store) == ["note 1", "note 2", "note 3"]


def test_one_alone_needs_no_savepoint(store: Store) -> None:
    found, statements = play(store, note(store, "one"))
    assert (found, statements.count("SAVEPOINT"), notes(store)) == ([1], 0, ["one"])


def test_one_that_fails_takes_only_its_own_with_it(store: Store) -> None:
    def fall() -> None:
        note(store, "written before the fall")()
        raise KeyError("fault")

    found, _ = play(store, note(store, "one"), fall, note(store, None), note(store, "two"))
    assert [type(value) for value in found[1:3]] == [KeyError, type(found[2])]
    assert isinstance(found[2], RowError)
    assert (found[0], notes(store)) == (1, ["one", "two"])


def test_a_statement_that_is_wrong_takes_only_its_own_with_it(store: Store) -> None:
    def fall() -> None:
        note(store, "written before the fall")()
        store.db.execute("SELECT no_such_column FROM notes")

    found, statements = play(store, note(store, "one"), fall, note(store, "two"))
    assert [isinstance(value, DatabaseError) for value in found] == [False, True, False]
    assert isinstance(found[1], RowError) is False
    assert (found[0], notes(store), statements.count("COMMIT")) == (1, ["one", "two"], 2)


def test_a_part_that_ends_the_transaction_ends_the_others_with_it(store: Store) -> None:
    def leave() -> None:
        store.db.execute("ROLLBACK")
        raise KeyError("gone")

    found, _ = play(store, note(store, "one"), leave, note(store, "two"))
    assert [str(value) for value in found] == ["'gone'"] * 3
    assert notes(store) == []


def test_where_the_database_takes_nothing_all_are_told(store: Store) -> None:
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages}")
    found, _ = play(store, note(store, "one"), note(store, "x" * 99_999), note(store, "two"))
    store.db.execute("PRAGMA max_page_count = 1000000")
    assert [str(value) for value in found] == ["database or disk is full"] * 3
    assert notes(store) == []
    assert asyncio.run(store.do_together(note(store, "later"))) == 1


def test_a_commit_that_fails_is_told_to_all(store: Store) -> None:
    store.db.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
    store.db.execute("CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")

    def orphan() -> None:
        store.db.execute("INSERT INTO children VALUES (7)")

    store.db.execute("PRAGMA foreign_keys = ON")
    found, _ = play(store, note(store, "one"), orphan)
    assert [isinstance(value, RowError) for value in found] == [True, True]
    assert notes(store) == []


def test_many_take_turns_with_other_work(store: Store) -> None:
    works = [note(store, str(number)) for number in range(120)]
    found, statements = play(store, *works)
    assert found == list(range(1, 121))
    assert statements.count("COMMIT") == 1 + 3


def test_a_closed_store_takes_nothing_and_says_so(tmp_path: Path) -> None:
    async def scene(store: Store) -> list[Any]:
        go = threading.Event()
        held = asyncio.create_task(store.read(go.wait))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(store.do_together(lambda: 1)) for _ in range(60)]
        await asyncio.sleep(0)
        store._thread.shutdown(wait=False)
        go.set()
        await held
        late: Coroutine[Any, Any, int] = store.do_together(lambda: 2)
        again: Coroutine[Any, Any, int] = store.do_together(lambda: 3)
        return [*await asyncio.gather(*waiting), *await asyncio.gather(late, again, return_exceptions=True)]

    with Store(tmp_path / "test.db") as store:
        found = asyncio.run(scene(store))
    assert found[:60] == [1] * 60
    assert [type(value) for value in found[60:]] == [RuntimeError, RuntimeError]
