from __future__ import annotations

import re
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
        assert counts(store).load(["ice", "tug"]) == ([2, 0], 2)


def test_what_another_connection_counted_is_seen(store: Store, tmp_path: Path) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        assert counts(store).load(["ice"]) == ([1], 1)
    with Store(tmp_path / "test.db") as other, other.write():
        counts(other).count(2, ["ice"])
    assert counts(store).load(["ice"]) == ([2], 2)
    with store.write():
        assert counts(store).load(["ice"]) == ([2], 2)


def test_what_was_rolled_back_was_never_counted(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        with suppress(ZeroDivisionError), store.savepoint():
            counts(store).load(["ice"])
            counts(store).count(2, ["ice"])
            raise ZeroDivisionError
        assert counts(store).load(["ice"]) == ([1], 1)
    with suppress(ZeroDivisionError), store.write():
        counts(store).load(["ice"])
        counts(store).count(3, ["ice"])
        raise ZeroDivisionError
    with store.write():
        assert counts(store).load(["ice"]) == ([1], 1)


def stored(store: Store) -> dict[str, int]:
    return dict(tuple(row) for row in store.db.execute("SELECT word, articles FROM word_counts"))


def test_the_texts_of_a_transaction_are_written_at_its_end_each_word_once(store: Store) -> None:
    texts = [["ice", "ferry"], ["ice", "tug"], ["ice"]]
    told: list[str] = []
    with store.write():
        for number, words in enumerate(texts):
            found, counted = counts(store).load(words)
            assert found == [number, 0][: len(words)]
            assert counted == number
            counts(store).count(number, words, counted)
        assert stored(store) == {}
        store.db.set_trace_callback(told.append)
    store.db.set_trace_callback(None)
    written = [re.search(r"SELECT value, (\d+) FROM json_each\('(.*?)'\)", one) for one in told if "word_counts" in one]
    assert [one.groups() for one in written if one] == [("3", '["","ice"]'), ("1", '["ferry","tug"]')]
    assert stored(store) == {"": 3, "ice": 3, "ferry": 1, "tug": 1}


def test_what_a_part_wrote_of_earlier_texts_is_written_again_where_the_part_fails(store: Store) -> None:
    with store.write():
        counts(store).load(["ice", "tug"])
        counts(store).count(1, ["ice"])
        with suppress(ZeroDivisionError), store.savepoint():
            counts(store).count(2, ["tug"])
            counts(store).take_back(["ice"], whole=False)
            assert stored(store) == {"": 2, "tug": 1}
            raise ZeroDivisionError
        assert stored(store) == {}
        with store.savepoint():
            assert counts(store).load(["ice", "tug"]) == ([1, 0], 1)
            counts(store).count(3, ["tug"])
    assert stored(store) == {"": 2, "ice": 1, "tug": 1}


def test_outside_of_a_transaction_a_text_is_written_at_once(store: Store) -> None:
    counts(store).load(["ice"])
    counts(store).count(1, ["ice"], 0)
    assert stored(store) == {"": 1, "ice": 1}


def test_what_is_remembered_may_overflow_while_texts_are_owed(store: Store) -> None:
    with store.write():
        counts(store).load(["ice"])
        counts(store).count(1, ["ice"])
        counts(store).load([f"word-{number}" for number in range(40_000)])
        assert counts(store).load(["ice"]) == ([1], 1)


def test_words_taken_back_are_counted_no_more(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice", "ferry"])
        counts(store).count(2, ["ice"])
        counts(store).load(["ice", "ferry"])
        counts(store).take_back(["ice", "ferry"], whole=True)
        assert counts(store).load(["ice", "ferry"]) == ([1, 0], 1)
        counts(store).take_back(["ice"], whole=False)
        assert counts(store).load(["ice"]) == ([0], 1)


def test_memory_does_not_grow_with_the_vocabulary(store: Store) -> None:
    with store.write():
        counts(store).count(1, ["ice"])
        for first in range(0, 40_000, 10_000):
            counts(store).load([f"word-{number}" for number in range(first, first + 10_000)])
        assert statements(store, "word-39999") == []
        assert statements(store, "word-1") == ["SELECT"]
        assert counts(store).load(["ice"]) == ([1], 1)
