"""The looks at a known piece: when they come, and what they are believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.recheck_schedule import (
    CONFIRM,
    GONE,
    LADDER,
    NOT_THERE,
    OTHERS,
    PASSING,
    decide_recheck,
    schedule_recheck,
)
from monitor.model.identity import THERE, RecheckDecision
from monitor.model.page import Outcome

BORN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def looks(ladder: tuple[float, ...], jitter: float = 0.0) -> list[timedelta]:
    """The ages at which a piece is looked at, when every look comes when it is due."""
    found, now = [], BORN
    while (again := schedule_recheck(BORN, now, jitter, ladder)) is not None:
        now = again
        found.append(now - BORN)
    return found


def test_the_ladder_is_climbed_rung_by_rung() -> None:
    assert looks(LADDER) == [timedelta(seconds=age) for age in LADDER]
    assert looks(OTHERS) == [2 * HOUR, 24 * HOUR]
    assert looks(()) == []


def test_a_rung_that_is_near_or_passed_is_left_out() -> None:
    late = BORN + timedelta(minutes=28)
    assert schedule_recheck(BORN, late, 0.0, LADDER) == BORN + timedelta(minutes=90)
    assert schedule_recheck(BORN, BORN + timedelta(days=31), 0.0, LADDER) is None


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 40 * 86_400))
def test_looks_are_few_apart_and_end(jitter: float, age: int) -> None:
    ages = looks(LADDER, jitter)
    assert len(ages) <= len(LADDER)
    assert all(later - earlier >= timedelta(minutes=5) for earlier, later in pairwise(ages))
    now = BORN + timedelta(seconds=age)
    again = schedule_recheck(BORN, now, jitter, LADDER)
    assert again is None or now < again <= now + 1.2 * timedelta(days=14)


def seen(outcome: Outcome, **known: Any) -> RecheckDecision:
    facts: dict[str, Any] = {"gone_since": None, "departed": False, "others": (0, 0), "matched": True, "jitter": 0.0}
    return decide_recheck(outcome, born=BORN, now=BORN + 3 * HOUR, **{**facts, **known})


@pytest.mark.parametrize("outcome", sorted(THERE))
def test_a_piece_that_is_there_is_looked_at_by_its_ladder(outcome: Outcome) -> None:
    assert seen(outcome) == RecheckDecision(again=BORN + 4 * HOUR)
    assert seen(outcome, matched=False) == RecheckDecision(again=BORN + 24 * HOUR)
    assert seen(outcome, gone_since=BORN + HOUR, departed=True) == RecheckDecision(again=BORN + 4 * HOUR, returns=True)


@pytest.mark.parametrize("outcome", sorted(NOT_THERE))
def test_a_piece_is_gone_at_the_second_look(outcome: Outcome) -> None:
    now = BORN + 3 * HOUR
    assert seen(outcome, others=(9, 9)) == RecheckDecision(again=now + HOUR, gone_since=now)
    soon = now - CONFIRM + timedelta(seconds=1)
    assert seen(outcome, gone_since=soon, others=(9, 9)) == RecheckDecision(again=soon + HOUR, gone_since=soon)
    since = BORN + 2 * HOUR
    gone = RecheckDecision(again=since + 4 * HOUR, gone_since=since, departs=True, gone=True)
    assert seen(outcome, gone_since=since, others=(9, 1)) == gone
    assert seen(outcome, gone_since=since, others=(9, 1), departed=True) == replace(gone, departs=False)


@pytest.mark.parametrize(
    ("others", "hours", "departs"),
    [
        ((1, 0), 2, False),  # whoever was asked was not there: it is the outlet that fails
        ((9, 0), 700, False),
        ((0, 0), 2, False),  # nobody was asked: a day must do
        ((0, 0), 24, True),
        ((2, 1), 1, True),
    ],
)
def test_where_every_page_is_gone_the_outlet_fails_and_no_piece_departs(
    others: tuple[int, int], hours: int, departs: bool
) -> None:
    facts = {"departed": False, "others": others, "matched": True, "jitter": 0.0}
    found = decide_recheck(Outcome.GONE, gone_since=BORN, born=BORN, now=BORN + hours * HOUR, **facts)  # type: ignore[arg-type]
    assert (found.departs, found.gone) == (departs, departs)


def test_the_looks_at_a_gone_piece_end() -> None:
    late = BORN + timedelta(seconds=GONE[-1])
    found = decide_recheck(
        Outcome.GONE, gone_since=BORN, departed=True, others=(1, 1), born=BORN, matched=True, now=late, jitter=0.0
    )
    assert found == RecheckDecision(again=None, gone_since=BORN, gone=True)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - THERE - NOT_THERE))
def test_a_wall_or_an_outage_says_nothing_of_the_piece(outcome: Outcome) -> None:
    since = BORN + HOUR
    assert seen(outcome) == RecheckDecision(again=BORN + 4 * HOUR)
    again = since + (3 if outcome in PASSING else 4) * HOUR
    assert seen(outcome, gone_since=since) == RecheckDecision(again=again, gone_since=since)
    assert seen(outcome, gone_since=since, departed=True) == RecheckDecision(again=again, gone_since=since, gone=True)


@pytest.mark.parametrize(
    ("age", "next_age"),
    [
        (HOUR / 4, HOUR / 2),  # the ladder's own rung is near
        (5 * HOUR, 6.25 * HOUR),
        (96 * HOUR, 120 * HOUR),  # and not at 192
        (719 * HOUR, 720 * HOUR),
        (720 * HOUR, None),
    ],
)
def test_a_look_that_met_a_wall_is_made_up_for(age: timedelta, next_age: timedelta | None) -> None:
    found = decide_recheck(
        *(Outcome.BLOCKED,),
        gone_since=None,
        departed=False,
        others=(0, 0),
        born=BORN,
        matched=True,
        now=BORN + age,
        jitter=0.0,
    )
    assert found == RecheckDecision(again=None if next_age is None else BORN + next_age)
