from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import isclose, log, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.independent_sources import count_independent_sources
from monitor.identity.story_clustering import (
    JOINS,
    add_text,
    compare_to_story,
    extend_span,
    match_story,
    merge_profiles,
    new_profile,
    rate_merge,
    weigh_words,
)
from monitor.model.story import StoryChoice, StoryProfile, StoryVector, StoryWords

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def words(
    *keys: str, common: float = 0.01, loud: Mapping[str, float] | None = None, names: tuple[str, ...] = ()
) -> StoryWords:
    ordered = tuple(sorted(keys))
    return StoryWords(
        keys=ordered,
        loud=tuple((loud or {}).get(key, 1.0) for key in ordered),
        common=(common,) * len(keys),
        names=names,
    )


def vector(*names: str, plain: str = "") -> StoryVector:
    """Names and plain words of equal weight."""
    keys = (*names, *plain.split())
    return StoryVector(weights=dict.fromkeys(keys, 1 / sqrt(len(keys))), names=frozenset(names))


def profile(number: int, of: StoryVector, *, at: datetime | None = NOON) -> StoryProfile:
    return new_profile(number, of, at)


def test_rarer_and_louder_words_weigh_more_and_common_ones_nothing() -> None:
    text = StoryWords(
        keys=("ferry", "linnea", "quay", "the"),
        loud=(1.0, 2.0, 1.0, 1.0),
        common=(0.01, 0.01, 0.1, 1.0),
        names=("linnea", "the"),
    )
    found = weigh_words(text, [0, 0, 0, 0], 0)
    assert list(found.weights) == ["linnea", "ferry", "quay"]
    assert isclose(found.weights["linnea"], 2 * found.weights["ferry"])
    assert isclose(found.weights["quay"] / found.weights["ferry"], (-log(0.1) - 0.5) / (-log(0.01) - 0.5))
    assert found.names == {"linnea"}
    assert isclose(sum(weight**2 for weight in found.weights.values()), 1)


def test_what_is_common_in_the_archive_tells_less_there() -> None:
    pair = words("truce", "ferry")
    fresh, later = weigh_words(pair, [0, 0], 0), weigh_words(pair, [10, 400], 1000)
    assert fresh.weights["truce"] == fresh.weights["ferry"]
    assert later.weights["truce"] < later.weights["ferry"] / 5
    assert weigh_words(words("truce"), [900], 1000) == StoryVector(weights={}, names=frozenset())


def test_a_long_text_is_compared_by_its_heaviest_words() -> None:
    loud = {f"w{number:03}": float(number) for number in range(1, 100)}
    found = weigh_words(words(*loud, loud=loud), [0] * 99, 0)
    assert set(found.weights) == {f"w{number:03}" for number in range(60, 100)}
    assert found.search_words == tuple(f"w{number:03}" for number in range(99, 83, -1))


def test_of_equal_words_the_later_in_the_alphabet_are_kept_and_searched_for() -> None:
    equal = [f"w{number:02}" for number in range(50)]
    found = weigh_words(words("ice", "zinc", *equal, loud={"ice": 3.0, "zinc": 0.5}), [0] * 52, 0)
    assert list(found.weights) == ["ice", *equal[50 - 39 :]]
    assert found.search_words == ("ice", *equal[50 - 15 :])


def test_a_piece_joins_the_story_that_its_words_point_to() -> None:
    ferry, quake = profile(1, vector("linnea", plain="ferry stop")), profile(2, vector("qoda", plain="quake"))
    piece = vector("linnea", plain="ferry")
    found = match_story(piece, [quake, ferry], NOON)
    assert (found.profile, round(found.similarity, 3), found.also) == (ferry, 0.816, ())
    assert match_story(vector("osterhaven"), [quake, ferry], NOON) == StoryChoice(profile=None, similarity=0.0)
    assert match_story(piece, [], NOON) == StoryChoice(profile=None, similarity=0.0)


