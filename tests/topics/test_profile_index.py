"""Many profiles at once give the verdicts of each alone, but for near misses far from any."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.topic import Match
from monitor.topics.profile import NAME, WORD, Conjunction, Group, Profile, Term, UserEdits
from monitor.topics.profile_index import ProfileIndex, choose_required_units
from monitor.topics.score import bound_score, compile_once, match_text
from monitor.topics.tokenized_text import position_weight, tokenize_text

PERU = Group(name="Peru", weight=0.5, aliases=("Peru", "Peruvian", "Lima", "Fujimori"), seeds=("1",))
ECUADOR = Group(name="Ecuador", weight=0.6, aliases=("Ecuador", "Ecuadorian", "Quito", "Fujimori"), seeds=("1",))
RUSSIA = Group(name="Russia", weight=0.15, aliases=("Russia", "Moscow"), seeds=("1",))
BORDER = Profile(
    topic="border",
    threshold=0.5,
    hash="1",
    seeds=("1",),
    terms=(
        Term(term="condor valley", weight=1.0, kind=NAME, seeds=("1",)),
        Term(term="cenepa", weight=0.5, kind=NAME, seeds=("1",)),
        Term(term="shelling", weight=0.4, kind=WORD, seeds=("1",)),
        Term(term="truce", weight=0.2, kind=WORD, seeds=("1",)),
        Term(term="truce talks", weight=0.2, kind=WORD, seeds=("1",)),
    ),
    groups=(ECUADOR, PERU, RUSSIA),
    conjunctions=(Conjunction(groups=("Ecuador", "Peru"), weight=1.0, seeds=("1",)),),
    schema=(),
)
WORDS = replace(
    BORDER, topic="words", terms=(Term(term="quinoa", weight=1.0, kind=WORD, seeds=("1",)),), groups=(), conjunctions=()
)
BANNED = replace(BORDER, topic="banned", wishes=UserEdits(ban=("Fudjimori", "Лима")))
KINDS = (
    BORDER,
    WORDS,
    BANNED,
    replace(BORDER, topic="strict", threshold=0.93),
    replace(BORDER, topic="easy", threshold=0.1),
)
MANY = tuple(replace(KINDS[i % len(KINDS)], topic=f"{KINDS[i % len(KINDS)].topic} {i}") for i in range(20))
SAID = """
    Peru Lima Peruvian Ecuador Quito Фуджимори Fudjimori Лиме Moscow Russia Brazil Chile Bolivia truce truces shelling
    shelled condor Condor valley Valley Cenepa quinoa Quinoa talks trucetalks peru football uefa the of . , and 日本
"""
TEXT = st.lists(st.sampled_from(SAID.split()), max_size=14).map(" ".join)


def nothing(profile: Profile) -> Match:
    return Match(topic=profile.topic, score=0.0, threshold=profile.threshold, matched=False)


def verdicts(title: str, lead: str | None, text: str, profiles: tuple[Profile, ...]) -> tuple[Match, ...]:
    """What the index says of every profile, in their order; what it does not name scores 0."""
    found = ProfileIndex(profiles).match_relevant(tokenize_text(title, lead, text))
    return tuple(found.get(number, nothing(profile)) for number, profile in enumerate(profiles))


def test_required_atoms() -> None:
    """One of a pair is enough to look for; a country beside no other and words beside no name prove nothing."""
    assert choose_required_units(compile_once(BORDER)) == {"t:condor valley", "t:cenepa", "g:Ecuador", "t:shelling"}
    assert choose_required_units(compile_once(WORDS)) == {"t:quinoa"}
    assert choose_required_units(compile_once(replace(BORDER, threshold=0.1))) > choose_required_units(
        compile_once(BORDER)
    )


@settings(deadline=None)
@given(TEXT, TEXT | st.none(), TEXT, st.sampled_from([0, 120, 300]))
def test_many_profiles_match_as_each_alone(title: str, lead: str | None, text: str, before: int) -> None:
    text = "filler " * before + text
    alone = [match_text(title, lead, text, profile) for profile in MANY]
    got = verdicts(title, lead, text, MANY)
    assert [m for m in got if m.matched] == [m for m in alone if m.matched]
    assert all(m in (one, nothing(profile)) for m, one, profile in zip(got, alone, MANY, strict=True))


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
def test_no_score_exceeds_the_reach_of_what_is_named(title: str, lead: str, text: str) -> None:
    for profile in KINDS:
        ready = compile_once(profile)
        units: dict[str, float] = {}
        for part in tokenize_text(title, lead, text).parts:
            for hit in ready.phrases.find(part.text, part.words):
                units[hit.unit] = max(units.get(hit.unit, 0.0), position_weight(part.name, hit.first))
        assert match_text(title, lead, text, profile).score <= bound_score(ready, units)


def test_of_many_profiles_too_one_whose_score_just_reaches_its_threshold_matches() -> None:
    score = match_text("Ecuador and Peru", None, "", BORDER).score
    just = tuple(replace(BORDER, topic=str(i), threshold=score) for i in range(20))
    assert [m.matched for m in verdicts("Ecuador and Peru", None, "", just)] == [True] * 20


def test_the_nearest_miss_is_explained() -> None:
    strict = tuple(replace(BORDER, topic=str(i), threshold=0.5 + i / 1000) for i in range(20))
    got = verdicts("Quito is dry", None, "", strict)
    assert [m.topic for m in got if m.score] == ["0"]
    assert got[0].missing == ("Peru (beside Ecuador)",)


def test_a_word_too_few_beside_no_name_is_not_scored() -> None:
    got = verdicts("Shelling", None, "", MANY)
    assert [m.score for m in got if not m.topic.startswith("easy")] == [0.0] * 16


def test_two_spellings_of_one_name_count_once() -> None:
    alone = [match_text("Ecuador, Quito and Peru", None, "", profile) for profile in MANY]
    assert verdicts("Ecuador, Quito and Peru", None, "", MANY) == tuple(alone)


def test_what_is_far_below_the_threshold_is_not_scored() -> None:
    far = tuple(replace(BORDER, topic=str(i), threshold=0.99) for i in range(20))
    assert {m.score for m in verdicts("", None, "filler " * 300 + "Cenepa", far)} == {0.0}


def test_no_profiles() -> None:
    assert verdicts("Quito", None, "", ()) == ()


def test_a_memory_of_words_that_overflows_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.topics.profile_index._REMEMBERED", 1)
    atoms = ProfileIndex(MANY)
    text = tokenize_text("Shelling in the Condor Valley", None, "Ecuador and Peru signed a truce.")
    found = atoms.match_relevant(text)
    assert found == atoms.match_relevant(text) == ProfileIndex(MANY).match_relevant(text) != {}
