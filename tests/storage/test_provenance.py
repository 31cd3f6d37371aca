"""Where a piece stands in its story, from rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.storage import Store
from monitor.storage.articles.provenance import StoryPosition

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def put(
    store: Store,
    source: str,
    published: datetime | None,
    *,
    precision: Precision = Precision.SECOND,
    copy_of: str | None = None,
    baseline: bool = False,
    seen: datetime = NOON,
) -> int:
    """A piece of the first story, its outlet's one."""
    url = f"https://{source}.example/"
    moment = published and Moment(at=published, raw="", zone="offset", precision=precision, carrier="feed")
    article = Article(url=url, identity=None, title="Ice", lead=None, text=source, published=moment)
    original = None if copy_of is None else store.articles.recall([f"https://{copy_of}.example/"], "").known
    with store.write():
        page = PageToSettle(
            reading=Reading(article=article, content_hash=source),
            source=source,
            first_seen_at=seen,
            baseline=baseline,
        )
        story = None if store.articles.find("1") is None else 1
        return store.articles.add(page, PieceNames(keys=(url,)), NOON, copy_of=original, story_id=story)


def test_a_story_of_a_wire_a_copy_and_a_report_has_two_sources(store: Store) -> None:
    put(store, "gull", NOON)
    copy = put(store, "tern", NOON - HOUR, copy_of="gull")
    place = StoryPosition(story_id=1, report=2, outlets=2, independent=1, first_source="tern", first_at=NOON - HOUR)
    assert store.lineage.standing(copy) == place
    report = put(store, "auk", NOON + HOUR)
    expected = StoryPosition(story_id=1, report=3, outlets=3, independent=2, first_source="tern", first_at=NOON - HOUR)
    assert store.lineage.standing(report) == expected


def test_who_names_the_day_only_was_not_first_because_the_day_begins_at_midnight(store: Store) -> None:
    day = NOON.replace(hour=0)
    put(store, "daily", day, precision=Precision.DAY, seen=NOON + HOUR)
    put(store, "monthly", day.replace(day=1), precision=Precision.MONTH, seen=NOON + 2 * HOUR)
    last = put(store, "wire", NOON)
    place = store.lineage.standing(last)
    assert (place.first_source, place.first_at) == ("wire", NOON)
    # Of a piece that was found long after, the day is what is known.
    put(store, "archive", day, precision=Precision.DAY, seen=NOON + 99 * HOUR)
    put(store, "undated", None, seen=NOON + 3 * HOUR)
    assert [(row["source"], row["at"][5:16]) for row in store.lineage.pieces(1, 9)] == [
        ("wire", "03-02T12:00"),
        ("daily", "03-02T13:00"),
        ("monthly", "03-02T14:00"),
        ("undated", "03-02T15:00"),
        ("archive", "03-03T00:00"),
    ]


def test_a_seed_is_nobodys_report(store: Store) -> None:
    seed = put(store, "seeds", NOON - HOUR, baseline=True)
    alone = StoryPosition(story_id=1, report=1, outlets=1, independent=1, first_source="seeds", first_at=NOON - HOUR)
    assert store.lineage.standing(seed) == alone
    assert describe(store) == (["seeds"], 1, 1, 1)
    report = put(store, "gull", NOON, copy_of="seeds")
    assert store.lineage.standing(report) == StoryPosition(
        story_id=1, report=1, outlets=1, independent=1, first_source="gull", first_at=NOON
    )
    assert describe(store) == (["gull"], 1, 1, 1)
    put(store, "tern", NOON + HOUR, copy_of="seeds")
    assert describe(store) == (["gull", "tern"], 2, 2, 1)
    put(store, "auk", NOON + HOUR)
    assert describe(store) == (["gull", "tern", "auk"], 3, 3, 2)


def describe(store: Store) -> tuple[list[str], int, int, int]:
    """The sources of the first story's pieces, and its counts of articles, outlets and texts."""
    found = store.lineage.story(1)
    assert found is not None
    sources = [row["source"] for row in store.lineage.pieces(1, 9)]
    return sources, found["articles"], found["outlets"], found["texts"]
