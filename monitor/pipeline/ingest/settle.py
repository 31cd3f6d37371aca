"""Settles one read page in one transaction: recall, decide, commit; it must not fetch or send."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from monitor.alerting.intents import Rule, plan_alerts
from monitor.alerting.message.document import BeforeEdit
from monitor.discovery.retry import schedule_fetch
from monitor.identity.decide import decide_identity
from monitor.model.identity import Decision, Recall, Signature
from monitor.model.page import KEPT, Capture, Outcome, Reading, Rejection
from monitor.model.source import Source, Validators
from monitor.pipeline.alerts.queue_alerts import Addressees, PlacedArticle, queue_alerts
from monitor.pipeline.ingest.assign_story import add_to_story, choose_story, store_difference
from monitor.pipeline.ingest.recheck_result import record_recheck
from monitor.storage import Store
from monitor.storage.sources.links import Link
from monitor.text.near_duplicates import sign_text
from monitor.text.urls import strip_scheme
from monitor.topics.topic import Topic

# A freshly announced address that answers 404 is often an outlet's cache lagging behind its feed.
_TRIES_FOR_GONE = 3
_RETRIED = frozenset({Outcome.BLOCKED, Outcome.CONSENT, Outcome.NO_TEXT, Outcome.FAILED})
_REFUSED = frozenset({Outcome.PAYWALL, Outcome.NOT_ARTICLE, Outcome.TOO_LARGE, Outcome.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What the ledger says of a link after an outcome; `again` asks for another try on the retry ladder."""

    state: str
    again: bool = False


def decide_link_state(outcome: Outcome, attempts: int) -> LinkState:
    """The ledger's verdict after `attempts` tries, this one included."""
    if outcome in _RETRIED:
        return LinkState(state="pending", again=True)
    if outcome is Outcome.GONE:
        again = attempts < _TRIES_FOR_GONE
        return LinkState(state="pending" if again else "gone", again=again)
    return LinkState(state="refused" if outcome in _REFUSED else "done")


log = logging.getLogger(__name__)
T = TypeVar("T")

# On pages with all their furniture, counting lines of looser likenesses too lifts F1 from .89 to .96.
_REISSUE = 0.8
_THERE_BEFORE = "it was there when the source was added (alert_backlog = true changes that)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the configuration asks for, as the line needs it; a reload swaps it whole."""

    sources: Mapping[str, Source]
    topics: tuple[Topic, ...]
    rules: tuple[Rule, ...]
    kinds: Mapping[str, str]  # channel name → kind
    captures: bool = False  # whether pages are kept for a better extractor
    extractor: str = ""  # the present one (monitor/extraction/extractor_version.py)

    def outlet(self, source: str) -> str:
        """The name people read for a source."""
        found = self.sources.get(source)
        return found.title if found else source

    @property
    def addressees(self) -> Addressees:
        """Whom alerts go to."""
        return Addressees(rules={rule.name: rule for rule in self.rules}, kinds=self.kinds, outlet=self.outlet)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFacts:
    """The outward facts of one fetch, for the ledger."""

    at: datetime
    final_url: str | None = None
    status: int | None = None
    size: int | None = None
    retry_after: float | None = None  # seconds the server asked us to wait
    capture: Capture | None = None  # the page, where it may have to be kept
    validators: Validators | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPage:
    """What became of a page, as committed."""

    outcome: Outcome
    reason: str | None = None
    article_id: int | None = None
    decision: Decision | None = None
    alerts: int = 0
    held: int = 0


def settle_page(
    store: Store,
    watch: Watch,
    link: Link,
    result: Reading | Rejection,
    fetched: FetchFacts,
    now: datetime,
    jitter: float,
) -> SettledPage:
    """Place what was read and close the link's account, inside the caller's transaction.

    `jitter` is uniform in [0, 1).
    """
    if isinstance(result, Rejection):
        settled = SettledPage(outcome=result.outcome, reason=result.reason)
    else:
        source = watch.sources.get(link.source)
        published = result.article.published
        # A listing without dates cannot tell what came after the source was added; the page itself can. Where an
        # outlet's first poll failed or was cut off, that is news of which nobody would hear.
        later = published is not None and published.at > store.sources.added_at(link.source)
        backfilled = "backfill" in link.entry.details
        told = later or (source is not None and source.backlog)
        backlog = backfilled or (link.backlog and not told)
        quiet = "it was backfilled" if backfilled else _THERE_BEFORE
        settled = store_reading(
            store,
            watch,
            result,
            source=link.source,
            keys=(link.key,),
            quiet=quiet if backlog else None,
            backlog=backlog,
            first_seen_at=link.first_seen_at,
            now=now,
        )
    verdict = decide_link_state(settled.outcome, link.attempts + 1)
    headline = result.article.headline if isinstance(result, Reading) else None
    page = (settled.outcome, settled.reason, settled.article_id, fetched.validators, headline)
    seen = record_recheck(store, watch.addressees, link, *page, now, jitter)
    state, again, reason = seen or verdict.state, None, settled.reason
    if verdict.again and seen is None:
        again = schedule_fetch(link.attempts + 1, now, jitter, retry_after=fetched.retry_after)
        if again is None:
            state = "given-up"
            store.problems.open(
                "given-up",
                link.url,
                f"{link.attempts + 1} tries, the last: {settled.outcome}: {reason}",
                f"seedwatch explain {link.url}",
                now,
            )
    store.links.settle(
        link,
        state=state,
        outcome=settled.outcome,
        reason=reason,
        next_attempt_at=again,
        article_id=settled.article_id,
        at=fetched.at,
        final_url=fetched.final_url,
        status=fetched.status,
        size=fetched.size,
    )
    if fetched.capture is not None and settled.outcome in KEPT:
        store.captures.keep(link.id, fetched.capture, fetched.at, fetched.final_url or link.url, settled.article_id)
    return settled


