"""Stories and bands told in a transaction: seen at once in it, written at its end, gone where it is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.identity.story_clustering import add_text, merge_profiles, new_profile
from monitor.model.story import StoryProfile, StoryVector
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            for number in range(1, 120):
                store.db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (?, '', '', '')", (number,))
        yield store


def vector(*words: str) -> StoryVector:
    return StoryVector(weights={word: 0.5 + n / 3 for n, word in enumerate(words)}, names=frozenset(words[:1]))


def tell(store: Store, number: int, *words: str, touched: int | None = None) -> StoryProfile:
    """Story `number`, told by these words."""
    profile = new_profile(number, vector(*words), NOW)
    store.stories.save_profile(profile, number if touched is None else touched, fresh=True)
    return profile


def find(store: Store, *words: str) -> list[int]:
    return [profile.story_id for profile in store.stories.candidates(vector(*words))]


def written(store: Store) -> list[tuple[object, ...]]:
    """Of each story in the index its words and when it was told last."""
    rows = store.db.execute(
        "SELECT story_id, group_concat(word), max(touched) FROM (SELECT * FROM story_words ORDER BY word) "
        "GROUP BY 1 ORDER BY 1"
    )
    return [tuple(row) for row in rows]


def test_what_a_transaction_tells_is_found_in_it_and_written_at_its_end_once(store: Store) -> None:
    with store.write():
        first = tell(store, 1, "ice", "ferry")
        assert find(store, "ice") == [1]
        loaded = store.stories.profile(1)
        assert loaded is not None
        assert loaded.weights == {"ice": 0.5, "ferry": 0.8333} != first.weights  # as it will be read again
        store.stories.save_profile(add_text(loaded, vector("tug"), NOW)[0], 2)
        tell(store, 3, "tug", "ice")
        assert find(store, "ice") == [3, 1]
        assert find(store, "tug") == [3, 1]
        assert written(store) == []
    assert written(store) == [(1, "ferry,ice,tug", 2), (3, "ice,tug", 3)]
    seen = store.stories.profile(1), store.stories.profile(3), find(store, "ice", "tug")
    with Store(store.path) as other:
        assert (other.stories.profile(1), other.stories.profile(3), find(other, "ice", "tug")) == seen


def test_the_same_is_read_of_memory_as_of_the_file(store: Store) -> None:
    with store.write():
        for number in range(1, 100):
            tell(store, number, "ice", f"own{number % 7}", "ferry" if number % 3 else "tug")
    for turn in range(100, 110):
        with store.write():
            for story in (turn % 7 + 1, turn % 9 + 2, 3):
                loaded = store.stories.profile(story)
                assert loaded is not None
                store.stories.save_profile(add_text(loaded, vector("tug", "quay"), NOW)[0], turn * 3 + story)
                asked = [find(store, word) for word in ("ice", "tug", "ferry", "quay", "own1")]
                store.unwritten.hand_over()
                assert [find(store, word) for word in ("ice", "tug", "ferry", "quay", "own1")] == asked
                assert store.stories.profile(story) == store.stories.profile(story)


def test_a_story_that_loses_a_word_makes_room_for_those_told_before(store: Store) -> None:
    with store.write():
        for number in range(1, 100):
            tell(store, number, "ice", f"own{number}")
    with store.write():
        assert find(store, "ice")[:2] == [99, 98]
        for number in range(99, 30, -1):
            one, other = store.stories.profile(number), store.stories.profile(1)
            assert one is not None
            assert other is not None
            store.unwritten.stories.delete(number)
            store.stories.save_profile(merge_profiles(other, one), 100)
        assert store.unwritten.stories.find_holders(["ice", "own77"]) == [[*range(2, 31), 1], []]
    assert [row[0] for row in written(store)] == list(range(1, 31))


def test_a_story_told_at_an_earlier_time_takes_its_place(store: Store) -> None:
    with store.write():
        for number in range(10, 110):
            tell(store, number, "ice")
        store.unwritten.hand_over()
        assert find(store, "ice")[0] == 109
        tell(store, 1, "ice", touched=105)
        tell(store, 2, "ice", touched=3)
        assert find(store, "ice")[:7] == [109, 108, 107, 106, 105, 104, 103]
    counted = store.db.execute("SELECT count(*) FROM story_words WHERE word = 'ice'").fetchone()
    assert tuple(counted) == (102,)


def test_what_was_rolled_back_was_never_told(store: Store) -> None:
    with store.write():
        kept = tell(store, 1, "ice", "ferry")
        with suppress(ZeroDivisionError), store.savepoint():
            store.stories.save_profile(add_text(kept, vector("tug"), NOW)[0], 2)
            tell(store, 2, "ice")
            store.unwritten.write()
            assert find(store, "ice") == [2, 1]
            raise ZeroDivisionError
        assert find(store, "ice") == [1]
        assert find(store, "tug") == []
        with store.savepoint():
            tell(store, 4, "tug")
    with suppress(ZeroDivisionError), store.write():
        tell(store, 3, "ice")
        assert find(store, "ice") == [3, 1]
        raise ZeroDivisionError
    with store.write():
        assert (find(store, "ice"), find(store, "tug")) == ([1], [4])
    assert written(store) == [(1, "ferry,ice", 1), (4, "tug", 4)]


def test_what_another_connection_told_is_seen(store: Store) -> None:
    with store.write():
        tell(store, 1, "ice")
    with store.write():
        assert find(store, "ice") == [1]
    with Store(store.path) as other, other.write():
        tell(other, 2, "ice")
    with store.write():
        assert find(store, "ice") == [2, 1]
    store.db.execute("UPDATE story_profiles SET algorithm = 'older' WHERE story_id = 2")
    with store.write():
        assert find(store, "ice") == [1]
        store.stories.save_profile(new_profile(2, vector("quay"), NOW), 2)  # nothing of the older one stays
    assert written(store) == [(1, "ice", 1), (2, "quay", 2)]


def test_outside_of_a_transaction_a_story_is_written_at_once(store: Store) -> None:
    tell(store, 1, "ice")
    assert written(store) == [(1, "ice", 1)]
    assert find(store, "ice") == [1]


def test_a_story_is_taken_out_by_who_has_its_rows_written_first(store: Store) -> None:
    with store.write():
        tell(store, 1, "ice")
        tell(store, 2, "ice")
        store.removals.forget_story(1)
        assert find(store, "ice") == [2]
    assert written(store) == [(2, "ice", 2)]


def test_memory_does_not_grow_with_the_archive(store: Store) -> None:
    with store.write():
        for first in range(0, 40_000, 8_000):
            store.unwritten.stories.find_holders([f"word{number}" for number in range(first, first + 8_000)])
        assert len(store.unwritten.stories._holders) == 8_000
        for number in range(200, 3_000):
            store.db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (?, '', '', '')", (number,))
            tell(store, number, "ice")
        store.unwritten.hand_over()
        for number in range(200, 3_000):
            assert store.stories.profile(number) is not None
        assert len(store.unwritten.stories._told) <= 1_024


def test_bands_of_a_transaction_are_found_in_it_and_written_at_its_end(store: Store) -> None:
    def held() -> list[tuple[object, ...]]:
        return [tuple(row) for row in store.db.execute("SELECT band, article_id FROM bands ORDER BY 1, 2")]

    bands = store.unwritten.bands
    with store.write():
        bands.add(1, (7, 9))
        with suppress(ZeroDivisionError), store.savepoint():
            bands.add(2, (7,))
            bands.write()
            assert bands.list_holders((5, 7, 9)) == [[1, 2], [1]]
            raise ZeroDivisionError
        assert bands.list_holders((5, 7, 9)) == [[1], [1]]
        assert held() == []
        bands.add(3, (9, 4))
    assert held() == [(4, 3), (7, 1), (9, 1), (9, 3)]
    with suppress(ZeroDivisionError), store.write():
        bands.add(5, (7,))
        assert bands.list_holders((9, 7)) == [[1, 3], [1, 5]]
        raise ZeroDivisionError
    with store.write():
        assert bands.list_holders((7,)) == [[1]]
        bands.add(6, (7,))
        bands.remove(1, (7,))
        assert bands.list_holders((7,)) == [[6]]
    assert held() == [(4, 3), (7, 6), (9, 1), (9, 3)]
    bands.add(8, (4,))
    assert held() == [(4, 3), (4, 8), (7, 6), (9, 1), (9, 3)]


def test_of_a_band_that_many_hold_the_newest_are_found_whether_they_are_written_or_not(store: Store) -> None:
    bands = store.unwritten.bands
    with store.write():
        for number in range(1, 301):
            bands.add(number, (7, number * 1_000))
            if number == 280:
                bands.write()
        expected = [[3], list(range(237, 301))]
        assert bands.list_holders((3_000, 7)) == expected
        bands.write()
        assert [sorted(one) for one in bands.list_holders((3_000, 7))] == expected
