from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.discovery.drift import DriftChange, detect_drift
from monitor.model.gap import PageFacts

GOOD = PageFacts(
    filled=frozenset({"text", "lead", "date"}), rungs={"text": "precise", "date": "json-ld"}, words=300, background=0.1
)
NOTHING = PageFacts(filled=frozenset(), rungs={}, words=0, background=0.0)


def usual(count: int, seed: int = 1) -> list[PageFacts]:
    """Pages of an outlet as it is: some without a lead, flashes of a line, now and then none at all."""
    chance = random.Random(seed)
    return [
        NOTHING
        if chance.random() < 0.01
        else replace(
            GOOD,
            filled=GOOD.filled - ({"lead"} if chance.random() < 0.3 else set()),
            words=chance.choice((40, 200, 300, 400, 900)),
            background=chance.choice((0.0, 0.1, 0.4)),
        )
        for _ in range(count)
    ]


def test_pages_of_another_endpoint_are_no_drift() -> None:
    other = [replace(GOOD, filled=frozenset({"text"}), words=20, place="second feed") for _ in range(20)]
    assert detect_drift([*other, *usual(200)]) == ()
    assert detect_drift([*(replace(page, place="") for page in other), *usual(200)]) != ()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (replace(GOOD, filled=frozenset({"text", "lead"})), "date found on 0% of the last pages, usually on 100%"),
        (
            replace(GOOD, rungs={"text": "precise", "date": "text"}),
            "date from json-ld on 0% of the last pages, usually on 100%",
        ),
        (NOTHING, "text found on 0% of the last pages, usually on 100%"),
        (replace(GOOD, words=5), "usual length on 0% of the last pages, usually on 100%"),
        (replace(GOOD, background=0.9), "usual share of repeated text on 0% of the last pages, usually on 100%"),
    ],
)
def test_a_change_of_template_is_noticed_within_twenty_pages(now: PageFacts, said: str) -> None:
    pages = usual(200, seed=2)
    at = next(count for count in range(1, 21) if detect_drift([now] * count + pages))
    assert 10 <= at <= 20
    assert said in [change.description for change in detect_drift([now] * 20 + pages)]


def test_reading_by_a_template_is_no_drift_and_falling_from_it_is() -> None:
    better = replace(GOOD, rungs={"text": "template", "date": "json-ld"})
    assert detect_drift([better] * 20 + usual(200)) == ()
    (change,) = detect_drift(usual(20) + [better] * 200)
    assert change == DriftChange(question="text from template", usual=1.0, recent=0.0)


def test_a_change_that_stays_becomes_usual() -> None:
    new = replace(GOOD, rungs={"text": "precise", "date": "meta"})
    lasts = [count for count in range(1, 220) if detect_drift([new] * count + usual(220))]
    assert (lasts[0] <= 20, 60 <= lasts[-1] <= 120) == (True, True)


def test_what_is_too_little_to_say_anything() -> None:
    assert detect_drift([NOTHING] * 20 + [GOOD] * 49) == ()
    assert detect_drift([NOTHING] * 9) == ()
    assert detect_drift([NOTHING] * 300) == ()


def test_the_most_striking_change_comes_first() -> None:
    worse = replace(GOOD, rungs={"text": "precise"}, filled=frozenset({"text", "date"}))
    found = detect_drift([worse] * 20 + usual(200))
    assert found == (
        DriftChange(question="date from json-ld", usual=0.985, recent=0.0),
        DriftChange(question="lead found", usual=0.71, recent=0.0),
    )


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_thirty_quiet_days_of_a_busy_outlet_raise_nothing(seed: int) -> None:
    """7,200 pages, judged after every twentieth."""
    pages = usual(1_500, seed)
    assert [at for at in range(0, 1_200, 20) if detect_drift(pages[at:])] == []