def store_reading(
    store: Store,
    watch: Watch,
    reading: Reading,
    *,
    source: str,
    keys: Iterable[str],
    quiet: str | None,
    backlog: bool,
    first_seen_at: datetime,
    now: datetime,
    baseline: bool = False,
) -> SettledPage:
    """Recall, decide and write one reading, with its alert rows, inside the caller's transaction."""
    reading = replace(reading, extractor=watch.extractor)
    article = reading.article
    names = tuple(key for key in (*keys, article.identity, article.url, strip_scheme(article.url)) if key)
    recall, signature = recall_reading(store, reading, source, names)
    decision = decide_identity(reading, source, recall)
    known = recall.known
    if known is not None and decision.outcome is not Outcome.REVISION:
        store.articles.add_keys(known.id, names)
        if decision.outcome is Outcome.UNCHANGED:
            store.articles.set_extractor(known.id, watch.extractor)
        return SettledPage(outcome=decision.outcome, reason=decision.reason, article_id=known.id, decision=decision)
    if known is not None:
        article_id = known.id
        revision = store.articles.revise(known, reading, names, now, decision)
        store_difference(store, article_id, article)
    else:
        revision = 1
        placing = choose_story(store, reading, source, decision, recall)
        article_id = store.articles.add(
            reading,
            source=source,
            keys=names,
            copy_of=decision.of,
            similarity=decision.similarity,
            baseline=baseline,
            backlog=backlog,
            first_seen_at=first_seen_at,
            now=now,
            story_id=placing.story_id,
        )
        add_to_story(store, placing, article_id, article, now)
    if decision.outcome is not Outcome.COPY:  # its text is found under its original
        store.fingerprints.save_signature(article_id, signature)
    if known is None and not _reissue(store, decision, source, article_id):
        store.fingerprints.count(source, reading.lines, reading.furniture)
    story_id = store.articles.story_of(article_id)
    alerted = store.articles.text_alerted(decision.of.id if decision.of else article_id)
    found = plan_alerts(decision, reading.matches, recall, watch.rules, quiet=quiet, text_alerted=alerted)
    store.topics.record(article_id, revision, reading.matches, now)
    was = recall.before
    before = None if was is None else BeforeEdit(title=was.title, lead=was.lead, text=was.text, edit=decision.edit)
    placed = PlacedArticle(
        reading=reading,
        source=source,
        article_id=article_id,
        revision=revision,
        story_id=story_id,
        first_seen_at=first_seen_at,
        before=before,
    )
    rows = queue_alerts(store, watch.addressees, placed, found, now)
    store.alerts.add(rows, now)
    held = sum(row.held is not None for row in rows)
    return SettledPage(
        outcome=decision.outcome,
        article_id=article_id,
        decision=decision,
        alerts=len(rows) - held,
        held=held,
    )


def recall_reading(store: Store, reading: Reading, source: str, names: tuple[str, ...]) -> tuple[Recall, Signature]:
    """What the store knows of a piece and of its text, and the text's signature without what the outlet repeats."""
    recall = store.articles.recall(names, reading.content_hash)
    signature = sign_text(reading.lines, store.fingerprints.repeated(source, reading.lines))
    if recall.known is None:
        near = store.articles.load_similar(store.fingerprints.candidates(signature))
        recall = replace(recall, signature=signature, near=near)
    return recall, signature


def _reissue(store: Store, decision: Decision, source: str, article_id: int) -> bool:
    """Whether an outlet prints a text again that it printed before: that does not make its lines furniture.

    Who had the text first is another matter. A looser likeness within one outlet may come from the furniture itself,
    while it is not known yet.
    """
    if decision.of is None or (decision.similarity or 0) < _REISSUE:
        return False
    return store.lineage.has_printed(decision.of.id, source, article_id)
