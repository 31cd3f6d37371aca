"""What decisions make of an edit: told, held, or no revision at all; texts that swing; a text that leaves its topic."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.alerting.intents import Intent, Rule, plan_alerts
from monitor.identity.decide import decide_identity
from monitor.identity.edits import compare_versions
from monitor.model.identity import Decision, Edit, Recall, RevisionText, StoredArticle, ToldText, Version
from monitor.model.page import Article, Outcome, Reading
from monitor.model.topic import Match

TITLE = "Ferry link to reopen"
A = "The ferry will leave at dawn on Monday with 40 cars, the port said."
B = A.replace("40", "60")
MINOR = A.replace("will leave", "is to leave")
TAKEN_BACK = f"{A}\n\nThis story has been withdrawn."
RULE = Rule(
    name="desk",
    topics=frozenset({"strait"}),
    channels=("hook",),
    per="story",
    on=frozenset({"new", "edit", "retracted"}),
)

ALERTED = {("desk", "hook"): ToldText(url="urn:x", similarity=1.0, same=True)}


def reading(text: str, title: str = TITLE, *, score: float = 0.9) -> Reading:
    match = Match(topic="strait", score=score, threshold=0.5, matched=score >= 0.5)
    article = Article(url="https://a.example/1", identity=None, title=title, lead=None, text=text)
    return Reading(article=article, content_hash=text, matches=(match,))


def recall(text: str, *texts: tuple[str, int | None], topics: frozenset[str] = frozenset({"strait"})) -> Recall:
    """An article that has `text` now and had `texts`, each with the number of the one it repeated."""
    known = StoredArticle(
        id=7,
        url="https://a.example/1",
        source="one",
        revision=max(1, len(texts)),
        title=TITLE,
        content_hash=text,
        published_at=None,
        story_id=3,
        quiet=False,
    )
    had = tuple(
        RevisionText(number=number, title=TITLE, content_hash=old, repeats=repeats)
        for number, (old, repeats) in enumerate(texts or ((text, None),), start=1)
    )
    before = Version(title=TITLE, lead=None, text=text)
    return Recall(known=known, known_topics=topics, before=before, texts=had)


def edit(before: str, after: str) -> Edit:
    return compare_versions(*(Version(title=TITLE, lead=None, text=text) for text in (before, after)))


def test_a_revision_says_what_changed() -> None:
    known = recall(A)
    assert decide_identity(reading(B), "one", known) == Decision(
        outcome=Outcome.REVISION, of=known.known, edit=edit(A, B)
    )


def test_a_trivial_change_is_no_revision_and_says_so() -> None:
    known = recall(A)
    later = f"{A}\n\n14:30"
    assert decide_identity(reading(later), "one", known) == Decision(
        outcome=Outcome.UNCHANGED,
        of=known.known,
        edit=edit(A, later),
        reason="only spaces, clocks, counters or links to other pieces changed",
    )


HAD = ((A, None), (B, None))
BACK = (*HAD, (A, 1))


@pytest.mark.parametrize(
    ("now", "had", "later", "outcome", "repeats", "swings"),
    [
        (B, HAD, A, Outcome.REVISION, 1, False),  # an edit taken back is told
        (A, BACK, B, Outcome.REVISION, 2, True),  # and once more is a swing: noted, not told
        (A, BACK, MINOR, Outcome.REVISION, None, False),  # a text of its own never is
        (A, (*BACK, (B, 2), (A, 1)), B, Outcome.UNCHANGED, 2, True),  # three returns are enough rows
    ],
)
def test_texts_that_swing(now: str, had: Any, later: str, outcome: Outcome, repeats: int, swings: bool) -> None:
    found = decide_identity(reading(later), "one", recall(now, *had))
    assert (found.outcome, found.repeats, found.swings) == (outcome, repeats, swings)
    held = [intent.held for intent in told(found)]
    if outcome is Outcome.UNCHANGED:
        assert (found.reason, held) == ("it swings between texts it has had: that of revision 2 again", [])
    elif swings:
        assert held == [f"it swings between texts it has had: that of revision {repeats} again"]


def told(decision: Decision, *, score: float = 0.9, rule: Rule = RULE, known: Recall | None = None) -> list[Intent]:
    matches = (Match(topic="strait", score=score, threshold=0.5, matched=score >= 0.5),)
    return list(
        plan_alerts(
            decision,
            matches,
            known or recall(A),
            (rule,),
            quiet=None,
            text_alerted=ALERTED,
        )
    )


def revision(before: str, after: str) -> Decision:
    return Decision(outcome=Outcome.REVISION, of=recall(A).known, edit=edit(before, after))


@pytest.mark.parametrize(
    ("after", "event", "held"),
    [
        (B, "article.edited", None),
        (MINOR, "article.edited", "no edit of substance: minor"),
        (TAKEN_BACK, "article.retracted", None),
    ],
)
def test_substance_is_told_and_wording_held_with_its_reason(after: str, event: str, held: str | None) -> None:
    assert told(revision(A, after)) == [Intent(rule="desk", channel="hook", event=event, topic="strait", held=held)]


def test_a_retraction_is_an_edit_to_those_who_did_not_ask_for_retractions() -> None:
    edits = Rule(name="desk", topics=RULE.topics, channels=("hook",), per="story", on=frozenset({"edit"}))
    only = Rule(name="desk", topics=RULE.topics, channels=("hook",), per="story", on=frozenset({"retracted"}))
    assert [intent.event for intent in told(revision(A, TAKEN_BACK), rule=edits)] == ["article.edited"]
    assert [intent.event for intent in told(revision(A, TAKEN_BACK), rule=only)] == ["article.retracted"]
    assert told(revision(A, B), rule=only) == []


def test_an_edit_that_leaves_the_topic_is_told_to_those_who_were_told_of_the_piece() -> None:
    left = revision(A, TAKEN_BACK)
    assert [intent.event for intent in told(left, score=0.1)] == ["article.retracted"]
    assert told(left, score=0.1, known=recall(A, topics=frozenset())) == []


@pytest.mark.parametrize(
    ("title", "text", "outcome"),
    [
        (
            "We will be back soon",
            "Our pages are being worked on. Please try again in a few minutes.",
            Outcome.NOT_ARTICLE,
        ),
        ("We will be back soon", "This story has been withdrawn.", Outcome.REVISION),  # it says what became of it
        ("Ferry link is to reopen", "Our pages are being worked on.", Outcome.REVISION),  # the headline is still there
        ("We will be back soon", A, Outcome.REVISION),  # the text is
        ("We will be back soon", "A report written anew, in many words, has its own. " * 9, Outcome.REVISION),
    ],
)
def test_another_page_in_the_place_of_a_piece_is_no_edit_of_it(title: str, text: str, outcome: Outcome) -> None:
    found = decide_identity(reading(text, title), "one", recall(A))
    assert found.outcome is outcome
    if outcome is Outcome.NOT_ARTICLE:
        assert found.reason == f"another page stands at the address of https://a.example/1: {title!r}"


WHOLE = f"{A}\n\nA boat with a red hull lay at the quay beside it."
GROWN = "\n\n".join([A, *(f"Passage {word} was not there at all before." for word in ("one", "two", "six"))])


@pytest.mark.parametrize(
    ("now", "extractor", "before", "after", "ours"),
    [
        (WHOLE, "old", "trafilatura", "trafilatura", True),
        (WHOLE, "new", "template 7", "trafilatura", True),
        (WHOLE, "new", "template 7", "template 7", False),
        (WHOLE, "new", "trafilatura", "json-ld", False),  # the generic rungs change with the page
        (B, "old", "template 7", "trafilatura", False),  # no extractor rewords
        (TAKEN_BACK, "old", "template 7", "trafilatura", False),  # nor says such a thing
        (f"{A}\n\nCorrection: an earlier version gave a wrong date.", "old", "", "", False),
        (GROWN, "old", "template 7", "trafilatura", False),  # a flash that became a report
    ],
)
def test_whole_passages_are_ours_where_the_page_was_read_another_way(
    now: str, extractor: str, before: str, after: str, ours: bool
) -> None:
    known = replace(recall(A), read_by=(extractor, before))
    later = reading(now)
    later = replace(later, extractor="new", article=replace(later.article, rungs={"text": after}))
    decision = decide_identity(later, "one", known)
    assert (decision.outcome, decision.ours) == (Outcome.REVISION, ours)
    held = [intent.held for intent in plan_alerts(decision, later.matches, known, [RULE], quiet=None, text_alerted={})]
    assert any("another way" in (why or "") for why in held) is ours