def test_the_likeliest_comes_first_then_the_oldest_and_stories_kept_apart_never() -> None:
    like = vector("linnea", plain="ferry")
    stories = [profile(3, like), profile(2, like), profile(1, vector("linnea", plain="ferry stop"))]
    found = match_story(like, stories, NOON)
    assert [one.story_id for one in (found.profile, *found.also) if one] == [2, 3, 1]
    found = match_story(like, stories, NOON, apart={2, 3})
    assert found.profile == stories[2]


_PIECES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)


@given(_PIECES, st.lists(st.tuples(_PIECES, st.integers(0, 9)), max_size=6))
def test_looking_at_the_likeliest_alone_finds_what_looking_at_all_finds(piece: list[str], told: list[Any]) -> None:
    text = vector(*piece[:3], plain=" ".join(piece[3:]))
    stories = [
        profile(number, vector(*words[:2], plain=" ".join(words[2:])), at=NOON + timedelta(days=day))
        for number, (words, day) in enumerate(told)
    ]
    likes = [(match_story(text, [one], NOON).similarity, -one.story_id, one) for one in stories]
    fitting = [one for like, _, one in sorted(likes, key=lambda like: like[:2], reverse=True) if like >= JOINS]
    assert match_story(text, stories, NOON) == StoryChoice(
        profile=fitting[0] if fitting else None,
        similarity=max((like for like, _, _ in likes), default=0.0),
        also=tuple(fitting[1:]),
    )


def test_a_story_that_cannot_fit_is_not_looked_at_further() -> None:
    far = profile(1, vector(*"abcdefgh", plain=" ".join("ijklmnopqrstuvwxyz")), at=NOON + timedelta(days=29))
    near = profile(2, vector("linnea"))
    assert compare_to_story(vector("linnea"), far) == 0.0
    found = match_story(vector("a", "linnea"), [far, near], NOON)
    assert (found.profile, found.also, isclose(found.similarity, sqrt(0.5))) == (near, (), True)


def test_other_names_on_both_sides_mean_another_event_of_the_same_kind() -> None:
    bout = profile(1, vector("vladek", "rahm", plain="title bout round champion"))
    same, other, bare = (vector(*names, plain="title bout round champion") for names in (("rahm",), ("tomas",), ()))
    assert compare_to_story(same, bout) > 0.9
    assert compare_to_story(other, bout) == 0.0
    assert compare_to_story(bare, bout) > 0.8  # it names nobody else
    half = vector("vladek", "tomas", plain="title bout round champion")
    assert compare_to_story(half, bout) == pytest.approx(0.417, abs=1e-3)


@pytest.mark.parametrize(
    ("days", "part"),
    [(0, 1.0), (3, 1.0), (-3, 1.0), (7, 0.5), (-7, 0.5), (11, 0.25), (31, 0.0), (None, 1.0)],
)
def test_the_days_between_make_a_likeness_less(days: int | None, part: float) -> None:
    piece = vector("linnea", plain="ferry stop")
    at = None if days is None else NOON + timedelta(days=days)
    assert match_story(piece, [profile(1, piece)], at).similarity == pytest.approx(part)
    assert match_story(piece, [profile(1, piece, at=None)], at).similarity == pytest.approx(1.0)


