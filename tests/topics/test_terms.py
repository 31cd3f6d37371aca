"""Weighing words and phrases against English in general."""

from __future__ import annotations

import pytest

from monitor.text.words.languages.word_rarity import measure_rarity
from monitor.topics.learning.distinct_sentences import collect_distinct_sentences
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.learning.terms import choose_terms
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import NAME, WORD, Term

NOBODY = Phrases([])


def seed(name: str, text: str) -> Seed:
    parsed = parse_seed(text, name=name, digest=name)
    assert parsed is not None
    return parsed


def learned(*texts: str, places: tuple[str, ...] = (), least: int = 2, names: Phrases = NOBODY) -> tuple[Term, ...]:
    heard, _ = collect_distinct_sentences([seed(str(i), text) for i, text in enumerate(texts)])
    return choose_terms(heard, names, least=least, places=places)


def test_surprise_is_decades_below_function_words() -> None:
    assert measure_rarity(["the"]) == 0.0
    assert measure_rarity(["zzxqv"]) == 4.0
    assert 0 < measure_rarity(["conflict", "conflicts"]) < measure_rarity(["conflicts"]) < 4


def test_names_lead_words_and_inflections_meet() -> None:
    one = "Report\nToday Lower Strelsau saw peacekeepers. Then Strelsau slept under an escalation."
    two = "Notes\nAgain in Lower Strelsau peacekeeping failed. They left Strelsau on Friday with its minister."
    assert learned(one, two) == (
        Term(term="strelsau", weight=1.0, kind=NAME, seeds=("0", "1")),
        Term(term="peacekeepers", weight=0.37, kind=WORD, seeds=("0", "1")),
    )


def test_a_torn_name_and_a_part_that_never_stands_alone_are_no_terms() -> None:
    one = "Report\nThe mess in Upper Zenda today grew. It was in the mess in Upper Zenda that all began."
    two = "Notes\nHe saw a mess in Upper Zenda. Nobody liked Upper Zenda."
    assert [t.term for t in learned(one, two)] == ["upper zenda", "mess"]


def test_a_phrase_of_words_counts_where_its_ends_tell() -> None:
    one = "Report\nA coral reef bleaching alarm rang. Some coral died."
    two = "Notes\nA coral reef bleaching alarm is on. Old coral lives."
    assert [(t.term, t.kind) for t in learned(one, two)] == [
        ("coral reef bleaching", WORD),
        ("reef bleaching alarm", WORD),
        ("coral", WORD),
    ]


def test_other_countries_places_and_offices_are_left_out() -> None:
    one, two = "Report\nIn Minsk The spokeswoman spoke.", "Notes\nFrom Minsk at The spokeswoman came."
    assert learned(one, two, places=("minsk",)) == ()


def test_names_of_groups_are_left_out() -> None:
    one, two = "Report\nMany in Zenda wept for Ruritania.", "Notes\nOld Zenda hates Ruritania."
    found = learned(one, two, names=Phrases([("Ruritania", "g")], names=["g"]))
    assert [t.term for t in found] == ["zenda"]


@pytest.mark.parametrize(("least", "expected"), [(1, ["gondola"]), (2, [])])
def test_one_seed_is_a_start(least: int, expected: list[str]) -> None:
    assert [t.term for t in learned("Friday\nOne gondola, said he.", least=least)] == expected
