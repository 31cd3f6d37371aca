"""Decides which alert rules a stored piece concerns and what each says of it; it must not store or send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.model.alert import Policy
from monitor.model.identity import ADDED, READ_OTHERWISE, Decision, Recall, ToldText
from monitor.model.page import Outcome
from monitor.model.topic import Match

# How the reasons begin for which a copy is held.
_SAME, _NEARLY = "same text as", "nearly the same text as"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One `[alerts.NAME]` as decisions need it."""

    name: str
    topics: frozenset[str]
    channels: tuple[str, ...]
    per: str
    on: frozenset[str]
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One alert row to be: for one channel, pending, or held back with a reason.

    `later`: the rule is not told of such an event at once, its report has it.
    """

    rule: str
    channel: str
    event: str
    topic: str
    held: str | None = None
    later: bool = False


def plan_alerts(
    decision: Decision,
    matches: Iterable[Match],
    recall: Recall,
    rules: Iterable[Rule],
    *,
    quiet: str | None,
    text_alerted: Mapping[tuple[str, str], ToldText],
    beside: Decision | None = None,
) -> tuple[Intent, ...]:
    """The alert rows of one decided page.

    `beside`: what a revision is beside other pieces, where it may be a rule's first match. `quiet`: why a piece first
    seen must not alert (it is a seed, or older than the watch), None where it may.
    `text_alerted`: by (rule, channel), the text that was told already and says what the piece says.
    """
    told = {match.topic: match for match in matches}
    accepted = {name: match for name, match in told.items() if match.matched}
    # An edit after which a piece no longer speaks of the topic is told to those who were told of the piece.
    left = recall.known_topics & told.keys() if decision.outcome is Outcome.REVISION else frozenset()
    found: list[Intent] = []
    for rule in rules:
        topics = [accepted[name] for name in rule.topics if name in accepted]
        topics = topics or [told[name] for name in rule.topics & left]
        if not topics:
            continue
        if decision.completes and not _is_taken_back(decision) and rule.topics & recall.known_topics & accepted.keys():
            continue  # it was told by what its endpoint said of it, and the page says nothing else
        topic = max(topics, key=lambda match: (match.score, match.topic)).topic
        wanted = _event(decision, rule, recall)
        if wanted is None:
            continue
        event, later = wanted
        for channel in rule.channels:
            if event == "article.matched":
                quiet_now = None if decision.outcome is Outcome.REVISION else quiet  # an edit happens now, at any age
                held = _held(beside or decision, rule, quiet=quiet_now, told=text_alerted.get((rule.name, channel)))
            else:
                held = _held_edit(decision)
            found.append(Intent(rule=rule.name, channel=channel, event=event, topic=topic, held=held, later=later))
    return tuple(found)


def _event(decision: Decision, rule: Rule, recall: Recall) -> tuple[str, bool] | None:
    """What the rule is told, and whether only its report tells it."""
    if decision.outcome is Outcome.UNCHANGED:
        return None
    if decision.outcome is not Outcome.REVISION or not (rule.topics & recall.known_topics):
        return _wanted(rule, ("new", "article.matched"))
    if _is_taken_back(decision):
        return _wanted(rule, ("retracted", "article.retracted"), ("edit", "article.edited"))
    return _wanted(rule, ("edit", "article.edited"))


def _is_taken_back(decision: Decision) -> bool:
    return decision.edit is not None and decision.edit.retracted


def _wanted(rule: Rule, *events: tuple[str, str]) -> tuple[str, bool] | None:
    """The first of these (name in `on`, event) that a rule is told of at once; else the first, for its report."""
    for name, event in events:
        if name in rule.on:
            return event, False
    return None if rule.policy.report is None else (events[0][1], True)


def _held_edit(decision: Decision) -> str | None:
    """Why an edit is noted and not told."""
    edit = decision.edit
    if decision.swings:
        return f"it swings between texts it has had: that of revision {decision.repeats} again"
    if decision.ours:
        return READ_OTHERWISE
    return None if edit is None or edit.substance else f"no edit of substance: {', '.join(edit.kinds)}"


def _held(decision: Decision, rule: Rule, *, quiet: str | None, told: ToldText | None) -> str | None:
    if quiet is not None:
        return quiet
    if decision.outcome not in (Outcome.COPY, Outcome.NEAR_COPY) or rule.per != "story" or decision.of is None:
        return None
    if decision.added > ADDED:
        return None
    if told is not None:
        return f"{_same_as(told)}, which alerted already"
    # What another site says was there before is its claim: only what alerted, or this outlet's own, counts (DESIGN.md).
    return f"{_same_as(decision.before)}, which was there before" if decision.before is not None else None


def is_copy_reason(reason: str) -> bool:
    """Whether an alert was held because another text says the same."""
    return reason.startswith((_SAME, _NEARLY))


def _same_as(text: ToldText) -> str:
    if text.same:
        return f"{_SAME} {text.url}"
    return f"{_NEARLY} {text.url}" + ("" if text.similarity is None else f" (similarity {text.similarity:.2f})")
