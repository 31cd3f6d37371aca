"""Alert intents from decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from recalled_pieces import stored_piece as stored

from monitor.alerting.intents import Intent, Rule, is_copy_reason, plan_alerts
from monitor.model.identity import Decision, Recall, ToldText
from monitor.model.page import Outcome
from monitor.model.topic import Match


def matched(topic: str, score: float = 0.9) -> Match:
    return Match(topic=topic, score=score, threshold=0.5, matched=score >= 0.5)


def rule(*, per: str = "story", on=("new",), topics=("karabakh",), channels=("desk",)) -> Rule:
    return Rule(name="r", topics=frozenset(topics), channels=channels, per=per, on=frozenset(on))


def test_each_channel_of_each_accepting_rule_gets_a_row_for_the_best_topic():
    matches = (matched("karabakh", 0.7), matched("gas", 0.8), matched("oil", 0.2))
    rules = (rule(topics=("karabakh", "gas", "oil"), channels=("desk", "phone")), rule(topics=("oil",)))
    found = plan_alerts(Decision(outcome=Outcome.NEW), matches, Recall(), rules, quiet=None, text_alerted={})
    assert found == tuple(
        Intent(rule="r", channel=channel, event="article.matched", topic="gas") for channel in ("desk", "phone")
    )


def test_what_was_there_before_is_held_with_the_reason():
    (found,) = plan_alerts(
        Decision(outcome=Outcome.NEW),
        (matched("karabakh"),),
        Recall(),
        (rule(),),
        quiet="older",
        text_alerted={},
    )
    assert found.held == "older"


COPY = Decision(outcome=Outcome.COPY, of=stored(), similarity=1.0)
SAID = ToldText(url="https://a.example/7", similarity=1.0, same=True)
QUIET_COPY = Decision(outcome=Outcome.COPY, of=stored(quiet=True), similarity=1.0, before=SAID)
ALERTED = {("r", "desk"): ToldText(url="https://a.example/7", similarity=1.0, same=True)}
NEARLY_ALERTED = {("r", "desk"): ToldText(url="https://a.example/7", similarity=0.934)}
GONE_ALERTED = {("r", "desk"): ToldText(url="https://a.example/7", similarity=None)}
NEARLY = "nearly the same text as https://a.example/7"
NEAR = Decision(outcome=Outcome.NEAR_COPY, of=stored(), similarity=0.934, added=0.5)
LONGER = Decision(outcome=Outcome.NEAR_COPY, of=stored(), similarity=0.934, added=0.51)
NEARLY_SAID = ToldText(url="https://a.example/7", similarity=0.5)
NEAR_SEED = Decision(outcome=Outcome.NEAR_COPY, of=stored(quiet=True), similarity=0.5, before=NEARLY_SAID)


@pytest.mark.parametrize(
    ("decision", "per", "alerted", "held"),
    [
        (COPY, "story", ALERTED, "same text as https://a.example/7, which alerted already"),
        (COPY, "story", {}, None),  # the original did not alert: nobody knows of it yet
        (QUIET_COPY, "story", {}, "same text as https://a.example/7, which was there before"),
        (replace(QUIET_COPY, before=None), "story", {}, None),  # what another site had before is its claim
        (replace(NEAR_SEED, before=None), "story", {}, None),
        (COPY, "article", ALERTED, None),
        (NEAR, "story", NEARLY_ALERTED, f"{NEARLY} (similarity 0.93), which alerted already"),
        (NEAR, "story", GONE_ALERTED, f"{NEARLY}, which alerted already"),
        (NEAR, "story", {}, None),
        (NEAR_SEED, "story", {}, f"{NEARLY} (similarity 0.50), which was there before"),
        (NEAR, "article", ALERTED, None),
        (LONGER, "story", ALERTED, None),  # more than half of it is news
    ],
)
def test_a_copy_stays_quiet_per_story_and_speaks_per_article(decision, per, alerted, held):
    (found,) = plan_alerts(
        decision, (matched("karabakh"),), Recall(), (rule(per=per),), quiet=None, text_alerted=alerted
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
    found = plan_alerts(decision, (matched("karabakh"),), recall, (rule(on=on),), quiet="older", text_alerted={})
    assert [intent.event for intent in found] == ([event] if event else [])
    assert all(intent.held is None for intent in found)


def test_the_full_text_alerts_again_only_where_it_changes_the_verdict() -> None:
    rule = Rule(
        name="desk", topics=frozenset({"a", "b"}), channels=("c",), per="article", on=frozenset({"new", "edit"})
    )
    recall = Recall(known=stored(), known_topics=frozenset({"a"}))
    whole = Decision(outcome=Outcome.REVISION, of=recall.known, completes=True)

    def told(**matched: bool) -> list[tuple[str, str]]:
        matches = tuple(
            Match(topic=name, score=0.9, threshold=0.5, matched=matched, evidence=())
            for name, matched in matched.items()
        )
        found = plan_alerts(whole, matches, recall, [rule], quiet=None, text_alerted={})
        return [(intent.event, intent.topic) for intent in found]

    assert told(a=True) == []
    assert told(a=True, b=True) == []
    assert told(a=False) == [("article.edited", "a")]
    assert told(a=False, b=True) == [("article.edited", "b")]


def test_why_a_copy_is_held_is_told_from_other_reasons() -> None:
    reasons = [
        "same text as https://gull.example/1, which alerted already",
        "nearly the same text as https://gull.example/1 (similarity 0.53), which was there before",
        "a person muted story 1",
        "it was there when the source was added",
        "",
    ]
    assert [is_copy_reason(reason) for reason in reasons] == [True, True, False, False, False]
