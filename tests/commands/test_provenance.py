"""Who printed a text, in whose words, and a story piece by piece, from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.commands.reports.provenance import describe_story_place, trace_story, trace_text
from monitor.identity.story_clustering import merge_profiles
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, store_reading
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})
SENTENCES = (
    "The ferries between Osterhaven and Linnea stopped on Monday after the ice closed the strait.",
    "Captain Berta Auk said that the ferry Kittiwake lay in the harbour of Linnea with eighty passengers on board.",
    "She has food for a week and coal for two.",
    "An icebreaker left the capital at noon, and the harbour master does not expect it before Wednesday.",
)
WIRE = Article(
    url="https://wire.example/1",
    identity=None,
    title="Ice stops ferries to Linnea",
    lead=None,
    text=" ".join(SENTENCES),
    published=Moment(at=NOON, raw="", zone="offset", precision=Precision.SECOND, carrier="feed"),
    agency="AFP",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


def put(store: Store, source: str, *, hours: float = 0, **changes: object) -> int:
    """The wire as an outlet prints it; the article's number."""
    at = NOON + timedelta(hours=hours)
    published = Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
    article = replace(WIRE, url=f"https://{source}.example/1", published=published, **changes)  # type: ignore[arg-type]
    page = PageToSettle(reading=judge_article(article, (), source=source), source=source, first_seen_at=at)
    settled = store_reading(store, WATCH, page, at)
    assert settled.article_id is not None
    return settled.article_id


def piece(source: str, number: int, minutes: int, **more: object) -> dict[str, object]:
    """A piece as told; an original where nothing else is said."""
    told = {
        "source": source,
        "url": f"https://{source}.example/1",
        "title": "Ice stops ferries to Linnea",
        "at": (NOON + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "agency": "AFP",
        "copy_of": None,
        "similarity": None,
        "article": number,
        "minutes_later": minutes,
    }
    return told | more


def test_a_wire_is_told_with_who_ran_it_when_and_what_they_changed(store: Store) -> None:
    wire = put(store, "wire")
    put(store, "copier", hours=0.5, title="No ferries")
    cut = " ".join(SENTENCES[:2])
    put(store, "cutter", hours=2, text=cut, agency=None)
    put(store, "adder", hours=1, text=f"{WIRE.text}\n\nOur town sent blankets and three accordions.")
    found = trace_text(store, wire)
    assert found == {
        "agency": "AFP",
        "printed_by": [
            piece("wire", 1, 0),
            piece("copier", 2, 30, title="No ferries", copy_of=1, similarity=1.0),
            piece(
                *("adder", 4, 60),
                copy_of=1,
                similarity=1.0,
                added=["Our town sent blankets and three accordions."],
                cut=[],
            ),
            piece("cutter", 3, 120, agency=None, copy_of=1, similarity=1.0, added=[], cut=[" ".join(SENTENCES[2:])]),
        ],
    }
    assert trace_text(store, 3) == found
    assert describe_story_place(store, 3) == {
        "id": 1,
        "title": "Ice stops ferries to Linnea",
        "report": 3,
        "first": "wire",
        "articles": 4,
        "outlets": 4,
        "independent": 1,
        "independent_texts": 1,
    }


def test_what_a_copy_changes_later_is_told_as_it_stands(store: Store) -> None:
    put(store, "wire")
    copy = put(store, "copier", hours=1)
    put(store, "copier", hours=1, text=WIRE.text.replace(SENTENCES[2], "The mayor blames the weather service."))
    found = trace_text(store, copy)
    assert found is not None
    assert [(told.get("added"), told.get("cut")) for told in found["printed_by"]] == [
        (None, None),
        (["The mayor blames the weather service."], [SENTENCES[2]]),
    ]


def test_a_text_that_nobody_took_over_has_no_lineage(store: Store) -> None:
    assert trace_text(store, put(store, "wire")) is None
    assert trace_text(store, 99) is None


def test_a_story_by_its_number_or_by_that_of_one_that_went_into_it(store: Store) -> None:
    put(store, "wire")
    put(store, "copier", hours=1)
    other = put(
        store, "gull", hours=3, title="Quake shakes Qoda", text="A quake shook Qoda before dawn. " * 9, agency=None
    )
    kept, gone = store.stories.profile(1), store.stories.profile(2)
    assert kept is not None
    assert gone is not None
    store.stories.merge(merge_profiles(kept, gone), 2, article_id=other, similarity=0.5, now=NOON)
    found = trace_story(store, 1)
    assert found == {
        "story": 1,
        "title": "Ice stops ferries to Linnea",
        "articles": 3,
        "outlets": 3,
        "independent_texts": 2,
        "pieces": [
            piece("wire", 1, 0),
            piece("copier", 2, 60, copy_of=1, similarity=1.0),
            piece("gull", 3, 180, title="Quake shakes Qoda", agency=None),
        ],
        "changes": [
            {
                "at": "2026-03-02T12:00:00.000Z",
                "kind": "merged",
                "story_id": 1,
                "other_id": 2,
                "article_id": 3,
                "similarity": 0.5,
                "articles": 1,
            }
        ],
    }
    assert trace_story(store, 2) == {"story": 1, "asked": 2} | found
    assert trace_story(store, 3) is None
