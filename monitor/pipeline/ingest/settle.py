"""Settles one read page in one transaction: recall, decide, commit; it must not fetch or send."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from monitor.alerting.intents import Rule, plan_alerts
from monitor.alerting.message.document import BeforeEdit
from monitor.config.public_suffixes import site_of
from monitor.discovery.retry import CUT_OFF_LADDER, FRESH, FRESH_LADDER, LINK_LADDER, schedule_fetch
from monitor.identity.decide import decide_identity, decide_likeness
from monitor.identity.ownership import Estate, build_estate, trace_page
from monitor.model.identity import Decision
from monitor.model.moment import Moment
from monitor.model.page import ANNOUNCED, KEPT, FetchFacts, LinkAnswer, Outcome, PageToSettle, Reading, Rejection
from monitor.model.source import Source
from monitor.pipeline.alerts.follow_owner import OwnerStatement, follow_word
from monitor.pipeline.alerts.plan_whole import plan_whole
from monitor.pipeline.alerts.queue_alerts import Addressees, PlacedArticle, queue_alerts
from monitor.pipeline.alerts.told_before import find_told_before
from monitor.pipeline.ingest.assign_story import add_to_story, choose_story, store_difference
from monitor.pipeline.ingest.recall_piece import Recalled, matches_newly, recall_piece
from monitor.pipeline.ingest.recheck_result import PageLook, Sight, is_entitled, record_recheck
from monitor.pipeline.ingest.served_page import keys_of
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.sources.links import REMOVED_LINK, Link
from monitor.text.error_words import CUT_OFF
from monitor.text.times.dates import is_surely_before
from monitor.text.urls import strip_tracking
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


def decide_link_state(outcome: Outcome, attempts: int, *, fresh: bool = False) -> LinkState:
    """The ledger's verdict after `attempts` tries, this one included; `fresh`: a page announced just now is 404."""
    if outcome in _RETRIED:
        return LinkState(state="pending", again=True)
    if outcome is Outcome.GONE:
        again = attempts < (len(FRESH_LADDER) + 1 if fresh else _TRIES_FOR_GONE)
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
    estate: Estate = field(init=False)  # who speaks for which site

    def __post_init__(self) -> None:
        object.__setattr__(self, "estate", build_estate(self.sources.values(), site_of))

    def outlet(self, source: str) -> str:
        """The name people read for a source."""
        found = self.sources.get(source)
        return found.title if found else source

    @property
    def addressees(self) -> Addressees:
        """Whom alerts go to."""
        return Addressees(
            rules={rule.name: rule for rule in self.rules},
            kinds=self.kinds,
            outlet=self.outlet,
            warming=frozenset(topic.name for topic in self.topics if topic.is_warming_up),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPage:
    """What became of a page, as committed."""

    outcome: Outcome
    reason: str | None = None
    article_id: int | None = None
    decision: Decision | None = None
    alerts: int = 0
    held: int = 0
    source: str | None = None  # whose piece it is, where it became one
    removed: bool = False  # a person had it taken out for good: nothing of it is kept
    late: bool = False  # its link was answered before: nothing of this answer is kept


def settle_page(
    store: Store,
    watch: Watch,
    link: Link,
    result: Reading | Rejection,
    fetched: FetchFacts,
    now: datetime,
    jitter: float,
    announced: Reading | None = None,
) -> SettledPage:
    """Place what was read and close the link's account, inside the caller's transaction.

    `jitter` is uniform in [0, 1). `announced` is what the link's announcement says where `result` is no article.
    Where the link was answered since it was asked for – by another poll that had it – this answer is too late, and
    nothing of it is kept.
    """
    announcer, link_backlog, answers = store.links.owners.present(link.id)
    if answers != link.answers:
        return SettledPage(outcome=Outcome.UNCHANGED, reason="its link was answered before", late=True)
    served = fetched.final_url or link.url
    found = trace_page(watch.estate, announcer, link.url, served)
    if isinstance(result, Rejection):
        settled = SettledPage(outcome=result.outcome, reason=result.reason)
    else:
        backfilled = "backfill" in link.entry.details
        published = result.article.published
        backlog = backfilled or not _is_news(store, watch, published, announcer, found.source, listed=not link_backlog)
        quiet = "it was backfilled" if backfilled else _THERE_BEFORE
        page = PageToSettle(
            reading=result,
            source=found.source,
            first_seen_at=link.first_seen_at,
            keys=keys_of(link, served, found),
            served=served,
            asked=link.url if found.asked else served,
            quiet=quiet if backlog else None,
            backlog=backlog,
            hint=found.source != announcer,
        )
        settled = store_reading(store, watch, page, now)
        if settled.article_id not in (None, link.article_id) and not settled.outcome.stored:
            word = OwnerStatement(link=link.id, source=announcer, own=found.own, backlog=backlog)
            told = follow_word(store, watch.addressees, watch.estate, settled.article_id, word, now)
            settled = replace(settled, alerts=settled.alerts + told)
    spoken = None
    if isinstance(result, Rejection) and announced is not None:
        spoken = _place_announced(store, watch, link, announced, now, listed=not link_backlog)
    if settled.removed or (spoken is not None and spoken.removed):
        return _keep_out(store, link, fetched, settled if settled.removed or spoken is None else spoken)
    # A piece of which nothing but the announcement is known was not there before: that its page is not says nothing.
    unread = link.article_id is not None and store.articles.read_by(link.article_id)[1] == ANNOUNCED
    looked_at = replace(link, article_id=None) if unread else link
    if settled.article_id is not None and not found.asked:
        url = strip_tracking(served)
        target = store.links.owners.add_target(link.id, url, found.source, settled.article_id, now)
        looked_at = store.links.one(target)
    fresh = fetched.status == 404 and now - link.first_seen_at <= FRESH
    tries = _count_tries(store, link, settled.outcome, fetched)
    verdict = decide_link_state(settled.outcome, tries, fresh=fresh)
    look = PageLook(
        outcome=settled.outcome,
        reason=settled.reason,
        article_id=settled.article_id,
        validators=fetched.validators,
        headline=result.article.headline if isinstance(result, Reading) else None,
    )
    sight = Sight(
        entitled=settled.article_id is not None or is_entitled(store, link, found, watch.estate.site_of),
        own=watch.estate.speaks_for(announcer, served),
    )
    seen = record_recheck(store, watch.addressees, looked_at, look, sight, now, jitter)
    state, again, reason = seen or verdict.state, None, settled.reason
    if verdict.again and seen is None:
        ladder = FRESH_LADDER if fresh else CUT_OFF_LADDER if fetched.cut_off else LINK_LADDER
        again = schedule_fetch(tries, now, jitter, fetched.retry_after, ladder=ladder)
        if again is None:
            state = "given-up"
            store.problems.open(
                "given-up",
                link.url,
                f"{link.attempts + 1} tries, the last: {settled.outcome}: {reason}",
                f"seedwatch explain {link.url}",
                now,
            )
    answer = LinkAnswer(
        state=state,
        outcome=settled.outcome,
        reason=reason,
        next_attempt_at=again,
        article_id=spoken.article_id if spoken else settled.article_id,
    )
    store.links.settle(link, answer, fetched)
    if fetched.capture is not None and settled.outcome in KEPT:
        store.captures.keep(link.id, fetched.capture, fetched.at, fetched.final_url or link.url, settled.article_id)
    if spoken is None:
        return settled
    return replace(settled, article_id=spoken.article_id, alerts=spoken.alerts, held=spoken.held)


def _count_tries(store: Store, link: Link, outcome: Outcome, fetched: FetchFacts) -> int:
    """How often a link was tried, this time included, as the ladder of its failure counts: the quick tries after
    answers that broke off are no tries of another failure's."""
    tries: int = link.attempts + 1
    if fetched.cut_off or not link.attempts or (outcome not in _RETRIED and outcome is not Outcome.GONE):
        return tries
    broke_off = [row["reason"] for row in store.links.fetches(link.id)].count(CUT_OFF)
    return tries - min(broke_off, link.attempts, len(CUT_OFF_LADDER) - len(LINK_LADDER))


def _place_announced(
    store: Store, watch: Watch, link: Link, announced: Reading, now: datetime, *, listed: bool
) -> SettledPage | None:
    """Place what a piece's announcement says; None where it is no news, or its page has been read before."""
    found = trace_page(watch.estate, link.source, link.url, link.url)
    known = link.article_id
    if known is not None and store.articles.read_by(known)[1] != ANNOUNCED:
        return None
    if not _is_news(store, watch, announced.article.published, link.source, found.source, listed=listed):
        return None
    page = PageToSettle(
        reading=announced,
        source=found.source,
        first_seen_at=link.first_seen_at,
        keys=keys_of(link, link.url, found),
        served=link.url,
        asked=link.url,
    )
    return store_reading(store, watch, page, now)


def _keep_out(store: Store, link: Link, fetched: FetchFacts, settled: SettledPage) -> SettledPage:
    """Close the account of a link that led to a removed piece; nothing of its page or its announcement stays."""
    answer = LinkAnswer(state=REMOVED_LINK, outcome=settled.outcome, reason=settled.reason)
    store.links.settle(link, answer, fetched)
    store.removals.erase_link(link.id)
    return settled


def _is_news(
    store: Store, watch: Watch, published: Moment | None, announcer: str, source: str, *, listed: bool
) -> bool:
    """Whether a piece of `source` speaks; `listed` says that its announcement does, as no backlog.

    A listing without dates cannot tell what came after the source was added; the page itself can, by when its own
    outlet was added. Where an outlet's first poll failed or was cut off, that is news of which nobody would hear. And
    deeper pages of a list, and sitemaps that date everything now, bring up pieces of years ago as new.
    """
    configured = watch.sources.get(announcer)
    if configured is not None and configured.backlog:
        return True
    added_at = store.sources.added_at(source)
    if published is not None and is_surely_before(published, added_at):
        return False
    return listed or (published is not None and published.at > added_at)


def store_reading(store: Store, watch: Watch, page: PageToSettle, now: datetime) -> SettledPage:
    """Recall, decide and write one reading, with its alert rows, inside the caller's transaction."""
    if page.reading.extractor != watch.extractor:
        page = replace(page, reading=replace(page.reading, extractor=watch.extractor))
    recalled = recall_piece(store, page, watch.estate.site_of, now)
    if recalled.removed:
        return SettledPage(outcome=Outcome.REFUSED, reason="it was removed for good", removed=True)
    if recalled.reading is not page.reading:
        page = replace(page, reading=recalled.reading)
    if (same := recalled.variant) is not None:
        reason = f"another address of {same.url}"
        return SettledPage(outcome=Outcome.UNCHANGED, reason=reason, article_id=same.id, source=page.source)
    decision = decide_identity(page.reading, page.source, recalled.recall)
    known = recalled.recall.known
    if known is not None and decision.outcome is not Outcome.REVISION:
        names = recalled.names
        store.names.add(known.id, names.keys, names.stated, site=names.site)
        if decision.outcome is Outcome.UNCHANGED:
            store.articles.set_extractor(known.id, watch.extractor)
        return SettledPage(
            outcome=decision.outcome,
            reason=decision.reason,
            article_id=known.id,
            decision=decision,
            source=page.source,
        )
    # The whole of what was known by a few words only is beside other pieces what it would be if it came now.
    whole = decide_likeness(page.reading, page.source, recalled.recall) if decision.completes else None
    placed = _write_article(store, page, recalled, decision, whole, now)
    rows = _write_alerts(store, watch, page, placed, recalled, decision, whole, now)
    held = sum(row.held is not None for row in rows)
    return SettledPage(
        outcome=decision.outcome,
        article_id=placed.article_id,
        decision=decision,
        alerts=len(rows) - held,
        held=held,
        source=page.source,
    )


def _write_article(
    store: Store, page: PageToSettle, recalled: Recalled, decision: Decision, whole: Decision | None, now: datetime
) -> PlacedArticle:
    """A new article, or a revision of the known one, with its story and its fingerprints."""
    reading, known = page.reading, recalled.recall.known
    if known is not None:
        article_id = known.id
        revision = store.articles.revise(known, reading, recalled.names, decision, now)
        if whole is not None:
            copies = whole.of is not None and whole.of.id != article_id  # its own copies are none that it copies
            store.lineage.set_original(article_id, whole if copies else Decision(outcome=Outcome.NEW))
        store_difference(store, article_id, reading.article)
        story_id = store.articles.story_of(article_id)
    else:
        revision = 1
        placing = choose_story(store, reading, page.source, decision, recalled.recall)
        story_id = placing.story_id or store.articles.open_story(reading.article.title, now)
        article_id = store.articles.add(
            page,
            recalled.names,
            now,
            copy_of=decision.of,
            similarity=decision.similarity,
            story_id=story_id,
        )
        story_id = add_to_story(store, placing, story_id, article_id, reading.article, now)
    if decision.outcome is not Outcome.COPY:  # its text is found under its original
        store.fingerprints.save_signature(article_id, recalled.signature, fresh=known is None)
    if known is None and not _reissue(store, decision, page.source, article_id):
        store.fingerprints.count(page.source, reading.lines, reading.furniture)
    was = recalled.recall.before
    return PlacedArticle(
        reading=reading,
        source=page.source,
        article_id=article_id,
        revision=revision,
        story_id=story_id,
        first_seen_at=page.first_seen_at,
        before=None if was is None else BeforeEdit(title=was.title, lead=was.lead, text=was.text, edit=decision.edit),
    )


def _write_alerts(
    store: Store,
    watch: Watch,
    page: PageToSettle,
    placed: PlacedArticle,
    recalled: Recalled,
    decision: Decision,
    whole: Decision | None,
    now: datetime,
) -> tuple[NewAlert, ...]:
    """The verdicts on an article just written, and the alerts that its rules ask for."""
    matches, recall = page.reading.matches, recalled.recall
    if whole is not None:
        found = plan_whole(store, watch.rules, placed, recall, decision, whole, quiet=page.quiet)
    else:
        beside = decision
        if decision.outcome is Outcome.REVISION and matches_newly(page.reading, recall):
            beside = decide_likeness(page.reading, page.source, recall)
        copied = beside.of if beside.outcome in (Outcome.COPY, Outcome.NEAR_COPY) else None
        told = find_told_before(store, placed.article_id, copied.id) if copied else {}
        found = plan_alerts(decision, matches, recall, watch.rules, quiet=page.quiet, text_alerted=told, beside=beside)
    store.topics.record(placed.article_id, placed.revision, matches, now)
    rows = queue_alerts(store, watch.addressees, placed, found, now)
    store.alerts.add(rows, now)
    return rows


def _reissue(store: Store, decision: Decision, source: str, article_id: int) -> bool:
    """Whether an outlet prints a text again that it printed before: that does not make its lines furniture.

    Who had the text first is another matter. A looser likeness within one outlet may come from the furniture itself,
    while it is not known yet.
    """
    if decision.of is None or (decision.similarity or 0) < _REISSUE:
        return False
    return store.lineage.has_printed(decision.of.id, source, article_id)
