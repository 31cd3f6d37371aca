"""THE LINE: one page in, one outcome out, for live pages, backfill and tests alike; it must not fetch or send.

Workers read pages in parallel; one committer settles them serially: recall, decide, commit – article, matches,
outbox rows and the link's outcome in one transaction, many pages a transaction, a savepoint each. Nothing is
acknowledged before COMMIT, and two copies that arrive together see each other.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from monitor.address_policy import hide_user_name
from monitor.clock import Clock
from monitor.errors import DatabaseError, RowError
from monitor.model.page import FetchFacts, Outcome, Page, Reading, Rejection
from monitor.pipeline.ingest.announced_reading import is_worth_announcing, read_announcement
from monitor.pipeline.ingest.gather_parts import FetchPart
from monitor.pipeline.ingest.learn_templates import Lessons
from monitor.pipeline.ingest.served_page import PageView, choose_view
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_reader import PageReader
from monitor.storage import Store
from monitor.storage.sources.links import Link

log = logging.getLogger(__name__)
T = TypeVar("T")

# Pages a transaction: at 50 a fsync'd commit costs each page well under a millisecond (RELIABILITY fact 9),
# and a page never waits for more than the commit under way.
BATCH = 50


@dataclass(frozen=True, slots=True)
class _Job:
    link: Link
    result: Reading | Rejection
    fetched: FetchFacts
    announced: Reading | None
    done: asyncio.Future[SettledPage]


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
        self.reader = PageReader(workers, clock)
        self.watch = watch
        self.clock = clock
        self.chance = chance
        self.lessons = Lessons(store)
        self.queued = queued
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()

    @property
    def workers(self) -> Workers:
        """The processes that read."""
        return self.reader.workers

    @workers.setter
    def workers(self, workers: Workers) -> None:
        self.reader.workers = workers

    async def process_page(
        self,
        link: Link,
        page: Page,
        retry_after: float | None = None,
        fetch_part: FetchPart | None = None,
    ) -> SettledPage:
        """Read a fetched page and settle its link; returns after COMMIT.

        `fetch_part` gets the further pages of a piece that stands on several; without it the piece stays incomplete.

        Raises DatabaseError where the store cannot write (full disk); the link then stays pending.
        """
        watch = self.watch
        view = await self.view(link, page.url, page.final_url)
        read = await self.reader.read(
            *(link, page, view, watch.topics),
            captures=watch.captures,
            retry_after=retry_after,
            fetch_part=fetch_part,
        )
        return await self.settle(link, read.result, read.fetched)

    async def view(self, link: Link, url: str, served: str) -> PageView:
        """How the page is to be read that was asked for at `url` and that `served` answered."""
        view = choose_view(link, url, served, self.watch.estate, self.watch.sources)
        with self.clock.hold():
            known = await self.store.read(self.lessons.load_knowledge_for, link, served, view.provenance)
        return replace(view, known=known)

    async def work(self, call: Callable[..., T], *args: object) -> T | Rejection:
        """What `workers.call` does, with time held: the pause before a crawl's next request may run out meanwhile."""
        return await self.reader.work(call, *args)

    async def settle(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        """Settle a link by what its page is, or why there is none; returns after COMMIT.

        Raises DatabaseError where the store cannot write.
        """
        done: asyncio.Future[SettledPage] = asyncio.get_running_loop().create_future()
        with self.clock.hold():
            announced = await self._announced(link, result, fetched) if isinstance(result, Rejection) else None
            await self._jobs.put(_Job(link, result, fetched, announced, done))
            return await done

    async def _announced(self, link: Link, why: Rejection, fetched: FetchFacts) -> Reading | None:
        """What the announcement of a link says where its page does not, if that concerns any topic."""
        watch = self.watch
        source = watch.sources.get(link.source)
        if source is None or not watch.estate.speaks_for(link.source, link.url):
            return None
        if not is_worth_announcing(link, why, fetched.status, self.clock.now(), forbidden=fetched.forbidden):
            return None
        found = await self.work(read_announcement, link.entry, source, self.workers.shared(watch.topics), why.reason)
        return None if isinstance(found, Rejection) else found

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
                self.queued()
            for job, outcome in zip(jobs, settled, strict=True):
                if not job.done.done():
                    job.done.set_result(outcome)
                _log(job, outcome)

    def _commit(self, jobs: list[_Job]) -> list[SettledPage]:
        return [self._one(job) for job in jobs]

    def _one(self, job: _Job) -> SettledPage:
        now = self.clock.now()
        try:
            with self.store.savepoint():
                settled = settle_page(
                    self.store, self.watch, job.link, job.result, job.fetched, now, self.chance.random(), job.announced
                )
                if settled.outcome.stored and isinstance(job.result, Reading):
                    self.lessons.learn_from(settled.source or job.link.source, job.result.lesson, now)
                return settled
        except Exception as error:  # a fault of ours in one page must neither lose it nor stop the others
            if isinstance(error, DatabaseError) and not isinstance(error, RowError):
                raise
            log.exception("event=page-failed url=%s", job.link.url)
            rejection = Rejection(outcome=Outcome.FAILED, reason=f"internal: {type(error).__name__}: {error}")
            plain = replace(job.fetched, final_url=None)  # what an outlet wrote may be what cannot be stored
            with self.store.savepoint():
                return settle_page(self.store, self.watch, job.link, rejection, plain, now, self.chance.random())


def _log(job: _Job, settled: SettledPage) -> None:
    judged = job.result.matches if isinstance(job.result, Reading) else ()
    best = max(judged, key=lambda match: match.score, default=None)
    log.log(
        logging.WARNING if settled.outcome is Outcome.FAILED else logging.INFO,
        "event=page source=%s outcome=%s article=%s topic=%s score=%s alerts=%d status=%s url=%s reason=%r",
        *(job.link.source, settled.outcome, settled.article_id),
        *((best.topic, f"{best.score:.2f}") if best else (None, None)),
        *(settled.alerts, job.fetched.status, hide_user_name(job.link.url), settled.reason),
    )
