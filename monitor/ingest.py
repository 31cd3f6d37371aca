"""THE LINE: one page in, one outcome out, for live pages, backfill and tests alike; it must not fetch or send.

Workers read pages in parallel; one committer settles them serially: recall, decide, commit – article, matches,
outbox rows and the link's outcome in one transaction, many pages a transaction, a savepoint each. Nothing is
acknowledged before COMMIT, and two copies that arrive together see each other.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from monitor import following, presence
from monitor.announce import Addressees, Placed, announce
from monitor.channels.message import Before
from monitor.clock import Clock
from monitor.core import schedule, urls
from monitor.core.capture import KEPT, Capture, pack
from monitor.core.decide import Decision, Recall, Rule, decide, intents, link_state
from monitor.core.nearcopy import Signature, sign
from monitor.core.read import read
from monitor.core.topic import Topic
from monitor.lessons import Lessons
from monitor.model import Outcome, Page, Reading, Rejection, Source, Validators
from monitor.store import Store
from monitor.store.connection import DatabaseError, RowError
from monitor.store.links import Link
from monitor.workers import Workers

log = logging.getLogger(__name__)
T = TypeVar("T")

# Pages a transaction: at 50 a fsync'd commit costs each page well under a millisecond (RELIABILITY fact 9),
# and a page never waits for more than the commit under way.
BATCH = 50

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
    extractor: str = ""  # the present one (monitor/edition.py)

    def outlet(self, source: str) -> str:
        """The name people read for a source."""
        found = self.sources.get(source)
        return found.title if found else source

    @property
    def addressees(self) -> Addressees:
        """Whom alerts go to."""
        return Addressees(rules={rule.name: rule for rule in self.rules}, kinds=self.kinds, outlet=self.outlet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The outward facts of one fetch, for the ledger."""

    at: datetime
    final_url: str | None = None
    status: int | None = None
    size: int | None = None
    retry_after: float | None = None  # seconds the server asked us to wait
    capture: Capture | None = None  # the page, where it may have to be kept
    validators: Validators | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a page, as committed."""

    outcome: Outcome
    reason: str | None = None
    article_id: int | None = None
    decision: Decision | None = None
    alerts: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    link: Link
    result: Reading | Rejection
    fetched: Fetched
    done: asyncio.Future[Settled]


class Ingest:
    """The line of one running process; `watch` may be swapped between pages."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        watch: Watch,
        clock: Clock,
        chance: random.Random,
        *,
        queued: Callable[[], None] = lambda: None,
    ) -> None:
        """`queued` is called after each COMMIT that put an alert into the outbox."""
        self.store = store
        self.workers = workers
        self.watch = watch
        self.clock = clock
        self.chance = chance
        self.lessons = Lessons(store)
        self._queued = queued
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()

    async def page(self, link: Link, page: Page, retry_after: float | None = None) -> Settled:
        """Read a fetched page and settle its link; returns after COMMIT.

        Raises DatabaseError where the store cannot write (full disk); the link then stays pending.
        """
        watch = self.watch
        with self.clock.hold():
            known = await self.store.do(self.lessons.of, link)
        result = await self.work(read, page, watch.sources.get(link.source), self.workers.shared(watch.topics), known)
        capture = await self.work(pack, page) if watch.captures and page.status == 200 else None
        fetched = Fetched(
            at=page.fetched_at,
            final_url=page.final_url,
            status=page.status,
            size=len(page.body),
            retry_after=retry_after,
            capture=capture if isinstance(capture, Capture) else None,
            validators=Validators(etag=page.headers.get("etag"), last_modified=page.headers.get("last-modified")),
        )
        return await self._settle(link, result, fetched)

    async def work(self, call: Callable[..., T], *args: object) -> T | Rejection:
        """What `workers.call` does, with time held: the pause before a crawl's next request may run out meanwhile."""
        with self.clock.hold():
            return await self.workers.call(call, *args)

    async def rejected(self, link: Link, rejection: Rejection, fetched: Fetched) -> Settled:
        """Settle a link whose page never came."""
        return await self._settle(link, rejection, fetched)

    async def _settle(self, link: Link, result: Reading | Rejection, fetched: Fetched) -> Settled:
        done: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        with self.clock.hold():
            await self._jobs.put(_Job(link, result, fetched, done))
            return await done

    async def run(self) -> None:
        """The committer: settles what is queued until it is cancelled; a batch begun is always finished."""
        while True:
            jobs = [await self._jobs.get()]
            while len(jobs) < BATCH and not self._jobs.empty():
                jobs.append(self._jobs.get_nowait())
            try:
                settled = await self.store.do(self._commit, jobs)
            except Exception as error:  # whoever waits must know, and the line must outlive it
                log.error("event=commit-failed pages=%d error=%r", len(jobs), str(error))
                for job in jobs:
                    if not job.done.done():
                        job.done.set_exception(error)
                continue
            if any(outcome.alerts for outcome in settled):
                self._queued()
            for job, outcome in zip(jobs, settled, strict=True):
                if not job.done.done():
                    job.done.set_result(outcome)
                _log(job, outcome)

    def _commit(self, jobs: list[_Job]) -> list[Settled]:
        return [self._one(job) for job in jobs]

    def _one(self, job: _Job) -> Settled:
        now = self.clock.now()
        try:
            with self.store.savepoint():
                settled = settle(self.store, self.watch, job.link, job.result, job.fetched, now, self.chance.random())
                if settled.outcome.stored and isinstance(job.result, Reading):
                    self.lessons.heard(job.link.source, job.result.lesson, now)
                return settled
        except Exception as error:  # a fault of ours in one page must neither lose it nor stop the others
            if isinstance(error, DatabaseError) and not isinstance(error, RowError):
                raise
            log.exception("event=page-failed url=%s", job.link.url)
            rejection = Rejection(outcome=Outcome.FAILED, reason=f"internal: {type(error).__name__}: {error}")
            plain = replace(job.fetched, final_url=None)  # what an outlet wrote may be what cannot be stored
            with self.store.savepoint():
                return settle(self.store, self.watch, job.link, rejection, plain, now, self.chance.random())


