"""Outcomes from what is recalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from recalled_pieces import NOON
from recalled_pieces import read_piece as reading
from recalled_pieces import stored_piece as stored

from monitor.identity.decide import decide_identity, find_story_constraints
from monitor.model.identity import (
    Decision,
    NearArticle,
    Recall,
    Signature,
    StoredArticle,
    StoryConstraints,
    ToldText,
    Version,
)
from monitor.model.page import ANNOUNCED, Outcome, Reading
from monitor.model.source import NAMELESS
from monitor.pipeline.ingest.settle import LinkState, decide_link_state

ABOUT = Signature(sketch=tuple(range(100, 200)), numbers=frozenset())
NIGHT = datetime(2026, 3, 2, 23, 20, tzinfo=UTC)


def test_unknown_text_is_new():
    assert decide_identity(reading(), "one", Recall()) == Decision(outcome=Outcome.NEW)


def test_same_identity_with_same_text_and_title_is_unchanged():
    known = stored()
    assert decide_identity(reading("Talks  resume "), "one", Recall(known=known)) == Decision(
        outcome=Outcome.UNCHANGED, of=known
    )


@pytest.mark.parametrize("later", [reading("Talks collapse"), reading(hash="bb")])
def test_same_identity_with_another_title_or_text_is_a_revision(later):
    known = stored()
    assert decide_identity(later, "one", Recall(known=known)) == Decision(outcome=Outcome.REVISION, of=known)


@pytest.mark.parametrize(
    ("source", "original_at", "at", "outcome"),
    [
        ("two", NOON, NOON + timedelta(hours=72), Outcome.COPY),
        ("two", NOON, NOON + timedelta(hours=73), Outcome.NEW),
        ("two", None, NOON, Outcome.COPY),
        ("two", NOON, None, Outcome.COPY),
        ("one", NOON, NOON + timedelta(hours=3), Outcome.COPY),  # a re-issue of the same day
        ("one", NOON, NOON + timedelta(hours=24), Outcome.NEW),  # a daily bulletin in the same words
        ("one", NIGHT, NIGHT + timedelta(minutes=50), Outcome.COPY),  # a re-issue after midnight
        ("one", NIGHT + timedelta(minutes=50), NIGHT, Outcome.COPY),
        ("one", NIGHT, NIGHT + timedelta(hours=12), Outcome.NEW),
    ],
)
def test_same_text_is_a_copy_within_its_window(source, original_at, at, outcome):
    original = stored(at=original_at)
    decision = decide_identity(reading(at=at), source, Recall(same_text=(original,)))
    copy = outcome is Outcome.COPY
    assert decision == Decision(
        outcome=outcome,
        of=original if copy else None,
        similarity=1.0 if copy else None,
    )


def test_documents_of_nobody_are_each_an_outlet_of_their_own():
    original = stored(at=NOON, source=NAMELESS, quiet=True)
    found = decide_identity(reading(at=NOON + timedelta(hours=24)), NAMELESS, Recall(same_text=(original,)))
    assert found == Decision(outcome=Outcome.COPY, of=original, similarity=1.0)
    like = near(1, signature(0, 100), source=NAMELESS, quiet=True)  # two fifths of it: not enough within one outlet
    copied = decide_identity(reading(), NAMELESS, Recall(signature=signature(58, 158), near=(like,)))
    assert (copied.outcome, copied.similarity, copied.before) == (Outcome.NEAR_COPY, 0.42, None)


def test_a_later_original_in_the_window_is_found_behind_an_earlier_one_out_of_it():
    old, near = stored(1, at=NOON - timedelta(days=30)), stored(2)
    assert decide_identity(reading(), "two", Recall(same_text=(old, near))).of == near


def signature(first: int, last: int, *numbers: str) -> Signature:
    return Signature(sketch=tuple(range(first, last)), numbers=frozenset(numbers))


def near(id: int, like: Signature, *, of: StoredArticle | None = None, **changes) -> NearArticle:
    article = stored(id, hash="bb", **changes)
    return NearArticle(article=article, original=of or article, signature=like)


@pytest.mark.parametrize(
    ("source", "like", "outcome"),
    [
        ("two", signature(62, 162), Outcome.NEAR_COPY),  # 38 of 100 shared
        ("two", signature(63, 163), Outcome.NEW),
        ("one", signature(50, 150), Outcome.NEAR_COPY),  # within one outlet half must be shared
        ("one", signature(51, 151), Outcome.NEW),
        ("two", signature(0, 100, "1", "2", "3", "4"), Outcome.NEAR_COPY),  # half of the numbers
        ("two", signature(0, 100, "1", "3", "4", "5"), Outcome.NEW),
    ],
)
def test_a_near_copy_shares_enough_text_and_numbers(source, like, outcome):
    found = near(7, like)
    recall = Recall(signature=signature(0, 100, "1", "2", "6", "7"), near=(found,))
    decision = decide_identity(reading(), source, recall)
    assert decision.outcome is outcome
    assert decision.of == (found.original if outcome is Outcome.NEAR_COPY else None)


@pytest.mark.parametrize(
    ("source", "opening", "outcome"),
    [
        ("one", range(17, 27), Outcome.NEAR_COPY),
        ("one", range(18, 28), Outcome.NEW),  # the same background under other news
        ("two", range(18, 28), Outcome.NEAR_COPY),  # outlets write leads of their own over an agency's text
    ],
)
def test_within_an_outlet_a_near_copy_opens_alike(source, opening, outcome):
    earlier = Signature(sketch=(*range(20), *range(30, 100)), numbers=frozenset())
    recall = Recall(signature=replace(signature(0, 100), opening=frozenset(opening)), near=(near(7, earlier),))
    assert decide_identity(reading(), source, recall).outcome is outcome


@pytest.mark.parametrize(
    ("source", "original_at", "at", "outcome"),
    [
        ("two", NOON, NOON + timedelta(hours=72), Outcome.NEAR_COPY),
        ("two", NOON, NOON + timedelta(hours=73), Outcome.NEW),
        ("two", None, NOON, Outcome.NEAR_COPY),
        ("one", NOON, NOON + timedelta(hours=3), Outcome.NEAR_COPY),
        ("one", NOON, NOON + timedelta(hours=24), Outcome.NEW),
        ("one", NIGHT, NIGHT + timedelta(minutes=50), Outcome.NEAR_COPY),
    ],
)
def test_a_near_copy_falls_into_the_window_of_a_copy(source, original_at, at, outcome):
    recall = Recall(signature=signature(0, 100), near=(near(7, signature(0, 100), at=original_at),))
    assert decide_identity(reading(at=at), source, recall).outcome is outcome


def test_a_near_copy_of_a_copy_names_the_original_if_both_are_in_the_window():
    first = stored(1, source="two")
    recall = Recall(signature=signature(0, 100), near=(near(7, signature(20, 120), of=first, source="three"),))
    assert decide_identity(reading(), "four", recall) == Decision(
        outcome=Outcome.NEAR_COPY, of=first, similarity=0.8, added=pytest.approx(0.2)
    )
    assert decide_identity(reading(at=NOON + timedelta(hours=24)), "two", recall).outcome is Outcome.NEW


@pytest.mark.parametrize(
    ("source", "quiet", "its", "before"),
    [
        ("one", True, signature(20, 120), ToldText(url="https://a.example/7", similarity=0.8)),
        ("one", False, signature(20, 120), None),  # the copy itself was not there before, whatever its original was
        ("two", True, signature(20, 120), None),  # what another outlet had before is its claim
        ("one", True, signature(0, 50), ToldText(url="https://a.example/7", similarity=1.0)),
        ("one", True, signature(0, 49), None),  # more than half of the piece is in no text that was there before
    ],
)
def test_only_a_text_that_says_it_all_was_there_before(source, quiet, its, before):
    first = stored(1, source="one", quiet=True)
    recall = Recall(signature=signature(0, 100), near=(near(7, its, of=first, source=source, quiet=quiet),))
    assert decide_identity(reading(), "one", recall).before == before


def test_an_equal_text_was_there_before_where_it_was_and_is_ones_own():
    quiet = stored(quiet=True)
    said = ToldText(url="https://a.example/7", similarity=1.0, same=True)
    assert decide_identity(reading(), "one", Recall(same_text=(quiet,))).before == said
    assert decide_identity(reading(), "two", Recall(same_text=(quiet,))).before is None


def test_the_likest_original_wins_and_of_equals_the_oldest():
    like, less = signature(10, 110), signature(30, 130)
    recall = Recall(signature=signature(0, 100), near=(near(3, less), near(9, like), near(5, like)))
    assert decide_identity(reading(), "two", recall).of == stored(5, hash="bb")


@pytest.mark.parametrize("recall", [
    Recall(same_text=(stored(),)),
    Recall(signature=signature(0, 100), near=(near(7, signature(0, 100)),)),
])  # fmt: skip
def test_a_correction_by_reversed_headline_is_new_whatever_its_text(recall):
    assert decide_identity(reading("Talks not to resume"), "one", recall) == Decision(outcome=Outcome.NEW)


@pytest.mark.parametrize(
    ("outcome", "attempts", "state"),
    [
        *((o, 1, LinkState(state="done")) for o in (
            Outcome.NEW, Outcome.REVISION, Outcome.UNCHANGED, Outcome.COPY, Outcome.NEAR_COPY
        )),
        *((o, 1, LinkState(state="refused")) for o in (
            Outcome.PAYWALL, Outcome.NOT_ARTICLE, Outcome.TOO_LARGE, Outcome.REFUSED
        )),
        *((o, 5, LinkState(state="pending", again=True)) for o in (
            Outcome.BLOCKED, Outcome.CONSENT, Outcome.NO_TEXT, Outcome.FAILED
        )),
        (Outcome.GONE, 2, LinkState(state="pending", again=True)),
        (Outcome.GONE, 3, LinkState(state="gone")),
    ],
)  # fmt: skip
def test_every_outcome_leads_to_one_state_of_the_ledger(outcome, attempts, state):
    assert decide_link_state(outcome, attempts) == state


def test_every_outcome_is_in_the_table_above():
    assert all(decide_link_state(outcome, 1).state in {"done", "refused", "pending", "gone"} for outcome in Outcome)


def test_a_reversed_headline_over_a_like_text_corrects_the_latest_such_piece():
    same, like = stored(7), replace(stored(8, source="two"), title="Talks do not resume", story_id=4)
    recall = Recall(
        same_text=(same,), signature=ABOUT, near=(NearArticle(article=like, original=like, signature=ABOUT),)
    )
    assert find_story_constraints(reading("Talks not resume"), "one", recall) == StoryConstraints(corrects=same)
    assert find_story_constraints(reading("Talks resume"), "one", recall) == StoryConstraints(corrects=like)
    assert find_story_constraints(reading("Talks collapse"), "one", recall) == StoryConstraints()
    late = reading("Talks not resume", at=NOON + timedelta(hours=73))
    assert find_story_constraints(late, "three", recall) == StoryConstraints()


def test_an_outlets_like_text_of_another_day_is_another_story():
    near = NearArticle(article=stored(8), original=stored(8), signature=ABOUT)
    recall = Recall(same_text=(replace(stored(7), story_id=4),), signature=ABOUT, near=(near,))
    later = reading(at=NOON + timedelta(days=1))
    assert find_story_constraints(later, "one", recall) == StoryConstraints(apart=frozenset({3, 4}))
    assert find_story_constraints(later, "two", recall) == StoryConstraints()
    assert find_story_constraints(reading(at=NOON + timedelta(hours=12)), "one", recall) == StoryConstraints(
        apart=frozenset({3, 4})
    )
    assert (
        find_story_constraints(reading(at=NOON + timedelta(hours=11, minutes=59)), "one", recall) == StoryConstraints()
    )
    assert find_story_constraints(reading(at=None), "one", recall) == StoryConstraints()
    unlike = replace(recall, signature=replace(ABOUT, sketch=tuple(range(500, 600))), same_text=())
    assert find_story_constraints(later, "one", unlike) == StoryConstraints()
    assert find_story_constraints(later, "one", Recall()) == StoryConstraints()


ANNOUNCED_RUNGS = {"text": ANNOUNCED}


def announced(text: str = "t", hash: str = "bb") -> Reading:
    found = reading(hash=hash)
    return replace(found, article=replace(found.article, text=text, rungs=ANNOUNCED_RUNGS))


def test_the_page_of_an_announced_piece_completes_it_even_with_the_same_words() -> None:
    before = Version(title="Talks resume", lead=None, text="t")
    recall = Recall(known=stored(hash="aa"), before=before, read_by=("", ANNOUNCED))
    found = decide_identity(reading(hash="aa"), "one", recall)
    assert (found.outcome, found.completes, found.of) == (Outcome.REVISION, True, recall.known)


PART = "The port said on Monday that ferries will leave at dawn with 40 cars."
REST = "The mayor of Leith opposed the plan in a vote last week, which was lost."


@pytest.mark.parametrize(
    ("text", "cut", "complete", "completes"),
    [
        (f"{PART}\n\n{REST}", True, "yes", True),
        (f"{PART}\n\n{REST}", True, "unknown", True),
        (f"{PART}\n\n{REST}", True, "no", False),  # still a part of it: what came may be the outlet's
        (f"{PART}\n\n{REST}", False, "yes", False),
        (f"{PART.replace('40', '60')}\n\n{REST}", True, "yes", False),  # something was reworded too
        (REST, True, "yes", False),  # nothing of the part stands there
    ],
)
def test_the_whole_of_what_was_read_in_part_completes_it(text: str, cut: bool, complete: str, completes: bool) -> None:
    before = Version(title="Talks resume", lead=None, text=PART)
    recall = Recall(known=stored(hash="aa"), before=before, cut=cut)
    whole = reading(hash="bb")
    found = decide_identity(replace(whole, article=replace(whole.article, text=text, complete=complete)), "one", recall)
    assert (found.outcome, found.completes, found.edit is not None) == (Outcome.REVISION, completes, True)


def test_an_announcement_never_takes_the_place_of_a_page_that_was_read() -> None:
    recall = Recall(known=stored(hash="aa"), before=Version(title="x", lead=None, text="y"), read_by=("", "generic"))
    found = decide_identity(announced(), "one", recall)
    assert (found.outcome, found.reason) == (Outcome.UNCHANGED, "its page was read before")


def test_what_an_announcement_says_anew_is_a_revision() -> None:
    recall = Recall(known=stored(hash="aa"), before=None, read_by=("", ANNOUNCED))
    assert decide_identity(announced(), "one", recall) == Decision(outcome=Outcome.REVISION, of=recall.known)
