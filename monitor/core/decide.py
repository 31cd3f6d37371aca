"""What a reading is (new, revision, copy …) and whom it alerts: pure decisions over what the store recalls.

It must not read the store or a clock. Requirements: one outcome per page; no matching article without an alert
row per rule and channel – pending, or held with its reason; two days' reports are never merged on equal text
alone (SOURCES.md, last section). What it will miss: near-copies, which differ by a word, count as new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Match, Outcome, Reading

# An agency text reprinted later than this is taken for a report of its own: 72 h is the window in which
# equal text meant a reprint on the 60 adversarial wire pairs (MATCHING.md, "Near-duplicates").
COPY_WINDOW = timedelta(hours=72)

# A freshly announced address that answers 404 is often an outlet's cache lagging behind its feed.
_TRIES_FOR_GONE = 3
_RETRIED = frozenset({Outcome.BLOCKED, Outcome.CONSENT, Outcome.NO_TEXT, Outcome.FAILED})
_REFUSED = frozenset({Outcome.PAYWALL, Outcome.NOT_ARTICLE, Outcome.TOO_LARGE, Outcome.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store remembers of an article, as far as decisions need it."""

    id: int
    url: str
    source: str
    revision: int
    title: str
    content_hash: str
    published_at: datetime | None
    story_id: int
    quiet: bool  # baseline or backlog: it was there before anybody asked to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One read of the store: the article of the same identity, and the originals that hold the same text."""

    known: Stored | None = None
    known_topics: frozenset[str] = frozenset()  # topics the known article's last revision matched
    same_text: tuple[Stored, ...] = ()  # oldest first, never copies themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome, and the article it is a revision or a copy of."""

    outcome: Outcome
    of: Stored | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One `[alerts.NAME]` as decisions need it."""

    name: str
    topics: frozenset[str]
    channels: tuple[str, ...]
    per: str
    on: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One alert row to be: for one channel, pending, or held back with a reason."""

    rule: str
    channel: str
    event: str
    topic: str
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What the ledger says of a link after an outcome; `again` asks for another try on the retry ladder."""

    state: str
    again: bool = False


def decide(reading: Reading, source: str, recall: Recall) -> Decision:
    """Identity ladder, cheapest rung first: same identity, same text, else new (DESIGN.md)."""
    if recall.known is not None:
        same = recall.known.content_hash == reading.content_hash and " ".join(
            recall.known.title.split()
        ) == " ".join(reading.article.title.split())
        return Decision(outcome=Outcome.UNCHANGED if same else Outcome.REVISION, of=recall.known)
    published = reading.article.published
    for original in recall.same_text:
        if _is_copy(original, source, published.at if published else None):
            return Decision(outcome=Outcome.COPY, of=original, similarity=1.0)
    return Decision(outcome=Outcome.NEW)


def _is_copy(original: Stored, source: str, published: datetime | None) -> bool:
    if published is None or original.published_at is None:
        return True  # without a date there is no window to fall out of
    if original.source == source and original.published_at.date() != published.date():
        return False  # an outlet's daily bulletin in the same words is another day's news
    return abs(published - original.published_at) <= COPY_WINDOW


def intents(
    decision: Decision,
    matches: Iterable[Match],
    recall: Recall,
    rules: Iterable[Rule],
    *,
    quiet: str | None,
    story_alerted: frozenset[tuple[str, str]],
) -> tuple[Intent, ...]:
    """The alert rows of one decided page.

    `quiet`: why a piece first seen must not alert (it is a seed, or older than the watch), None where it may.
    `story_alerted` holds the (rule, channel) pairs that have an alert of this story already.
    """
    accepted = {match.topic: match for match in matches if match.matched}
    found: list[Intent] = []
    for rule in rules:
        topics = [accepted[name] for name in rule.topics if name in accepted]
        if not topics:
            continue
        topic = max(topics, key=lambda match: (match.score, match.topic)).topic
        event = _event(decision, rule, recall)
        if event is None:
            continue
        for channel in rule.channels:
            held = None
            if event == "article.matched":
                held = _held(decision, rule, quiet=quiet, alerted=(rule.name, channel) in story_alerted)
            found.append(Intent(rule=rule.name, channel=channel, event=event, topic=topic, held=held))
    return tuple(found)


def _event(decision: Decision, rule: Rule, recall: Recall) -> str | None:
    if decision.outcome is Outcome.UNCHANGED:
        return None
    if decision.outcome is not Outcome.REVISION or not (rule.topics & recall.known_topics):
        return "article.matched" if "new" in rule.on else None
    return "article.edited" if "edit" in rule.on else None


def _held(decision: Decision, rule: Rule, *, quiet: str | None, alerted: bool) -> str | None:
    if quiet is not None and decision.outcome is not Outcome.REVISION:  # an edit happens now, whatever its age
        return quiet
    if decision.outcome is Outcome.COPY and rule.per == "story" and decision.of is not None:
        if alerted:
            return f"same text as {decision.of.url}, which alerted already"
        if decision.of.quiet:
            return f"same text as {decision.of.url}, which was there before"
    return None


def link_state(outcome: Outcome, attempts: int) -> LinkState:
    """The ledger's verdict after `attempts` tries, this one included."""
    if outcome in _RETRIED:
        return LinkState(state="pending", again=True)
    if outcome is Outcome.GONE:
        again = attempts < _TRIES_FOR_GONE
        return LinkState(state="pending" if again else "gone", again=again)
    return LinkState(state="refused" if outcome in _REFUSED else "done")
