from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model.identity import Decision, StoredArticle
from monitor.model.moment import Dateline, Moment, Precision
from monitor.model.page import Article, Outcome, PageToSettle, PieceNames, Reading
from monitor.model.topic import Match
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.articles.provenance import ToldPiece

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
STAMP = "2026-03-02T06:00:00.000Z"
REVISED = Decision(outcome=Outcome.REVISION)
NAMED = {"stated", "site"}
SETTLED = {"first_seen_at", "baseline", "backlog"}


def reading(number: int, digest: str = "h", /, **fields: Any) -> Reading:
    article = Article(
        url=f"https://gull.example/{number}", identity=f"gull:{number}", title="Ice", lead=None, text="One two."
    )
    return Reading(article=replace(article, **fields), content_hash=digest)


def at(hour: int) -> Moment:
    return Moment(
        at=NOW.replace(hour=hour), raw=f"{hour}:00", zone="offset", precision=Precision.MINUTE, carrier="feed"
    )


def add(store: Store, found: Reading, *, source: str = "gull", now: datetime = NOW, **more: Any) -> int:
    """The number of an article; `more` are further fields of PageToSettle and PieceNames, and what `add` takes."""
    own = (found.article.identity, found.article.url)
    names = PieceNames(keys=tuple(more.pop("keys", own)), **{name: more.pop(name) for name in NAMED & more.keys()})
    page = {"first_seen_at": now, **{name: more.pop(name) for name in SETTLED & more.keys()}}
    with store.write():
        return store.articles.add(PageToSettle(reading=found, source=source, **page), names, now, **more)


def stored(store: Store, key: str) -> StoredArticle:
    found = store.articles.recall([key], "").known
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def test_every_column_of_an_article(store: Store) -> None:
    found = reading(
        1,
        lead="It froze.",
        published=at(5),
        modified=at(6),
        conflicts=(at(23),),
        dateline=Dateline(place="BAKU", month=4, day=8, agency="TASS", raw="BAKU, April 8. /TASS/."),
        dateline_on=date(2026, 4, 8),
        language="en",
        authors=("A. Auk", "Ж. Журавль"),
        section="sea",
        tags=("ice",),
        image="https://gull.example/1.jpg",
        attribution="Auk",
        agency="TASS",
        notes=("photo: Auk",),
        background=((4, 8),),
        rungs={"title": "json-ld", "lead": "meta"},
    )
    add(store, found, similarity=0.5, backlog=True, first_seen_at=NOW, now=LATER)
    row = store.articles.find("gull:1")
    assert row is not None
    assert dict(row) == {
        "id": 1,
        "url": "https://gull.example/1",
        "identity": "gull:1",
        "source": "gull",
        "baseline": 0,
        "backlog": 1,
        "revision": 1,
        "title": "Ice",
        "lead": "It froze.",
        "text": "One two.",
        "content_hash": "h",
        "copy_of": None,
        "similarity": 0.5,
        "story_id": 1,
        "published_at": "2026-03-02T05:00:00.000Z",
        "published_raw": "5:00",
        "published_zone": "offset",
        "published_precision": "minute",
        "published_from": "feed",
        "conflicts": (
            '[{"at": "2026-03-02T23:00:00.000Z", "raw": "23:00", "zone": "offset", "precision": "minute", '
            '"carrier": "feed"}]'
        ),
        "not_before": None,
        "modified_at": STAMP,
        "modified_raw": "6:00",
        "modified_zone": "offset",
        "modified_precision": "minute",
        "modified_from": "feed",
        "dateline_place": "BAKU",
        "dateline_day": "04-08",
        "dateline_on": "2026-04-08",
        "dateline_raw": "BAKU, April 8. /TASS/.",
        "agency": "TASS",
        "attribution": "Auk",
        "language": "en",
        "declared_language": None,
        "complete": "unknown",
        "complete_reason": None,
        "authors": '["A. Auk", "Ж. Журавль"]',
        "section": "sea",
        "tags": '["ice"]',
        "image": "https://gull.example/1.jpg",
        "notes": '["photo: Auk"]',
        "background": "[[4, 8]]",
        "rungs": '{"lead": "meta", "title": "json-ld"}',
        "words": 2,
        "extractor": None,
        "first_seen_at": STAMP,
        "stored_at": "2026-03-02T07:00:00.000Z",
    }


