from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.storage import Store
from monitor.storage.texts.word_counts import WordCounts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def counts(store: Store) -> WordCounts:
    return store.stories.word_counts


def statements(store: Store, *words: str) -> list[str]:
    """What the database is asked when words are looked up."""
    told: list[str] = []
    store.db.set_trace_callback(told.append)
    counts(store).load(words)
    store.db.set_trace_callback(None)
    return [statement.split(" ")[0] for statement in told if not statement.startswith("--")]


def test_a_word_is_asked_for_once_while_nobody_else_writes(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice", "ferry"])
        assert statements(store, "ice", "tug") == ["SELECT"]
        assert statements(store, "ice", "tug") == []
    with store.write():
        assert statements(store, "ice", "tug") == ["PRAGMA"]
        counts(store).count(2, ["ice"])
        assert counts(store).load(["ice", "tug"]) == ({"ice": 2}, 2)


def test_what_another_connection_counted_is_seen(store: Store, tmp_path: Path) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        assert counts(store).load(["ice"]) == ({"ice": 1}, 1)
    with Store(tmp_path / "test.db") as other, other.write():
        counts(other).count(2, ["ice"])
    assert counts(store).load(["ice"]) == ({"ice": 2}, 2)
    with store.write():
        assert counts(store).load(["ice"]) == ({"ice": 2}, 2)


def test_what_was_rolled_back_was_never_counted(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        with suppress(ZeroDivisionError), store.savepoint():
            counts(store).load(["ice"])
            counts(store).count(2, ["ice"])
            raise ZeroDivisionError
        assert counts(store).load(["ice"]) == ({"ice": 1}, 1)
    with suppress(ZeroDivisionError), store.write():
        counts(store).load(["ice"])
        counts(store).count(3, ["ice"])
        raise ZeroDivisionError
    with store.write():
        assert counts(store).load(["ice"]) == ({"ice": 1}, 1)


def test_words_taken_back_are_counted_no_more(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice", "ferry"])
        counts(store).count(2, ["ice"])
        counts(store).load(["ice", "ferry"])
        counts(store).take_back(["ice", "ferry"], whole=True)
        assert counts(store).load(["ice", "ferry"]) == ({"ice": 1}, 1)
        counts(store).take_back(["ice"], whole=False)
        assert counts(store).load(["ice"]) == ({}, 1)


def test_memory_does_not_grow_with_the_vocabulary(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        for first in range(0, 40_000, 10_000):
            counts(store).load(f"word-{number}" for number in range(first, first + 10_000))
        assert statements(store, "word-39999") == []
        assert statements(store, "word-1") == ["SELECT"]
        assert counts(store).load(["ice"]) == ({"ice": 1}, 1)
