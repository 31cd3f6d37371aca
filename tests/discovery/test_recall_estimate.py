"""Capture–recapture: known examples, and what must hold of any two lists."""

from __future__ import annotations

import random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.recall_estimate import (
    Completeness,
    Estimate,
    ListPair,
    compute_percentile,
    estimate_population,
    estimate_recall,
)

COUNTS = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).map(
    lambda c: (c[0] + c[2], c[1] + c[2], c[2])
)


def test_a_known_example() -> None:
    """The formula by hand: (200 + 1) (150 + 1) / (100 + 1) - 1."""
    found = estimate_population(200, 150, 100)
    assert found.total == pytest.approx(201 * 151 / 101 - 1)
    assert (round(found.low), round(found.high)) == (281, 329)


@given(COUNTS)
def test_never_fewer_than_were_seen_and_the_interval_holds_the_estimate(counts: tuple[int, int, int]) -> None:
    ones, others, both = counts
    found = estimate_population(ones, others, both)
    seen = ones + others - both
    assert seen <= found.low <= found.total <= found.high
    assert found == estimate_population(others, ones, both)
    assert found.total == pytest.approx((ones + 1) * (others + 1) / (both + 1) - 1)


@given(COUNTS)
def test_one_list_inside_the_other_misses_nothing(counts: tuple[int, int, int]) -> None:
    ones, _, both = counts
    assert estimate_population(ones, both, both) == Estimate(total=ones, low=ones, high=ones)


@pytest.mark.parametrize("counts", [(3, 4, 5), (3, 4, -1)])
def test_more_in_common_than_there_is_makes_no_sense(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="in common of 3 and 4"):
        estimate_population(*counts)


def test_it_finds_the_size_of_a_population_that_is_drawn_from_twice() -> None:
    chance = random.Random(7)
    totals, held = [], 0
    for _ in range(300):
        one = {n for n in range(240) if chance.random() < 0.9}
        other = {n for n in range(240) if chance.random() < 0.8}
        found = estimate_population(len(one), len(other), len(one & other))
        totals.append(found.total)
        held += found.low <= 240 <= found.high
    assert mean(totals) == pytest.approx(240, abs=0.5)
    assert held >= 0.9 * 300


def test_a_week_of_an_outlet() -> None:
    found = estimate_recall({"sitemap": {1, 2, 3, 4, 5}, "feed": {1, 2, 3, 6}, "listing": (), "api": {1, 2}})
    assert found is not None
    assert [(p.one, p.other, p.ones, p.others, p.both) for p in found.pairs] == [
        ("api", "feed", 2, 4, 2),
        ("api", "sitemap", 2, 5, 2),
        ("feed", "sitemap", 4, 5, 3),
    ]
    assert (found.seen, found.score) == (6, pytest.approx(6 / 6.5))
    assert found.low < found.score < found.high <= 1


def test_lists_that_agree_are_complete() -> None:
    whole = Estimate(total=3, low=3, high=3)
    assert estimate_recall({"feed": {1, 2, 3}, "sitemap": {1, 2, 3}}) == Completeness(
        seen=3,
        score=1,
        low=1,
        high=1,
        pairs=(ListPair(one="feed", other="sitemap", ones=3, others=3, both=3, estimate=whole),),
    )


@pytest.mark.parametrize("lists", [{}, {"feed": {1}}, {"feed": {1}, "sitemap": set()}])
def test_one_list_alone_says_nothing(lists: dict[str, set[int]]) -> None:
    assert estimate_recall(lists) is None


@given(st.lists(st.integers(0, 99), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_enough_lie_below(values: list[int], share: float) -> None:
    found = compute_percentile(values, share)
    assert found in values
    assert found is not None
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_percentiles_by_nearest_rank() -> None:
    values = list(range(100, 0, -1))
    assert [compute_percentile(values, share) for share in (0, 0.5, 0.95, 1)] == [1, 50, 95, 100]
    assert compute_percentile([], 0.5) is None
