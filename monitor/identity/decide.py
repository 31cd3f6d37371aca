"""What a reading is (new, revision, copy …) and whom it alerts: pure decisions over what the store recalls.

It must not read the store or a clock. Requirements: one outcome per page; no matching article without an alert
row per rule and channel – pending, or held with its reason; two days' reports are never merged on likeness alone,
nor is a correction with its mistake (SOURCES.md, last section). What it will miss: a paraphrase counts as new.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.identity.edits import compare_versions
from monitor.model.identity import ADDED, Decision, Edit, Recall, StoredArticle, StoryConstraints, ToldText, Version
from monitor.model.page import ANNOUNCED, Outcome, Reading
from monitor.model.source import NAMELESS
from monitor.model.template import parse_template_rung
from monitor.text.near_duplicates import Likeness, compare_signatures, is_reversed_headline
from monitor.text.title_likeness import compare_titles

# An agency text reprinted later than this is taken for a report of its own: 72 h is the window in which
# equal text meant a reprint on the 60 adversarial wire pairs (MATCHING.md, "Near-duplicates").
COPY_WINDOW = timedelta(hours=72)

# An outlet's reports of two days are this far apart. Of 2,500 real headlines at TASS those that came again, all of them
# bulletins, did so after 23.75 hours and more; re-issues come within the hour (SOURCES.md, last section, 1 and 2).
DAYS_APART = timedelta(hours=12)

# Containment from which two texts are one report: on 2,191 labelled documents .35, .38, .40 and .45 gave F1 .981,
# .984, .984 and .974 when words were runs of letters; with the words of topics .38 gives .984 and .40 .983.
# .45 was best on hand-judged reprints (MATCHING.md).
NEAR = 0.38
# Within one outlet, where what its pages repeat is shared as well until it is known: .5 lifts F1 on raw pages from
# .956 to .959 and costs nothing on clean ones; .6 costs .002.
NEAR_OWN = 0.5
# There a report that opens otherwise is another one with the same background (SOURCES.md, last section, 4). Costs
# F1 .001 on clean pages and gains .002 on raw ones; asked of every outlet it would cost .04, for leads get rewritten.
OPENING_OWN = 0.3
# "Half of the numbers shared" lifts precision on adversarial wire pairs from .49 to .78 (MATCHING.md).
SHARED_NUMBERS = 0.5

# Returns to an earlier text that make revisions. One is an outlet that takes an edit back; two more show that it
# swings, as behind caches or tests of headlines; beyond that nobody learns anything from further rows.
SWINGS = 3
# Below this share of the earlier words, and of the headline's, a page of fewer words than `NOTICE` is not the piece.
REPLACED = 0.2
NOTICE = 80  # the longest wall's own text (extraction/rejections.py)
_TRIVIAL = "only spaces, clocks, counters or links to other pieces changed"

# An edit is taken for the extractor's own only while the text stays the same piece: more than half of it stands there
# still, and it is less than twice as long. A flash that grew into a report is news, whatever read it.
_SAME_PIECE, _GROWN = 0.5, 2.0
# Of the words of a part that was read before, so many must stand in the whole: a link to the next page goes.
_PART_KEPT = 0.8


def decide_identity(reading: Reading, source: str, recall: Recall) -> Decision:
    """Identity ladder, cheapest rung first: same identity, same text, much the same text, else new (DESIGN.md)."""
    if recall.known is not None:
        return _revision(reading, recall.known, recall)
    return decide_likeness(reading, source, recall)


def decide_likeness(reading: Reading, source: str, recall: Recall) -> Decision:
    """What a text is beside those of other pieces, whether its own is known or not: a copy, a near-copy or new."""
    for original in recall.same_text:
        if _may_copy(original, reading, source):
            before = ToldText(url=original.url, similarity=1.0, same=True) if _was_before(original, source) else None
            return Decision(outcome=Outcome.COPY, of=original, similarity=1.0, before=before)
    return _near_copy(reading, source, recall) or Decision(outcome=Outcome.NEW)


def _revision(reading: Reading, known: StoredArticle, recall: Recall) -> Decision:
    """What a text that a known article has now is to it: the same, as good as the same, or a revision."""
    announced = reading.article.rungs.get("text") == ANNOUNCED
    only_announced = recall.read_by[1] == ANNOUNCED
    if announced and not only_announced:
        return Decision(outcome=Outcome.UNCHANGED, of=known, reason="its page was read before")
    if only_announced and not announced and recall.before is not None:
        whole = Version(title=reading.article.title, lead=reading.article.lead, text=reading.article.text)
        edit = compare_versions(recall.before, whole, reading.article.language)
        return Decision(outcome=Outcome.REVISION, of=known, edit=edit, completes=True)
    title = _plain(reading.article.title)
    if (known.content_hash, _plain(known.title)) == (reading.content_hash, title):
        return Decision(outcome=Outcome.UNCHANGED, of=known)
    if recall.before is None:
        return Decision(outcome=Outcome.REVISION, of=known)
    article = reading.article
    later = Version(title=article.title, lead=article.lead, text=article.text)
    edit = compare_versions(recall.before, later, article.language)
    if _replaced(edit, recall.before.title, article.title, article.text):
        reason = f"another page stands at the address of {known.url}: {article.title!r}"
        return Decision(outcome=Outcome.NOT_ARTICLE, of=known, edit=edit, reason=reason)
    if edit.trivial:
        return Decision(outcome=Outcome.UNCHANGED, of=known, edit=edit, reason=_TRIVIAL)
    if recall.cut and article.complete != "no" and edit.whole and edit.kept >= _PART_KEPT:
        return Decision(outcome=Outcome.REVISION, of=known, edit=edit, completes=True)
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
    if not other and (parse_template_rung(its) is None or its == reading.article.rungs.get("text")):
        return False
    grown = len(reading.article.text) > _GROWN * len(before.text)
    return edit.whole and edit.kept >= _SAME_PIECE and not grown


def _replaced(edit: Edit, before: str, title: str, text: str) -> bool:
    """Whether a page has nothing of the piece: a notice, a maintenance or front page in its place, no edit of it.

    A retraction says that it is one, and a long text may be an outlet that starts its report anew.
    """
    if edit.retracted or edit.kept >= REPLACED or len(text.split()) >= NOTICE:
        return False
    return compare_titles(before, title) < REPLACED


def _plain(title: str) -> str:
    return " ".join(title.split())


def _near_copy(reading: Reading, source: str, recall: Recall) -> Decision | None:
    """The likest article this may be a near-copy of, the oldest of equals; None where there is none."""
    if recall.signature is None:
        return None
    found: list[tuple[float, int, Decision]] = []
    before: list[ToldText] = []
    for near in recall.near:
        like = compare_signatures(recall.signature, near.signature)
        if not _alike(like, own=_is_same_outlet(near.article, source)):
            continue
        if all(_may_copy(stored, reading, source) for stored in (near.article, near.original)):
            copy = Decision(
                outcome=Outcome.NEAR_COPY,
                of=near.original,
                similarity=like.similarity,
                added=like.added,
            )
            found.append((like.similarity, -near.article.id, copy))
            if like.added <= ADDED and _was_before(near.article, source):
                before.append(ToldText(url=near.article.url, similarity=like.similarity))
    if not found:
        return None
    copy = max(found, key=lambda one: one[:2])[2]
    return replace(copy, before=max(before, key=lambda text: text.similarity or 0.0, default=None))


def _was_before(stored: StoredArticle, source: str) -> bool:
    """Whether a text was there before anybody asked, by its own outlet's word or as a seed."""
    return stored.quiet and (stored.baseline or _is_same_outlet(stored, source))


