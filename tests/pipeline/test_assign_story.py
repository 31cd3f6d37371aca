"""Stories on a real store: what a piece joins, opens, prolongs and merges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Outcome, PageToSettle
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})

FERRIES = (
    "The ferries between Osterhaven and Linnea stopped on Monday after the ice closed the strait. Captain Berta Auk "
    "said that the ferry Kittiwake lay in the harbour of Linnea with eighty passengers, a cargo of seed wheat "
    "and food for a week."
)
AGAIN = (
    "Ice has closed the strait of Linnea, and nothing sails. Eighty passengers of the Kittiwake wait in the harbour, "
    "Captain Auk told reporters in Osterhaven; an icebreaker is on its way to the ferry."
)
THIRD = (
    "Passengers of the ferry Kittiwake spent a second night in the harbour of Linnea. The icebreaker that Osterhaven "
    "sent after Captain Auk called for help was itself held up by ice in the strait."
)
QUAKE = (
    "A quake of magnitude 5.6 shook Qoda before dawn. Two schools lost their roofs, Governor Imre Sand said, and "
    "the road to the copper mines was buried under stones; nobody was hurt, for nobody was up."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


class Desk:
    """Puts texts through the line one after the other."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number = 0

    def settle(self, title: str, text: str, *, source: str = "gull", hours: float | None = 0) -> SettledPage:
        self.number += 1
        published = None
        if hours is not None:
            at = NOON + timedelta(hours=hours)
            published = Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
        url = f"https://{source}.example/{self.number}"
        article = Article(url=url, identity=None, title=title, lead=None, text=text, published=published)
        page = PageToSettle(reading=judge_article(article, (), source=source), source=source, first_seen_at=NOON)
        return store_reading(self.store, WATCH, page, NOON + timedelta(minutes=self.number))

    def story(self, title: str, text: str, *, source: str = "gull", hours: float | None = 0) -> int:
        """The story that a piece comes into."""
        settled = self.settle(title, text, source=source, hours=hours)
        assert settled.article_id is not None
        return self.store.articles.story_of(settled.article_id)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        self.store.unwritten.hand_over()  # else it is written when the transaction ends
        return [tuple(row) for row in self.store.db.execute(query)]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_one_event_in_other_words_is_one_story_and_another_event_is_not(desk: Desk) -> None:
    found = [
        desk.story("Ice stops ferries to Linnea", FERRIES),
        desk.story("Quake shakes Qoda", QUAKE, source="tern"),
        desk.story("Eighty wait on the Kittiwake", AGAIN, source="tern", hours=5),
        desk.story("Second night on the ferry", THIRD, hours=20),
    ]
    assert found == [1, 2, 1, 1]
    assert desk.rows("SELECT texts, since, until FROM story_profiles ORDER BY story_id") == [
        (3, "2026-03-02T12:00:00.000Z", "2026-03-03T08:00:00.000Z"),
        (1, "2026-03-02T12:00:00.000Z", "2026-03-02T12:00:00.000Z"),
    ]
    assert desk.store.stories.word_counts.load(())[1] == 4


def test_a_story_outlives_no_month_without_news(desk: Desk) -> None:
    first = desk.story("Ice stops ferries to Linnea", FERRIES)
    assert desk.story("Eighty wait on the Kittiwake", AGAIN, source="tern", hours=24 * 31) != first
    assert desk.story("Second night on the ferry", THIRD, hours=None) in (1, 2)  # without a date there is no window


def test_a_copy_prolongs_its_story_and_says_nothing_new(desk: Desk) -> None:
    desk.story("Ice stops ferries to Linnea", FERRIES)
    copy = desk.settle("No ferries", FERRIES, source="tern", hours=30)
    assert copy.outcome is Outcome.COPY
    assert desk.rows("SELECT texts, until, touched FROM story_profiles") == [(1, "2026-03-03T18:00:00.000Z", 2)]
    assert desk.rows("SELECT DISTINCT touched FROM story_words") == [(2,)]
    assert desk.store.stories.word_counts.load(())[1] == 1


