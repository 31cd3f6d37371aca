"""What a person said is laid over what was learned."""

from __future__ import annotations

from dataclasses import replace

from monitor.topics.profile import NAME, WORD, Conjunction, Group, Profile, Term, UserEdits
from monitor.topics.user_edits import apply_user_edits

LEARNED = Profile(
    topic="t",
    threshold=0.5,
    hash="h",
    seeds=("1", "2"),
    terms=(Term(term="condor valley", weight=1.0, kind=NAME, seeds=("1", "2")),),
    groups=(
        Group(name="Peru", weight=0.5, aliases=("Peru", "Lima", "Ana Quispe"), seeds=("1",)),
        Group(name="Ecuador", weight=0.6, aliases=("Ecuador",), seeds=("1",)),
    ),
    conjunctions=(Conjunction(groups=("Ecuador", "Peru"), weight=0.8, seeds=("1",)),),
    schema=(("headline", 2),),
)


def test_without_a_previous_profile_nothing_changes() -> None:
    assert apply_user_edits(LEARNED, None) == LEARNED


def test_pinned_terms_keep_their_weight_and_lost_seeds_are_forgotten() -> None:
    before = replace(
        LEARNED,
        terms=(
            Term(term="condor valley", weight=0.3, kind=NAME, seeds=("1",)),
            Term(term="shelling", weight=0.4, kind=WORD, seeds=("gone",)),
        ),
        wishes=UserEdits(pin=("Condor Valley", "shelling", "never there")),
    )
    assert apply_user_edits(LEARNED, before).terms == (
        Term(term="shelling", weight=0.4, kind=WORD, seeds=()),
        Term(term="condor valley", weight=0.3, kind=NAME, seeds=("1", "2")),
    )


def test_added_names_pairs_and_bans() -> None:
    wishes = UserEdits(
        ban=("lima", "shelling"),
        add=(("Condor Valley", 0.9), ("Shelling", 0.5), ("blue heights", 0.7)),
        names=(("Peru", ("Peru", "Piru")), ("Chile", ("Santiago",))),
        together=(("Peru", "Chile"), ("Ecuador", "Peru"), ("Peru", "Atlantis")),
        threshold=0.4,
    )
    got = apply_user_edits(LEARNED, replace(LEARNED, wishes=wishes))
    assert got == replace(
        LEARNED,
        threshold=0.4,
        terms=(
            Term(term="condor valley", weight=0.9, kind=NAME, seeds=("1", "2")),
            Term(term="blue heights", weight=0.7, kind=NAME, seeds=()),
        ),
        groups=(
            Group(name="Peru", weight=0.5, aliases=("Peru", "Ana Quispe", "Piru"), seeds=("1",)),
            Group(name="Ecuador", weight=0.6, aliases=("Ecuador",), seeds=("1",)),
            Group(name="Chile", weight=0.5, aliases=("Chile", "Santiago"), seeds=()),
        ),
        conjunctions=(
            Conjunction(groups=("Ecuador", "Peru"), weight=1.0, seeds=("1",)),
            Conjunction(groups=("Peru", "Chile"), weight=1.0, seeds=()),
        ),
        wishes=wishes,
    )
    assert apply_user_edits(got, got) == got
