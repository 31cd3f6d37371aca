"""What has come up beside a topic is proposed; what everybody says, and what the profile has, is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.topics.learning.emerging_terms import (
    MATCHED,
    NAMED,
    OTHER,
    ArchivePiece,
    EmergingReport,
    EmergingTerm,
    classify_match,
    count_recent,
    find_emerging_terms,
    report_emerging_terms,
)
from monitor.topics.profile import NAME, WORD, Conjunction, Group, Profile, Term, UserEdits
from monitor.topics.score import match_text

PROFILE = Profile(
    topic="border",
    threshold=0.5,
    hash="1",
    seeds=("1",),
    terms=(
        Term(term="condor valley", weight=1.0, kind=NAME, seeds=("1",)),
        Term(term="shelling", weight=0.4, kind=WORD, seeds=("1",)),
    ),
    groups=(
        Group(name="Ecuador", weight=0.6, aliases=("Ecuador", "Quito"), seeds=("1",)),
        Group(name="Peru", weight=0.5, aliases=("Peru", "Lima"), seeds=("1",)),
    ),
    conjunctions=(Conjunction(groups=("Ecuador", "Peru"), weight=1.0, seeds=("1",)),),
    schema=(),
)
NEW = (
    "Envoys of Ecuador and Peru met about the Marañon link on Monday",
    "Quito sees the Marañon link as a chance for both sides and Lima agrees",
    "Lima and Quito will build the Marañon link, the ministers told reporters",
    "A bank lends money for the Marañon link that Peru wants with Ecuador",
)


def piece(number: int, text: str, day: str, kind: str = MATCHED) -> ArchivePiece:
    return ArchivePiece(name=f"{number:04}", day=day, title=f"Report {number}", lead=None, text=text, standing=kind)


def others(count: int, text: str = "Copper rises on the market of place{}", first: int = 1000) -> list[ArchivePiece]:
    return [piece(first + n, text.format(n), "2026-02-10", OTHER) for n in range(count)]


def recent(titles: tuple[str, ...] = NEW, kind: str = MATCHED) -> list[ArchivePiece]:
    return [piece(n, title, f"2026-02-{10 + n}", kind) for n, title in enumerate(titles)]


def test_a_name_that_came_up_is_proposed_with_where_it_stands() -> None:
    earlier = [piece(500 + n, f"Ecuador and Peru talk about fish and report {n}", "2026-01-02") for n in range(9)]
    found = find_emerging_terms([*recent(), *others(60), *earlier], PROFILE, since="2026-02-01")
    assert found == (
        EmergingTerm(
            term="maranon",
            weight=0.6,
            matched=4,
            named=0,
            other=0,
            before=0,
            pieces=("0003", "0002", "0001", "0000"),
        ),
    )


def test_pieces_that_only_name_the_topic_count_as_its_own() -> None:
    named = [replace(one, standing=NAMED) for one in recent()]
    matched = [piece(90 + n, f"Ecuador and Peru met in place{n}", "2026-02-09") for n in range(3)]
    (found,) = find_emerging_terms([*named, *matched, *others(60)], PROFILE, since="2026-02-01")
    assert (found.term, found.weight, found.matched, found.named) == ("maranon", 0.6, 0, 4)


MEETINGS = [piece(3000 + n, f"Ecuador and Peru met in place{n}", "2026-02-09") for n in range(90)]


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        others(60),
        recent(NEW[:2]),  # fewer pieces than three
        [replace(one, day="2026-02-10") for one in recent()],  # one day's event
        [replace(one, standing=NAMED) for one in recent()],  # nothing matched at all
        [*recent(), *others(60, "The Marañon link of place{} is open", 2000)],  # everybody's
        [*recent(), *MEETINGS, *others(5, "The Marañon link, place{}", 2000)],  # a larger share of the others
        [*recent(), *[replace(one, name=f"9{one.name}", day="2026-01-02") for one in recent()]],  # an old acquaintance
    ],
)
def test_what_is_not_proposed(pieces: list[ArchivePiece]) -> None:
    assert find_emerging_terms([*pieces, *others(60)], PROFILE, since="2026-02-01") == ()


def test_what_the_owner_banned_is_not_proposed_again() -> None:
    banned = replace(PROFILE, wishes=UserEdits(ban=("Marañon",)))
    assert find_emerging_terms([*recent(), *others(60)], banned, since="2026-02-01") == ()


def test_a_word_helps_and_carries_nothing_and_everyday_words_are_left_out() -> None:
    titles = tuple(title.replace("Marañon link", "situation at the armistice") for title in NEW)
    (found,) = find_emerging_terms([*recent(titles), *others(60)], PROFILE, since="2026-02-01")
    assert (found.term, found.weight) == ("armistice", 0.3)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ecuador and Peru sign", MATCHED),
        ("Ecuador sells bananas", NAMED),
        ("Heavy shelling", OTHER),
        ("Copper rises", OTHER),
    ],
)
def test_how_a_piece_stands_to_the_topic(title: str, expected: str) -> None:
    assert classify_match(match_text(title, None, "", PROFILE), PROFILE) == expected


def test_a_report_counts_the_pieces_of_its_days() -> None:
    old = [piece(500, "Ecuador and Peru talk about fish", "2026-01-02")]
    found = report_emerging_terms([*recent(), *others(60), *old], PROFILE, days=30)
    assert (found.since, found.until) == ("2026-01-15", "2026-02-13")
    assert (found.matched, found.named, found.other) == (4, 0, 60)
    assert [(term.term, term.matched, term.other) for term in found.terms] == [("maranon", 4, 0)]
    assert found.reason is None
    assert count_recent([*recent(), *others(60), *old], days=30) == replace(found, terms=())


@pytest.mark.parametrize(
    ("matched", "said"),
    [
        (0, "no piece matched from 2026-01-12 to 2026-02-10"),
        (1, "1 piece matched from 2026-01-12 to 2026-02-10"),
        (2, "2 pieces matched from 2026-01-13 to 2026-02-11"),
    ],
)
def test_too_few_matched_pieces_are_said_so(matched: int, said: str) -> None:
    pieces = [*recent(NEW[:matched]), *recent(NEW[matched:], NAMED)[:1], *others(60)]
    found = report_emerging_terms(pieces, PROFILE, days=30)
    assert (found.matched, found.other, found.terms) == (matched, 60, ())
    assert found.reason == f"{said}; of fewer than 3 nothing can be told from chance"


def test_a_report_on_nothing_says_so() -> None:
    found = report_emerging_terms([], PROFILE, days=30)
    assert found == EmergingReport(
        since=None, until=None, matched=0, named=0, other=0, reason="no piece is stored to look at", terms=()
    )