def test_the_order_of_day_and_month_is_counted_per_source(store: Store) -> None:
    for number, first in enumerate((True, True, False, None)):
        add(store, reading(number, day_first=first))
    add(store, reading(9, day_first=True), source="auk")
    assert store.articles.date_orders("gull") == {True: 2, False: 1}
    assert store.articles.date_orders("auk") == {True: 1}
    assert store.articles.date_orders("owl") == {}


def test_a_dateline_without_a_day_has_none(store: Store) -> None:
    add(store, reading(1, dateline=Dateline(place="BAKU", month=None, day=None, agency=None, raw="BAKU.")))
    row = store.articles.find("1")
    assert row is not None
    assert (row["dateline_place"], row["dateline_day"]) == ("BAKU", None)


@pytest.mark.parametrize("name", ["1", "gull:1", "https://gull.example/1", "another name"])
def test_an_article_is_found_by_number_key_and_address(store: Store, name: str) -> None:
    add(store, reading(1))
    store.names.add(1, ["another name"])
    row = store.articles.find(name)
    assert row is not None
    assert row["id"] == 1
    assert store.articles.find("nothing") is None


def test_recall_knows_the_piece_by_any_key_and_the_text_by_its_originals(store: Store) -> None:
    first = add(store, reading(1, published=at(5)))
    original = stored(store, "gull:1")
    add(store, reading(2), source="tern", copy_of=original, similarity=1.0)
    add(store, reading(3), baseline=True)
    with store.write():
        store.topics.record_profile("strait", "h", 0.5, 1, NOW)
        store.topics.record(first, 1, [Match(topic="strait", score=1.0, threshold=0.5, matched=True)], NOW)
    found = store.articles.recall(["unknown", "https://gull.example/1"], "h")
    assert found.known == original
    assert original == StoredArticle(
        id=1,
        url="https://gull.example/1",
        source="gull",
        revision=1,
        title="Ice",
        content_hash="h",
        published_at=NOW.replace(hour=5),
        story_id=1,
        quiet=False,
    )
    assert found.known_topics == {"strait"}
    assert [same.id for same in found.same_text] == [1, 3]
    assert [same.quiet for same in found.same_text] == [False, True]
    nothing = store.articles.recall([], "other text")
    assert (nothing.known, nothing.known_topics, nothing.same_text) == (None, frozenset(), ())


def test_only_the_latest_of_many_equal_texts_are_compared_oldest_first(store: Store) -> None:
    for number in range(1, 26):
        add(store, reading(number))
    assert [same.id for same in store.articles.recall([], "h").same_text] == list(range(6, 26))


def test_a_revision_keeps_both_texts_and_the_first_date(store: Store) -> None:
    add(store, reading(1, published=at(5)))
    later = reading(1, "h2", title="Thaw", text="Three four five.", published=at(9))
    with store.write():
        assert (
            store.articles.revise(stored(store, "gull:1"), later, PieceNames(keys=("new name",)), REVISED, LATER) == 2
        )
    row = store.articles.find("new name")
    assert row is not None
    assert (row["revision"], row["title"], row["words"], row["published_at"], row["stored_at"]) == (
        2,
        "Thaw",
        3,
        "2026-03-02T05:00:00.000Z",
        STAMP,
    )
    assert [
        (r["number"], r["title"], r["text"], r["content_hash"], r["seen_at"]) for r in store.articles.revisions(1)
    ] == [
        (1, "Ice", "One two.", "h", STAMP),
        (2, "Thaw", "", "h2", "2026-03-02T07:00:00.000Z"),  # the latest text stands with the article
    ]
    assert [tuple(r) for r in store.db.execute("SELECT number, text FROM texts WHERE article_id = 1 ORDER BY 1")] == [
        (1, "One two."),
        (2, "Three four five."),
    ]