def test_a_near_copy_goes_where_its_original_is_and_is_a_text_of_its_own(desk: Desk) -> None:
    desk.story("Ice stops ferries to Linnea", FERRIES)
    near = desk.settle("No ferries", FERRIES + " The mayor of Linnea sent bread.", source="tern")
    assert near.outcome is Outcome.NEAR_COPY
    assert desk.rows("SELECT id, story_id, copy_of FROM articles") == [(1, 1, None), (2, 1, 1)]
    assert desk.rows("SELECT texts FROM story_profiles") == [(2,)]


def test_a_correction_is_news_in_the_story_of_what_it_corrects(desk: Desk) -> None:
    wrong = desk.settle("Linnea wants to refuse seed wheat, premier says", FERRIES)
    right = desk.settle("Linnea not going to refuse seed wheat — PM", FERRIES.replace("eighty", "seventy"))
    assert (wrong.outcome, right.outcome) == (Outcome.NEW, Outcome.NEW)
    assert desk.rows("SELECT story_id, copy_of FROM articles") == [(1, None), (1, None)]


def test_a_daily_bulletin_is_every_day_a_story_of_its_own(desk: Desk) -> None:
    found = [
        desk.story("Breach of the truce reported", QUAKE.replace("5.6", f"5.{day}"), hours=24 * day) for day in range(7)
    ]
    assert found == [1, 2, 3, 4, 5, 6, 7]


def test_a_story_written_by_another_algorithm_takes_copies_still(desk: Desk) -> None:
    desk.story("Ice stops ferries to Linnea", FERRIES)
    desk.rows("UPDATE story_profiles SET algorithm = 'older' RETURNING story_id")
    assert desk.story("No ferries", FERRIES, source="tern") == 1
    assert desk.story("No ferries", FERRIES + " The mayor of Linnea sent bread.", source="herald") == 1
    assert desk.rows("SELECT algorithm != 'older', texts FROM story_profiles") == [(1, 1)]  # told anew by the near-copy


def test_the_title_is_that_of_the_most_central_piece(desk: Desk) -> None:
    desk.story("Briefly", "The icebreaker Sturla left Osterhaven for the strait of Linnea to free a ferry from ice.")
    desk.story("Ice stops ferries to Linnea", FERRIES)
    desk.story("Eighty wait on the Kittiwake", AGAIN, source="tern")
    desk.story("Second night on the ferry", THIRD, source="herald")
    assert desk.rows("SELECT count(*) FROM stories") == [(1,)]
    ((title,),) = desk.rows("SELECT title FROM stories")
    assert title != "Briefly"


def test_a_piece_that_belongs_to_two_like_stories_makes_them_one(desk: Desk) -> None:
    day = 24
    assert desk.story("Ice stops ferries to Linnea", FERRIES) == 1
    assert desk.story("Breach", QUAKE, source="herald") == 2
    assert desk.story("Ice stops ferries to Linnea", FERRIES, source="tern", hours=18 * day) == 3
    assert desk.story("Eighty wait on the Kittiwake", AGAIN, source="herald", hours=9 * day) == 1
    assert desk.story("Second night on the ferry", THIRD, source="herald", hours=14 * day) == 1
    assert desk.rows("SELECT kind, story_id, other_id, article_id, articles FROM story_changes") == [
        ("merged", 1, 3, 5, 2)
    ]
    assert desk.rows("SELECT story_id, count(*) FROM articles GROUP BY story_id") == [(1, 4), (2, 1)]
    assert desk.rows("SELECT story_id, texts FROM story_profiles") == [(1, 4), (2, 1)]
    assert desk.store.stories.resolve(3) == 1


def test_a_piece_between_two_daily_bulletins_leaves_them_two(desk: Desk) -> None:
    assert desk.story("Ice stops ferries to Linnea", FERRIES) == 1
    assert desk.story("Ice stops ferries to Linnea", FERRIES, hours=24) == 2
    assert desk.story("Eighty wait on the Kittiwake", AGAIN, source="herald", hours=12) in (1, 2)
    assert desk.rows("SELECT story_id, apart FROM story_profiles") == [(1, "[]"), (2, "[1]")]
    assert desk.rows("SELECT count(*) FROM story_changes") == [(0,)]
