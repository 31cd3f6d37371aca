from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import RowError
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.model.topic import Evidence, Match
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MATCH = Match(
    topic="strait",
    score=0.75,
    threshold=0.5,
    matched=True,
    evidence=(Evidence(term="ice", found="Eis", part="title", start=0, end=3, weight=1.0),),
    missing=("a second name",),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with two topics and one article."""
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.topics.record_profile("strait", "one", 0.5, 3, NOW)
            store.topics.record_profile("sound", "two", 0.5, 3, NOW)
            article = Article(url="https://gull.example/1", identity=None, title="Ice", lead=None, text="Ice.")
            page = PageToSettle(reading=Reading(article=article, content_hash="h"), source="gull", first_seen_at=NOW)
            store.articles.add(page, PieceNames(keys=("k",)), NOW)
        yield store


def loaded(store: Store) -> tuple[object, ...]:
    return tuple(store.db.execute("SELECT * FROM topics WHERE name = 'strait'").fetchone())


def test_a_profile_is_noted_again_only_when_it_changed(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    store.topics.record_profile("strait", "one", 0.5, 3, later)
    assert loaded(store) == ("strait", "one", 0.5, 3, "2026-03-02T06:00:00.000Z")
    store.topics.record_profile("strait", "one", 0.6, 4, later)
    assert loaded(store) == ("strait", "one", 0.6, 4, "2026-03-02T07:00:00.000Z")
    store.topics.record_profile("strait", "new", 0.6, 4, NOW)
    assert loaded(store) == ("strait", "new", 0.6, 4, "2026-03-02T06:00:00.000Z")


def test_verdicts_come_best_first_and_a_revision_replaces_them(store: Store) -> None:
    near = Match(topic="sound", score=0.25, threshold=0.5, matched=False)
    store.topics.record(1, 1, [near, MATCH], NOW)
    assert store.topics.matched(1) == {"strait"}
    assert [(row["topic"], row["score"], row["matched"], row["revision"]) for row in store.topics.verdicts(1)] == [
        ("strait", 0.75, 1, 1),
        ("sound", 0.25, 0, 1),
    ]
    assert json.loads(store.topics.verdicts(1)[0]["evidence"]) == [
        {"term": "ice", "found": "Eis", "part": "title", "start": 0, "end": 3, "weight": 1.0}
    ]
    assert json.loads(store.topics.verdicts(1)[0]["missing"]) == ["a second name"]
    store.topics.record(1, 2, [replace(MATCH, score=0.1, matched=False)], NOW)
    assert store.topics.matched(1) == frozenset()
    assert [(row["topic"], row["revision"]) for row in store.topics.verdicts(1)] == [("strait", 2)]


def test_a_verdict_needs_its_topic_and_its_article(store: Store) -> None:
    with pytest.raises(RowError):
        store.topics.record(1, 1, [replace(MATCH, topic="nobody")], NOW)
    with pytest.raises(RowError):
        store.topics.record(2, 1, [MATCH], NOW)


def test_what_names_a_topic_and_what_matches_of_a_span(store: Store) -> None:
    def piece(name: str, at: datetime, *, backlog: bool = False) -> int:
        article = Article(url=name, identity=None, title="Ice", lead=None, text="Ice.")
        reading = Reading(article=article, content_hash=name)
        page = PageToSettle(reading=reading, source="gull", first_seen_at=at, backlog=backlog)
        return store.articles.add(page, PieceNames(keys=(name,)), at)

    hours = [NOW + timedelta(hours=n) for n in range(6)]
    scores = (0.75, 0.2, 0.19, 0.75)
    for at, score in zip(hours, scores, strict=False):
        store.topics.record(piece(f"{at}", at), 1, [replace(MATCH, score=score, matched=score >= 0.5)], at)
    store.topics.record(piece("old", NOW, backlog=True), 1, [MATCH], NOW)
    assert store.topics.count_pieces("strait", hours[0], hours[5]) == (3, 2)
    assert store.topics.count_pieces("strait", hours[1], hours[3]) == (1, 0)
    assert store.topics.count_pieces("sound", hours[0], hours[5]) == (0, 0)
    assert store.topics.loaded_at("strait") == NOW
    assert store.topics.loaded_at("nobody") is None