def test_a_story_grows_by_its_texts_and_is_called_after_the_most_central() -> None:
    first, second, third = vector("a", "b"), vector("a", "c"), vector("a", "c", plain="b")
    found = profile(1, first)
    found, central = add_text(found, second, NOON + timedelta(hours=1))
    assert (found.texts, central, found.central) == (2, False, first.weights)  # of two, both are as central
    found, central = add_text(found, third, NOON - timedelta(hours=1))
    assert (found.texts, central, found.central) == (3, True, third.weights)
    assert found.names == {"a": 3, "b": 1, "c": 2}
    assert (found.since, found.until) == (NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    assert found.search_words == ("a", "b", "c")
    assert add_text(found, third, None)[0].until == found.until


def test_a_story_keeps_its_heaviest_words() -> None:
    found = profile(1, vector(*(f"n{number}" for number in range(40))))
    for start in (40, 80):
        found, _ = add_text(found, vector("n0", *(f"n{number}" for number in range(start, start + 39))), NOON)
    assert len(found.weights) == 96
    assert list(found.weights) == sorted(found.weights, key=found.weights.__getitem__, reverse=True)
    assert set(found.names) == set(found.weights)
    assert found.names["n0"] == 3


def test_a_copy_prolongs_a_story_and_adds_nothing_else() -> None:
    found = profile(1, vector("a"), at=None)
    assert extend_span(found, None) == found
    dated = extend_span(found, NOON)
    assert (dated.since, dated.until, dated.texts) == (NOON, NOON, 1)
    assert extend_span(dated, NOON + timedelta(days=1)).since == NOON


def test_stories_merge_where_they_are_alike_in_words_and_days() -> None:
    kept = profile(1, vector("a", "b", plain="ferry"))
    other = profile(2, vector("a", "b", plain="ice"), at=NOON + timedelta(days=1))
    assert rate_merge(kept, other) == pytest.approx(2 / 3)
    assert rate_merge(kept, profile(2, vector("c", plain="ferry"))) is None
    assert rate_merge(kept, profile(2, vector("a", "b", plain="ice"), at=NOON + timedelta(days=20))) is None
    far = new_profile(2, vector("a", "b", plain="ice"), NOON, apart=[1])
    assert (rate_merge(kept, far), rate_merge(far, kept)) == (None, None)
    found = merge_profiles(kept, other)
    assert (found.story_id, found.texts, found.names, found.central) == (1, 2, {"a": 2, "b": 2}, kept.central)
    assert (found.since, found.until) == (NOON, NOON + timedelta(days=1))
    assert found.weights == pytest.approx({"a": 1.155, "b": 1.155, "ferry": 0.577, "ice": 0.577}, abs=1e-3)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), min_size=1, max_size=8))
def test_a_likeness_lies_between_nothing_and_all(texts: list[list[str]]) -> None:
    found = profile(1, vector(*texts[0]))
    for names in texts[1:]:
        found, _ = add_text(found, vector(*names), NOON)
    for names in texts:
        assert -1e-9 <= compare_to_story(vector(*names), found) <= 1 + 1e-9
    assert found.texts == len(texts)
    assert sum(found.names.values()) == sum(map(len, texts))


@pytest.mark.parametrize(
    ("printed", "sources"),
    [
        ("", 0),
        ("a1 b1 c1 d1", 1),  # one wire
        ("a1 b1 c2", 2),  # a wire and a report
        ("a1 a2 a3", 1),  # one outlet that reports on
        ("a1 b1 a2", 2),  # an outlet that saw the agency's text first, and then wrote its own
        ("a1 a2 b1 b2", 2),
        ("a1 a2 b1 c2", 2),
        ("a1 b1 b2 c2 c3 d1", 3),
        ("d3 d2 c2 c1 b1 a1 a4", 4),
    ],
)
def test_independent_are_as_many_outlets_as_have_a_text_of_their_own(printed: str, sources: int) -> None:
    pairs = [(one[0], int(one[1])) for one in printed.split()]
    assert count_independent_sources(pairs) == count_independent_sources(reversed(pairs)) == sources


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 5)), max_size=12))
def test_no_more_are_independent_than_any_count_of_them_allows(pairs: list[tuple[str, int]]) -> None:
    texts = {outlet: {text for name, text in pairs if name == outlet} for outlet, _ in pairs}
    # Kőnig, 1931: as many as the fewest outlets and texts that have a part in every printing.
    least = min(
        len(chosen) + len(set().union(*(texts[outlet] for outlet in texts.keys() - set(chosen))))
        for size in range(len(texts) + 1)
        for chosen in combinations(texts, size)
    )
    assert count_independent_sources(pairs) == least