def _is_same_outlet(stored: StoredArticle, source: str) -> bool:
    """Whether an article is of an outlet; a document of nobody's is of none that another one is of."""
    return stored.source == source != NAMELESS


def find_story_constraints(reading: Reading, source: str, recall: Recall) -> StoryConstraints:
    """How a piece stands to the stories of texts that are like its own but which it does not copy."""
    alike = list(recall.same_text)
    if recall.signature is not None:
        alike += [
            near.article
            for near in recall.near
            if _alike(compare_signatures(recall.signature, near.signature), own=_is_same_outlet(near.article, source))
        ]
    at = reading.article.published.at if reading.article.published else None
    corrected, apart = [], set()
    for stored in alike:
        if _other_day(stored, source, at):
            apart.add(stored.story_id)
        elif _is_reversed(reading, stored) and _in_window(stored, at):
            corrected.append(stored)
    return StoryConstraints(corrects=max(corrected, key=lambda one: one.id, default=None), apart=frozenset(apart))


def _alike(like: Likeness, *, own: bool) -> bool:
    """Whether two texts are one report; `own` where one outlet printed both."""
    if own and (like.similarity < NEAR_OWN or like.opening < OPENING_OWN):
        return False
    return like.similarity >= NEAR and like.numbers >= SHARED_NUMBERS


def _is_reversed(reading: Reading, stored: StoredArticle) -> bool:
    return is_reversed_headline(reading.article.title, stored.title, reading.article.language)


def _may_copy(original: StoredArticle, reading: Reading, source: str) -> bool:
    """Whether a like text may be a copy of `original` by its dates and headline."""
    if _is_reversed(reading, original):
        return False
    at = reading.article.published.at if reading.article.published else None
    return not _other_day(original, source, at) and _in_window(original, at)


def _other_day(original: StoredArticle, source: str, at: datetime | None) -> bool:
    """Whether one outlet printed both on different days: its daily bulletin in the same words is that day's news.

    Midnight alone parts nothing: what is issued at 23:20 may be issued again at 0:10.
    """
    if at is None or original.published_at is None or not _is_same_outlet(original, source):
        return False
    return original.published_at.date() != at.date() and abs(at - original.published_at) >= DAYS_APART


def _in_window(original: StoredArticle, at: datetime | None) -> bool:
    """Whether two texts came within the window of copies; without a date there is no window to fall out of."""
    return at is None or original.published_at is None or abs(at - original.published_at) <= COPY_WINDOW
