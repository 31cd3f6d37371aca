from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.identity.story_clustering import add_text, merge_profiles, new_profile
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.model.story import StoryProfile, StoryVector
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
STAMP = "2026-03-02T06:00:00.000Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


def add(store: Store, number: int, story_id: int | None = None) -> int:
    article = Article(url=f"https://gull.example/{number}", identity=None, title=f"Ice {number}", lead=None, text="x")
    reading = Reading(article=article, content_hash=f"h{number}")
    page = PageToSettle(reading=reading, source="gull", first_seen_at=NOW)
    names = PieceNames(keys=(article.url,))
    return store.articles.add(page, names, NOW + timedelta(hours=number), story_id=story_id)


def vector(*words: str) -> StoryVector:
    return StoryVector(weights=dict.fromkeys(words, 0.5), names=frozenset(words[:1]))


def keep(store: Store, number: int, *words: str, at: datetime | None = NOW) -> StoryProfile:
    """Article and story `number`, told by these words."""
    add(store, number)
    profile = new_profile(number, vector(*words), at)
    store.stories.save_profile(profile, number)
    return profile


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    store.unwritten.write()  # else it is written when the transaction ends
    return [tuple(row) for row in store.db.execute(query)]


def test_a_profile_comes_back_as_it_was_kept(store: Store) -> None:
    profile = keep(store, 1, "лёд", "ice", at=None)
    assert store.stories.profile(1) == profile
    assert store.stories.profile(2) is None
    grown, _ = add_text(profile, vector("ice", "ferry"), NOW)
    store.stories.save_profile(grown, 1)
    assert store.stories.profile(1) == grown


def test_the_vector_of_the_only_text_is_kept_once(store: Store) -> None:
    profile = keep(store, 1, "ice", "ferry")
    written = "SELECT length(central) > 0 FROM story_profiles"
    assert rows(store, written) == [(0,)]
    loaded = store.stories.profile(1)
    assert loaded == profile
    store.stories.save_profile(loaded, 1)
    assert rows(store, written) == [(0,)]
    grown, _ = add_text(loaded, vector("ice", "tug"), NOW)
    store.stories.save_profile(grown, 1)
    assert rows(store, written) == [(1,)]
    assert store.stories.profile(1) == grown


def test_the_index_follows_the_profile(store: Store) -> None:
    profile = keep(store, 1, "ice", "ferry")
    add(store, 2, 1)
    store.stories.save_profile(add_text(profile, vector("ice"), NOW)[0], 2)
    assert rows(store, "SELECT word, touched, story_id FROM story_words ORDER BY word") == [
        ("ferry", 2, 1),
        ("ice", 2, 1),
    ]


def test_what_another_algorithm_wrote_is_not_compared(store: Store) -> None:
    keep(store, 1, "ice")
    store.unwritten.hand_over()
    store.db.execute("UPDATE story_profiles SET algorithm = 'older'")
    assert store.stories.profile(1) is None
    assert store.stories.candidates(vector("ice")) == ()


def test_candidates_share_telling_words_and_the_latest_of_many_are_seen(store: Store) -> None:
    keep(store, 1, "ice", "ferry", "stop")
    keep(store, 2, "quake")
    for number in range(3, 40):
        keep(store, number, "ice", f"other{number}")
    found = [profile.story_id for profile in store.stories.candidates(vector("ice", "ferry"))]
    assert found == [1, *range(39, 28, -1)]  # two words, then one word and told last
    assert 2 not in found
    assert store.stories.candidates(vector("nothing")) == ()


def test_words_are_counted_in_all_texts_and_then_in_every_eighth(store: Store) -> None:
    assert store.stories.word_counts.load(["ice"]) == ([0], 0)
    store.stories.word_counts.count(1, ["ice", "ferry"])
    store.stories.word_counts.count(2, ["ice"])
    assert store.stories.word_counts.load(["ice", "ferry", "quake"]) == ([2, 1, 0], 2)
    store.stories.word_counts.write()
    store.db.execute("UPDATE word_counts SET articles = 2000 WHERE word = ''")
    store.stories.word_counts.forget()
    for number in range(3, 17):
        store.stories.word_counts.count(number, ["ice"])
    assert store.stories.word_counts.load(["ice"]) == ([4], 2002)  # those of 8 and 16


def test_a_merged_story_hands_over_and_its_number_stands_for_the_other(store: Store) -> None:
    one, two = keep(store, 1, "ice", "ferry"), keep(store, 2, "ice", "stop")
    keep(store, 3, "ice", "boat")
    add(store, 4, 2)
    both = merge_profiles(two, one)
    store.stories.merge(both, 1, article_id=4, similarity=0.5, now=NOW)
    all_three = merge_profiles(both, new_profile(3, vector("boat"), NOW, apart=[1]))
    store.stories.merge(all_three, 3, article_id=4, similarity=0.4, now=NOW)
    assert [store.articles.story_of(number) for number in (1, 2, 3, 4)] == [2, 2, 2, 2]
    assert [store.stories.resolve(number) for number in (1, 2, 3)] == [2, 2, 2]
    assert rows(store, "SELECT id, first_article_id, first_at, last_at, merged_into FROM stories WHERE id < 3") == [
        (1, 1, "2026-03-02T07:00:00.000Z", "2026-03-02T07:00:00.000Z", 2),
        (2, 1, "2026-03-02T07:00:00.000Z", "2026-03-02T10:00:00.000Z", None),
    ]
    assert rows(store, "SELECT DISTINCT story_id FROM story_words") == [(2,)]
    assert store.stories.profile(1) is None
    assert (kept := store.stories.profile(2)) is not None
    assert kept.apart == {2}  # the number of the merged one, as it stands now
    assert [tuple(row) for row in store.stories.changes(2)] == [
        (1, STAMP, "merged", 2, 1, 4, 0.5, 1),
        (2, STAMP, "merged", 2, 3, 4, 0.4, 1),
    ]
    assert [tuple(row) for row in store.stories.changes(1)] == [(1, STAMP, "merged", 2, 1, 4, 0.5, 1)]


def test_a_story_is_called_anew(store: Store) -> None:
    add(store, 1)
    store.stories.set_title(1, "Ferries stop")
    assert rows(store, "SELECT title FROM stories") == [("Ferries stop",)]
