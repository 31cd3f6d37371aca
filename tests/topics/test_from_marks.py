"""Marks bear on a profile as weak seeds: they add, push down and move the threshold, and never outweigh the seeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.topic import Mark
from monitor.topics.learning.from_marks import adjust_profile, calibrate_threshold
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed
from monitor.topics.profile import Profile, Term, UserEdits
from monitor.topics.score import match_text

SEEDS = tuple(
    Seed(name=f"{number}.txt", digest=str(number), headline=headline, lead=None, text=text)
    for number, (headline, text) in enumerate(
        [
            ("Peru and Ecuador sign a truce", "Soldiers of Peru and Ecuador left the Condor Valley after the truce."),
            ("Ecuador accuses Peru", "Ecuador said the Condor Valley was shelled by Peru, and the truce broken."),
        ],
        start=1,
    )
)
PROFILE = learn_profile(SEEDS, topic="border")


def mark(number: int, title: str, text: str = "", *, relevant: bool = True) -> Mark:
    return Mark(name=f"{number:04}", relevant=relevant, title=title, lead=None, text=text)


WANTED = (
    mark(1, "Talks in the capital", "The bridge of Marañon was on the table as Peru's President Alan Vargas arrived."),
    mark(2, "A bridge at last", "Engineers look at the Marañon before Peru's President Alan Vargas signs."),
)


def terms(profile: Profile) -> dict[str, float]:
    return {term.term: term.weight for term in profile.terms}


def test_no_marks_change_nothing() -> None:
    assert learn_profile(SEEDS, topic="border", marks=()) == PROFILE
    assert PROFILE.marks == (0, 0)


def test_what_two_wanted_pieces_say_is_added_at_less_than_half_weight() -> None:
    found = learn_profile(SEEDS, topic="border", marks=WANTED)
    added = {term: weight for term, weight in terms(found).items() if term not in terms(PROFILE)}
    assert added["maranon"] == pytest.approx(0.33, abs=0.02)
    assert max(added.values()) < 0.5
    assert found.marks == (2, 0)
    assert {term.seeds for term in found.terms if term.term in added} == {()}
    peru, before = ({group.name: group.aliases for group in p.groups}["Peru"] for p in (found, PROFILE))
    assert set(peru) - set(before) == {"Alan Vargas", "Vargas"}


def test_the_order_of_marks_does_not_matter() -> None:
    assert learn_profile(SEEDS, topic="border", marks=WANTED[::-1]) == learn_profile(
        SEEDS, topic="border", marks=WANTED
    )


def test_one_wanted_piece_is_not_enough() -> None:
    found = learn_profile(SEEDS, topic="border", marks=WANTED[:1])
    assert (terms(found), found.groups) == (terms(PROFILE), PROFILE.groups)


def test_what_unwanted_pieces_say_too_is_not_added() -> None:
    against = tuple(mark(n, f"The Marañon floods town{n}", "Vargas was there.", relevant=False) for n in range(5, 9))
    found = learn_profile(SEEDS, topic="border", marks=(*WANTED, *against))
    assert "maranon" not in terms(found)
    assert found.groups == PROFILE.groups
    assert found.marks == (2, 4)


def test_a_term_sinks_when_more_unwanted_pieces_say_it_than_seeds_and_wanted_ones() -> None:
    def against(count: int) -> tuple[Mark, ...]:
        return tuple(mark(n, f"Condor Valley beats team{n}", relevant=False) for n in range(10, 10 + count))

    weight = terms(PROFILE)["condor"]
    assert terms(adjust_profile(PROFILE, SEEDS, against(4)))["condor"] == weight  # two seeds are worth four marks
    assert terms(adjust_profile(PROFILE, SEEDS, against(6)))["condor"] == round(weight * 5 / 7, 2)
    assert terms(adjust_profile(PROFILE, SEEDS, against(40)))["condor"] == round(weight * 0.5, 2)
    kept = (*against(6), *(mark(n, "Condor Valley truce holds") for n in range(2)))
    assert terms(adjust_profile(PROFILE, SEEDS, kept))["condor"] == weight


def test_a_group_of_the_owners_own_has_no_office_holders() -> None:
    own = replace(PROFILE, groups=tuple(replace(group, name=f"My {group.name}") for group in PROFILE.groups))
    assert adjust_profile(own, SEEDS, WANTED).groups == own.groups


def test_the_threshold_goes_where_the_fewest_marks_are_contradicted() -> None:
    def scored(term: float) -> Profile:
        found = Term(term="condor valley", weight=term, kind="name", seeds=("1.txt",))
        return replace(PROFILE, terms=(found, replace(found, term="lima")), groups=(), conjunctions=(), threshold=0.5)

    profile = scored(0.45)  # a score of .49
    wanted = [mark(n, f"Condor Valley, day {n}") for n in range(4)]
    unwanted = [mark(9 + n, f"Copper of town{n}", relevant=False) for n in range(4)]
    assert match_text("Condor Valley", None, "", profile).score == 0.4857
    assert calibrate_threshold(profile, [*wanted, *unwanted]) == 0.48
    assert calibrate_threshold(profile, wanted[:1] + unwanted[:4]) == 0.5  # too few
    assert (
        calibrate_threshold(profile, wanted[:1] + unwanted + unwanted) == 0.5
    )  # one mark less contradicted is no reason
    assert calibrate_threshold(profile, [*wanted, *wanted]) == 0.5  # of one kind
    assert calibrate_threshold(scored(0.9), [*wanted, *unwanted]) == 0.5  # nothing to mend
    loud = [mark(20 + n, "Lima and the Condor Valley", relevant=False) for n in range(9)]
    assert calibrate_threshold(profile, [*wanted, *loud]) == 0.57  # four missed are fewer than nine false alarms


def test_the_owners_threshold_wins() -> None:
    wished = replace(PROFILE, wishes=UserEdits(threshold=0.7))
    marks = [*WANTED, *(mark(n, f"Peru and Ecuador play ball {n}", relevant=False) for n in range(10, 18))]
    assert learn_profile(SEEDS, topic="border", previous=wished, marks=marks).threshold == 0.7
