"""Outcomes: which of them make an article of their own; readings: that they come whole out of another process."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.model.moment import Dateline, Moment, Precision
from monitor.model.page import Article, Outcome, Reading
from monitor.model.story import StoryWords
from monitor.model.template import Line
from monitor.model.topic import Evidence, Match

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
READING = Reading(
    article=Article(
        url="https://gull.example/1",
        identity=None,
        title="Ferries stop",
        lead=None,
        text="They wait.",
        published=Moment(at=NOON, raw="noon", zone="outlet", precision=Precision.HOUR, carrier="feed"),
        dateline=Dateline(place="LEITH", month=5, day=3, agency=None, raw="LEITH, May 3."),
        rungs={"title": "given"},
    ),
    content_hash="ab",
    matches=(
        Match(
            topic="quay",
            score=0.5,
            threshold=0.4,
            matched=True,
            evidence=(Evidence(term="ferry", found="Ferries", part="title", start=0, end=7, weight=0.5),),
        ),
    ),
    lines=(
        Line(key=None, shingles=(1, (1 << 32) - 1), numbers=("4", "monday")),
        Line(key=1 << 39, shingles=(), numbers=()),
        Line(key=7, shingles=(5, 6, 7), numbers=("1.5",)),
    ),
    furniture=(3,),
    extractor="e",
    words=StoryWords(keys=("ferr", "osterhaven"), loud=(2.1, 2.0), common=(0.2, 0.006), names=("osterhaven",)),
)


def test_new_pieces_and_copies_are_stored_and_nothing_else() -> None:
    assert [outcome.value for outcome in Outcome if outcome.stored] == ["new", "copy", "near-copy"]


@pytest.mark.parametrize("sent", [READING, replace(READING, words=StoryWords(), lines=())])
def test_a_reading_comes_out_of_another_process_as_it_was(sent: Reading) -> None:
    found = pickle.loads(pickle.dumps(sent))
    assert found == sent
    assert repr(found) == repr(sent)
