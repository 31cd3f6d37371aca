"""Outcomes and alert intents from what is recalled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.decide import (
    Decision,
    Intent,
    LinkState,
    Recall,
    Rule,
    Stored,
    decide,
    intents,
    link_state,
)
from monitor.model import Article, Match, Moment, Outcome, Precision, Reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def reading(title: str = "Talks resume", *, hash: str = "aa", at: datetime | None = NOON, matches=()) -> Reading:
    published = None if at is None else Moment(
        at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="given"
    )
    article = Article(url="https://a.example/1", identity=None, title=title, lead=None, text="t", published=published)
    return Reading(article=article, content_hash=hash, matches=matches)


def stored(id: int = 7, *, source: str = "one", hash: str = "aa", at: datetime | None = NOON, quiet=False) -> Stored:
    return Stored(
        id=id,
        url=f"https://a.example/{id}",
        source=source,
        revision=1,
        title="Talks resume",
        content_hash=hash,
        published_at=at,
        story_id=3,
        quiet=quiet,
    )


def matched(topic: str, score: float = 0.9) -> Match:
    return Match(topic=topic, score=score, threshold=0.5, matched=score >= 0.5)


def rule(*, per: str = "story", on=("new",), topics=("karabakh",), channels=("desk",)) -> Rule:
    return Rule(name="r", topics=frozenset(topics), channels=channels, per=per, on=frozenset(on))


def test_unknown_text_is_new():
    assert decide(reading(), "one", Recall()) == Decision(outcome=Outcome.NEW)


def test_same_identity_with_same_text_and_title_is_unchanged():
    known = stored()
    assert decide(reading("Talks  resume "), "one", Recall(known=known)) == Decision(
        outcome=Outcome.UNCHANGED, of=known
    )


@pytest.mark.parametrize("later", [reading("Talks collapse"), reading(hash="bb")])
def test_same_identity_with_another_title_or_text_is_a_revision(later):
    known = stored()
    assert decide(later, "one", Recall(known=known)) == Decision(outcome=Outcome.REVISION, of=known)


@pytest.mark.parametrize(
    ("source", "original_at", "at", "outcome"),
    [
        ("two", NOON, NOON + timedelta(hours=72), Outcome.COPY),
        ("two", NOON, NOON + timedelta(hours=73), Outcome.NEW),
        ("two", None, NOON, Outcome.COPY),
        ("two", NOON, None, Outcome.COPY),
        ("one", NOON, NOON + timedelta(hours=3), Outcome.COPY),  # a re-issue of the same day
        ("one", NOON, NOON + timedelta(hours=24), Outcome.NEW),  # a daily bulletin in the same words
    ],
)
def test_same_text_is_a_copy_within_its_window(source, original_at, at, outcome):
    original = stored(at=original_at)
    decision = decide(reading(at=at), source, Recall(same_text=(original,)))
    copy = outcome is Outcome.COPY
    assert decision == Decision(outcome=outcome, of=original if copy else None, similarity=1.0 if copy else None)


def test_a_later_original_in_the_window_is_found_behind_an_earlier_one_out_of_it():
    old, near = stored(1, at=NOON - timedelta(days=30)), stored(2)
    assert decide(reading(), "two", Recall(same_text=(old, near))).of == near


def test_each_channel_of_each_accepting_rule_gets_a_row_for_the_best_topic():
    matches = (matched("karabakh", 0.7), matched("gas", 0.8), matched("oil", 0.2))
    rules = (rule(topics=("karabakh", "gas", "oil"), channels=("desk", "phone")), rule(topics=("oil",)))
    found = intents(
        Decision(outcome=Outcome.NEW), matches, Recall(), rules, quiet=None, story_alerted=frozenset()
    )
    assert found == tuple(
        Intent(rule="r", channel=channel, event="article.matched", topic="gas") for channel in ("desk", "phone")
    )


def test_what_was_there_before_is_held_with_the_reason():
    (found,) = intents(
        Decision(outcome=Outcome.NEW), (matched("karabakh"),), Recall(), (rule(),), quiet="older", story_alerted=frozenset()
    )
    assert found.held == "older"


COPY = Decision(outcome=Outcome.COPY, of=stored(), similarity=1.0)
QUIET_COPY = Decision(outcome=Outcome.COPY, of=stored(quiet=True), similarity=1.0)
ALERTED = frozenset({("r", "desk")})


@pytest.mark.parametrize(
    ("decision", "per", "alerted", "held"),
    [
        (COPY, "story", ALERTED, "same text as https://a.example/7, which alerted already"),
        (COPY, "story", frozenset(), None),  # the original did not alert: nobody knows of it yet
        (QUIET_COPY, "story", frozenset(), "same text as https://a.example/7, which was there before"),
        (COPY, "article", ALERTED, None),
    ],
)
def test_a_copy_stays_quiet_per_story_and_speaks_per_article(decision, per, alerted, held):
    (found,) = intents(
        decision, (matched("karabakh"),), Recall(), (rule(per=per),), quiet=None, story_alerted=alerted
    )
    assert found == Intent(rule="r", channel="desk", event="article.matched", topic="karabakh", held=held)


REVISION = Decision(outcome=Outcome.REVISION, of=stored())
KNOWN = Recall(known=stored(), known_topics=frozenset({"karabakh"}))
UNMATCHED = Recall(known=stored())


@pytest.mark.parametrize(
    ("decision", "recall", "on", "event"),
    [
        (REVISION, KNOWN, ("new", "edit"), "article.edited"),
        (REVISION, KNOWN, ("new",), None),
        (REVISION, UNMATCHED, ("new",), "article.matched"),  # the edit made it match
        (REVISION, UNMATCHED, ("edit",), None),
        (Decision(outcome=Outcome.UNCHANGED, of=stored()), KNOWN, ("new", "edit"), None),
    ],
)
def test_edits_alert_where_asked_for(decision, recall, on, event):
    # quiet speaks of pieces first seen; an edit happens now, whatever the piece's age
    found = intents(decision, (matched("karabakh"),), recall, (rule(on=on),), quiet="older", story_alerted=frozenset())
    assert [intent.event for intent in found] == ([event] if event else [])
    assert all(intent.held is None for intent in found)


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
    assert link_state(outcome, attempts) == state


def test_every_outcome_is_in_the_table_above():
    assert all(link_state(outcome, 1).state in {"done", "refused", "pending", "gone"} for outcome in Outcome)