def test_a_name_never_moves_to_another_article(store: Store) -> None:
    add(store, reading(1), keys=("shared", "shared"))
    add(store, reading(2), keys=("shared", "own"))
    assert [row["article_id"] for row in store.db.execute("SELECT article_id FROM aliases ORDER BY key")] == [2, 1]


def test_an_article_joins_the_story_given_or_opens_one(store: Store) -> None:
    add(store, reading(1, published=at(5)))
    add(store, reading(2, published=at(4)), source="tern", copy_of=stored(store, "gull:1"), story_id=1, now=LATER)
    add(store, reading(3), source="tern")
    assert [store.articles.story_of(number) for number in (1, 2, 3)] == [1, 1, 2]
    assert [tuple(row) for row in store.db.execute("SELECT first_article_id, first_at, last_at FROM stories")] == [
        (1, STAMP, "2026-03-02T07:00:00.000Z"),
        (3, STAMP, STAMP),
    ]


def test_an_alert_on_its_way_or_delivered_counts_and_a_held_one_does_not(store: Store) -> None:
    number = add(store, reading(1))

    def alert(channel: str, held: str | None) -> NewAlert:
        return NewAlert(
            id=f"msg_{channel}",
            rule="desk",
            channel=channel,
            event="article.matched",
            article_id=number,
            revision=1,
            story_id=1,
            topic="strait",
            body=b"{}",
            held=held,
        )

    with store.write():
        store.alerts.add([alert("day", None), alert("night", "it was there before")], NOW)
    add(store, reading(2), source="tern", copy_of=stored(store, "gull:1"), story_id=1)
    hashed = store.lineage.get_content_hash(1)
    first = ToldPiece(
        pair=("desk", "day"),
        article_id=1,
        url="https://gull.example/1",
        appearance=store.lineage.load_appearance(1),
        content_hash=hashed,
        present=True,
    )
    assert store.lineage.list_told(1, besides=0) == (first,)
    assert store.lineage.list_told(1, besides=1) == store.lineage.list_told(2, besides=0) == ()
    with store.write():
        store.alerts.add([replace(alert("week", None), article_id=2)], NOW)
        store.db.execute("UPDATE articles SET revision = 2 WHERE id = 1")
    second = replace(
        first,
        pair=("desk", "week"),
        article_id=2,
        url="https://gull.example/2",
        appearance=store.lineage.load_appearance(2),
        content_hash=store.lineage.get_content_hash(2),
    )
    assert store.lineage.list_told(1, besides=0) == (replace(first, present=False), second)


def test_the_figures_leave_the_baseline_out(store: Store) -> None:
    add(store, reading(1), baseline=True)
    first = add(store, reading(2, "x", published=at(5)))
    add(store, reading(3, "x", published=at(4)), source="tern", copy_of=stored(store, "gull:2"), similarity=1.0)
    add(store, reading(4, "y"), now=NOW - timedelta(days=2))
    with store.write():
        store.articles.revise(stored(store, "gull:2"), reading(2, "z"), PieceNames(keys=()), REVISED, LATER)
        store.topics.record_profile("strait", "h", 0.5, 1, NOW)
        store.topics.record(first, 2, [Match(topic="strait", score=1.0, threshold=0.5, matched=True)], NOW)
    assert store.articles.count_since(NOW - timedelta(hours=24)) == {"articles": 2, "copies": 1, "matched": 1}
    assert store.articles.totals() == {"found": 0, "stored": 3, "duplicates": 1, "revisions": 1, "matched": 1}
