"""What a reading is (new, revision, copy …) and whom it alerts: pure decisions over what the store recalls.

It must not read the store or a clock. Requirements: one outcome per page; no matching article without an alert
row per rule and channel – pending, or held with its reason; two days' reports are never merged on likeness alone,
nor is a correction with its mistake (SOURCES.md, last section). What it will miss: a paraphrase counts as new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core import headline, rung
from monitor.core.edits import Edit, Version
from monitor.core.edits import compare as edited
from monitor.core.nearcopy import Likeness, Signature, compare, reverses
from monitor.core.policy import Policy
from monitor.model import Match, Outcome, Reading

# An agency text reprinted later than this is taken for a report of its own: 72 h is the window in which
# equal text meant a reprint on the 60 adversarial wire pairs (MATCHING.md, "Near-duplicates").
COPY_WINDOW = timedelta(hours=72)

# An outlet's reports of two days are this far apart. Of 2,500 real headlines at TASS those that came again, all of them
# bulletins, did so after 23.75 hours and more; re-issues come within the hour (SOURCES.md, last section, 1 and 2).
DAYS_APART = timedelta(hours=12)

# Containment from which two texts are one report: on 2,191 labelled documents .35, .38, .40 and .45 give F1 .981,
# .984, .984 and .974; .45 was best on hand-judged reprints (MATCHING.md).
NEAR = 0.4
# Within one outlet, where what its pages repeat is shared as well until it is known: .5 lifts F1 on raw pages from
# .956 to .959 and costs nothing on clean ones; .6 costs .002.
NEAR_OWN = 0.5
# There a report that opens otherwise is another one with the same background (SOURCES.md, last section, 4). Costs
# F1 .001 on clean pages and gains .002 on raw ones; asked of every outlet it would cost .04, for leads get rewritten.
OPENING_OWN = 0.3
# "Half of the numbers shared" lifts precision on adversarial wire pairs from .49 to .78 (MATCHING.md).
SHARED_NUMBERS = 0.5
# A near-copy of which more than this is not in the original tells much that nobody was told: it speaks.
ADDED = 0.5

# Returns to an earlier text that make revisions. One is an outlet that takes an edit back; two more show that it
# swings, as behind caches or tests of headlines; beyond that nobody learns anything from further rows.
SWINGS = 3
# Below this share of the earlier words, and of the headline's, a page of fewer words than `NOTICE` is not the piece.
REPLACED = 0.2
NOTICE = 80  # the longest wall's own text (core/refusal.py)
_TRIVIAL = "only spaces, clocks, counters or links to other pieces changed"

# An edit is taken for the extractor's own only while the text stays the same piece: more than half of it stands there
# still, and it is less than twice as long. A flash that grew into a report is news, whatever read it.
_SAME_PIECE, _GROWN = 0.5, 2.0
_READ_OTHERWISE = "the page was read another way than before: whole passages came or went, none was reworded"

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
class Near:
    """An article with a text to compare, and the `original` it copies: itself where it copies none."""

    article: Stored
    original: Stored
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A revision by what tells it from others; `repeats` an earlier one, where it went back to its text."""

    number: int
    title: str
    content_hash: str
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One read of the store: the article of the same identity, and those that hold the same or a like text."""

    known: Stored | None = None
    known_topics: frozenset[str] = frozenset()  # topics that matched the known article, or told of it
    before: Version | None = None  # the known article's text as it stands
    read_by: tuple[str, str] = ("", "")  # the extractor and the rung that gave it
    texts: tuple[Text, ...] = ()  # every text the known article has had, first to last
    same_text: tuple[Stored, ...] = ()  # oldest first, never copies themselves
    signature: Signature | None = None  # of the text at hand, without what its outlet repeats
    near: tuple[Near, ...] = ()  # whose texts may be much the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome, and the article it is a revision or a copy of.

    `edit` is what a revision changed, `repeats` the earlier revision whose text it has again; `reason` why a text that
    is not the stored one counts as unchanged. `ours` says that the extractor made it, not the outlet. `similarity` is
    the containment of the smaller text in the larger, for a near-copy of a copy the likeness to that copy; `added` the
    part of this text that the other has not.
    """

    outcome: Outcome
    of: Stored | None = None
    similarity: float | None = None
    added: float = 0.0
    edit: Edit | None = None
    repeats: int | None = None
    swings: bool = False  # it went back to an earlier text before
    ours: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """What a piece that is no copy owes to texts like its own.

    `corrects` is the article whose headline it reverses: both are one story. `apart` are stories it never joins: its
    outlet printed much the same text on another day, and a daily bulletin is every day's own news.
    """

    corrects: Stored | None = None
    apart: frozenset[int] = frozenset()


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
    """Identity ladder, cheapest rung first: same identity, same text, much the same text, else new (DESIGN.md)."""
    if recall.known is not None:
        return _revision(reading, recall.known, recall)
    for original in recall.same_text:
        if _may_copy(original, reading, source):
            return Decision(outcome=Outcome.COPY, of=original, similarity=1.0)
    return _near_copy(reading, source, recall) or Decision(outcome=Outcome.NEW)