def settle(
    store: Store,
    watch: Watch,
    link: Link,
    result: Reading | Rejection,
    fetched: Fetched,
    now: datetime,
    jitter: float,
) -> Settled:
    """Place what was read and close the link's account, inside the caller's transaction.

    `jitter` is uniform in [0, 1).
    """
    if isinstance(result, Rejection):
        settled = Settled(outcome=result.outcome, reason=result.reason)
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
        settled = place(
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
    verdict = link_state(settled.outcome, link.attempts + 1)
    headline = result.article.headline if isinstance(result, Reading) else None
    page = (settled.outcome, settled.reason, settled.article_id, fetched.validators, headline)
    seen = presence.looked(store, watch.addressees, link, *page, now, jitter)
    state, again, reason = seen or verdict.state, None, settled.reason
    if verdict.again and seen is None:
        again = schedule.next_fetch(link.attempts + 1, now, jitter, retry_after=fetched.retry_after)
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


def place(
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
) -> Settled:
    """Recall, decide and write one reading, with its alert rows, inside the caller's transaction."""
    reading = replace(reading, extractor=watch.extractor)
    article = reading.article
    names = tuple(key for key in (*keys, article.identity, article.url, urls.bare(article.url)) if key)
    recall, signature = remember(store, reading, source, names)
    decision = decide(reading, source, recall)
    known = recall.known
    if known is not None and decision.outcome is not Outcome.REVISION:
        store.articles.alias(known.id, names)
        if decision.outcome is Outcome.UNCHANGED:
            store.articles.reads_alike(known.id, watch.extractor)
        return Settled(outcome=decision.outcome, reason=decision.reason, article_id=known.id, decision=decision)
    if known is not None:
        article_id = known.id
        revision = store.articles.revise(known, reading, names, now, decision)
        following.differs(store, article_id, article)
    else:
        revision = 1
        placing = following.choose(store, reading, source, decision, recall)
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
        following.follow(store, placing, article_id, article, now)
    if decision.outcome is not Outcome.COPY:  # its text is found under its original
        store.fingerprints.keep(article_id, signature)
    if known is None and not _reissue(store, decision, source, article_id):
        store.fingerprints.count(source, reading.lines, reading.furniture)
    story_id = store.articles.story_of(article_id)
    alerted = store.articles.text_alerted(decision.of.id if decision.of else article_id)
    found = intents(decision, reading.matches, recall, watch.rules, quiet=quiet, text_alerted=alerted)
    store.topics.record(article_id, revision, reading.matches, now)
    was = recall.before
    before = None if was is None else Before(title=was.title, lead=was.lead, text=was.text, edit=decision.edit)
    placed = Placed(
        reading=reading,
        source=source,
        article_id=article_id,
        revision=revision,
        story_id=story_id,
        first_seen_at=first_seen_at,
        before=before,
    )
    rows = announce(store, watch.addressees, placed, found, now)
    store.alerts.add(rows, now)
    held = sum(row.held is not None for row in rows)
    return Settled(
        outcome=decision.outcome,
        article_id=article_id,
        decision=decision,
        alerts=len(rows) - held,
        held=held,
    )


def remember(store: Store, reading: Reading, source: str, names: tuple[str, ...]) -> tuple[Recall, Signature]:
    """What the store knows of a piece and of its text, and the text's signature without what the outlet repeats."""
    recall = store.articles.recall(names, reading.content_hash)
    signature = sign(reading.lines, store.fingerprints.repeated(source, reading.lines))
    if recall.known is None:
        near = store.articles.near(store.fingerprints.candidates(signature))
        recall = replace(recall, signature=signature, near=near)
    return recall, signature


def _reissue(store: Store, decision: Decision, source: str, article_id: int) -> bool:
    """Whether an outlet prints a text again that it printed before: that does not make its lines furniture.

    Who had the text first is another matter. A looser likeness within one outlet may come from the furniture itself,
    while it is not known yet.
    """
    if decision.of is None or (decision.similarity or 0) < _REISSUE:
        return False
    return store.lineage.printed(decision.of.id, source, article_id)


def _log(job: _Job, settled: Settled) -> None:
    log.info(
        "event=page source=%s outcome=%s article=%s alerts=%d status=%s url=%s reason=%r",
        *(job.link.source, settled.outcome, settled.article_id, settled.alerts),
        *(job.fetched.status, job.link.url, settled.reason),
    )