def _revision(reading: Reading, known: Stored, recall: Recall) -> Decision:
    """What a text that a known article has now is to it: the same, as good as the same, or a revision."""
    title = _plain(reading.article.title)
    if (known.content_hash, _plain(known.title)) == (reading.content_hash, title):
        return Decision(outcome=Outcome.UNCHANGED, of=known)
    if recall.before is None:
        return Decision(outcome=Outcome.REVISION, of=known)
    article = reading.article
    edit = edited(recall.before, Version(title=article.title, lead=article.lead, text=article.text))
    if _replaced(edit, recall.before.title, article.title, article.text):
        reason = f"another page stands at the address of {known.url}: {article.title!r}"
        return Decision(outcome=Outcome.NOT_ARTICLE, of=known, edit=edit, reason=reason)
    if edit.trivial:
        return Decision(outcome=Outcome.UNCHANGED, of=known, edit=edit, reason=_TRIVIAL)
    here = (reading.content_hash, title)
    same = (text.number for text in recall.texts if (text.content_hash, _plain(text.title)) == here)
    repeats = next(same, None)
    returns = sum(text.repeats is not None for text in recall.texts)
    if repeats is not None and returns >= SWINGS:
        reason = f"it swings between texts it has had: that of revision {repeats} again"
        return Decision(outcome=Outcome.UNCHANGED, of=known, edit=edit, repeats=repeats, swings=True, reason=reason)
    return Decision(
        outcome=Outcome.REVISION,
        of=known,
        edit=edit,
        repeats=repeats,
        swings=repeats is not None and returns > 0,
        ours=_read_otherwise(reading, recall, recall.before, edit),
    )


def _read_otherwise(reading: Reading, recall: Recall, before: Version, edit: Edit) -> bool:
    """Whether an edit is likelier ours than the outlet's: another extractor, or no template where one read the page.

    That adds and drops whole passages – a caption, a prompt, a list – and rewords none. Between the generic rungs
    nothing is concluded: they change with the page. What it will miss: a passage added in the very interval in which
    the extractor changed; it is stored, and its alert is held with the reason.
    """
    extractor, its = recall.read_by
    other = extractor != reading.extractor
    if not other and (rung.number(its) is None or its == reading.article.rungs.get("text")):
        return False
    grown = len(reading.article.text) > _GROWN * len(before.text)
    return edit.whole and edit.kept >= _SAME_PIECE and not grown


def _replaced(edit: Edit, before: str, title: str, text: str) -> bool:
    """Whether a page has nothing of the piece: a notice, a maintenance or front page in its place, no edit of it.

    A retraction says that it is one, and a long text may be an outlet that starts its report anew.
    """
    if edit.retracted or edit.kept >= REPLACED or len(text.split()) >= NOTICE:
        return False
    return headline.likeness(before, title) < REPLACED


def _plain(title: str) -> str:
    return " ".join(title.split())


def _near_copy(reading: Reading, source: str, recall: Recall) -> Decision | None:
    """The likest article this may be a near-copy of, the oldest of equals; None where there is none."""
    if recall.signature is None:
        return None
    found: list[tuple[float, int, Decision]] = []
    for near in recall.near:
        like = compare(recall.signature, near.signature)
        if not _alike(like, own=near.article.source == source):
            continue
        if all(_may_copy(stored, reading, source) for stored in (near.article, near.original)):
            copy = Decision(outcome=Outcome.NEAR_COPY, of=near.original, similarity=like.similarity, added=like.added)
            found.append((like.similarity, -near.article.id, copy))
    return max(found, key=lambda one: one[:2])[2] if found else None


def kin(reading: Reading, source: str, recall: Recall) -> Kin:
    """How a piece stands to the stories of texts that are like its own but which it does not copy."""
    alike = list(recall.same_text)
    if recall.signature is not None:
        alike += [
            near.article
            for near in recall.near
            if _alike(compare(recall.signature, near.signature), own=near.article.source == source)
        ]
    at = reading.article.published.at if reading.article.published else None
    corrected, apart = [], set()
    for stored in alike:
        if _other_day(stored, source, at):
            apart.add(stored.story_id)
        elif reverses(reading.article.title, stored.title) and _in_window(stored, at):
            corrected.append(stored)
    return Kin(corrects=max(corrected, key=lambda one: one.id, default=None), apart=frozenset(apart))


def _alike(like: Likeness, *, own: bool) -> bool:
    """Whether two texts are one report; `own` where one outlet printed both."""
    if own and (like.similarity < NEAR_OWN or like.opening < OPENING_OWN):
        return False
    return like.similarity >= NEAR and like.numbers >= SHARED_NUMBERS


def _may_copy(original: Stored, reading: Reading, source: str) -> bool:
    """Whether a like text may be a copy of `original` by its dates and headline."""
    if reverses(reading.article.title, original.title):
        return False
    at = reading.article.published.at if reading.article.published else None
    return not _other_day(original, source, at) and _in_window(original, at)


def _other_day(original: Stored, source: str, at: datetime | None) -> bool:
    """Whether one outlet printed both on different days: its daily bulletin in the same words is that day's news.

    Midnight alone parts nothing: what is issued at 23:20 may be issued again at 0:10.
    """
    if at is None or original.published_at is None or original.source != source:
        return False
    return original.published_at.date() != at.date() and abs(at - original.published_at) >= DAYS_APART


def _in_window(original: Stored, at: datetime | None) -> bool:
    """Whether two texts came within the window of copies; without a date there is no window to fall out of."""
    return at is None or original.published_at is None or abs(at - original.published_at) <= COPY_WINDOW


def intents(
    decision: Decision,
    matches: Iterable[Match],
    recall: Recall,
    rules: Iterable[Rule],
    *,
    quiet: str | None,
    text_alerted: frozenset[tuple[str, str]],
) -> tuple[Intent, ...]:
    """The alert rows of one decided page.

    `quiet`: why a piece first seen must not alert (it is a seed, or older than the watch), None where it may.
    `text_alerted` holds the (rule, channel) pairs that have an alert of the text it copies already.
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
        topic = max(topics, key=lambda match: (match.score, match.topic)).topic
        event = _event(decision, rule, recall)
        if event is None:
            continue
        for channel in rule.channels:
            if event == "article.matched":
                held = _held(decision, rule, quiet=quiet, alerted=(rule.name, channel) in text_alerted)
            else:
                held = _held_edit(decision)
            found.append(Intent(rule=rule.name, channel=channel, event=event, topic=topic, held=held))
    return tuple(found)


def _event(decision: Decision, rule: Rule, recall: Recall) -> str | None:
    if decision.outcome is Outcome.UNCHANGED:
        return None
    if decision.outcome is not Outcome.REVISION or not (rule.topics & recall.known_topics):
        return "article.matched" if "new" in rule.on else None
    if decision.edit is not None and decision.edit.retracted and "retracted" in rule.on:
        return "article.retracted"
    return "article.edited" if "edit" in rule.on else None


def _held_edit(decision: Decision) -> str | None:
    """Why an edit is noted and not told."""
    edit = decision.edit
    if decision.swings:
        return f"it swings between texts it has had: that of revision {decision.repeats} again"
    if decision.ours:
        return _READ_OTHERWISE
    return None if edit is None or edit.substance else f"no edit of substance: {', '.join(edit.kinds)}"


def _held(decision: Decision, rule: Rule, *, quiet: str | None, alerted: bool) -> str | None:
    if quiet is not None and decision.outcome is not Outcome.REVISION:  # an edit happens now, whatever its age
        return quiet
    if decision.outcome not in (Outcome.COPY, Outcome.NEAR_COPY) or rule.per != "story" or decision.of is None:
        return None
    if decision.added > ADDED:
        return None
    same = f"same text as {decision.of.url}"
    if decision.outcome is Outcome.NEAR_COPY:
        same = f"nearly the same text as {decision.of.url} (similarity {decision.similarity:.2f})"
    if alerted:
        return f"{same}, which alerted already"
    return f"{same}, which was there before" if decision.of.quiet else None


def link_state(outcome: Outcome, attempts: int) -> LinkState:
    """The ledger's verdict after `attempts` tries, this one included."""
    if outcome in _RETRIED:
        return LinkState(state="pending", again=True)
    if outcome is Outcome.GONE:
        again = attempts < _TRIES_FOR_GONE
        return LinkState(state="pending" if again else "gone", again=again)
    return LinkState(state="refused" if outcome in _REFUSED else "done")
