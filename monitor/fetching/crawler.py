"""Runs claimed turns as Scrapy crawls in this loop and closes their books; it decides nothing about articles."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from scrapy.crawler import AsyncCrawlerRunner

from monitor.discovery.poll_interval import choose_poll_interval
from monitor.discovery.retry import schedule_poll
from monitor.errors import DatabaseError, SourceVanished
from monitor.fetching.context import Crawl, CrawlServices, SourceCrawler
from monitor.fetching.false_304 import TrustProbe
from monitor.fetching.gap_filling import GapFiller
from monitor.fetching.source_state import judge_condition, sync_source_problems
from monitor.fetching.transport.access import AccessUnusable, read_access
from monitor.fetching.transport.proxy import ProxyUnusable, read_proxy
from monitor.fetching.transport.scrapy_settings import build_scrapy_settings
from monitor.model.poll import PollLease, PollResult
from monitor.model.source import Endpoint, Validators
from monitor.text.urls import parse_host

log = logging.getLogger(__name__)

# Where no server was reached at all the fault is most likely ours, and a long back-off would only add delay
# once the network is back: the interval grows fourfold at most.
UNREACHED_FAILURES = 3
# A crawl asks for links no longer than this (a long Crawl-delay); with its last request it ends within its lease.
LASTS = timedelta(hours=1)
# How long nothing is asked after a fault of ours (a full disk): pages whose outcome cannot be kept are not fetched.
REST = timedelta(seconds=60)
STOPPED = "seedwatch stopped in the middle of it"


class Crawls:
    """Every crawl of this process."""

    def __init__(self, shared: CrawlServices) -> None:
        self.shared = shared
        self._settings = build_scrapy_settings(agent=shared.agent, timeout=shared.timeout, max_bytes=shared.max_bytes)
        self.runner = AsyncCrawlerRunner(self._settings)

    async def run(self, turn: PollLease) -> Crawl:
        """One turn from its claim to its closed poll row; never raises for what an outlet or the database does.

        The caller holds the clock.
        Cancelled, it closes the poll as aborted and leaves every unsettled link pending. Raises SourceVanished, the
        poll closed, where the source has left the configuration since it was claimed.
        """
        source = self.shared.ingest.watch.sources.get(turn.source)
        now = self.shared.clock.now()
        if source is None:
            await self.shared.store.do(self.shared.store.source_names.abandon, turn.poll, now)
            raise SourceVanished(f"{turn.source} left the configuration before its crawl began")
        gaps = GapFiller(self.shared.store, source, now)
        crawl = Crawl(
            shared=self.shared,
            source=source,
            turn=turn,
            gaps=gaps,
            trust=TrustProbe(self.shared.store, source),
            ends_at=now + LASTS,
        )
        try:
            await self._scrapy(crawl)
        except asyncio.CancelledError:
            crawl.fault = STOPPED
        except (ProxyUnusable, AccessUnusable) as error:
            crawl.fault = str(error)
        except Exception as error:  # a crawl that cannot even start must not take the daemon with it
            log.exception("event=crawl-failed source=%s", source.name)
            crawl.record_fault(error)
        await self._close(crawl)
        return crawl

    async def _close(self, crawl: Crawl) -> None:
        """Close the books, as soon as the database takes it: till then the host stays leased and nobody asks it."""
        told = False
        while True:
            try:
                return await self.shared.store.do(self._finish, crawl, self.shared.clock.now())
            except DatabaseError as error:
                if not told:
                    log.error("event=poll-not-closed source=%s error=%r", crawl.source.name, str(error))
                told = True
                if crawl.fault == STOPPED:  # the next start closes it
                    return None
                crawl.record_fault(error)
            await self.shared.clock.sleep(REST.total_seconds())

    async def _scrapy(self, crawl: Crawl) -> None:
        """Run the spider; a fault of the crawl itself is left in `crawl.fault`."""
        shared, source = self.shared, crawl.source
        crawl.proxy, crawl.access = read_proxy(source), read_access(source)
        due, validators, addresses = await shared.store.do(self._open, crawl, shared.clock.now())
        crawl.asked = len(due)
        crawler = SourceCrawler(self.runner.spider_loader.load(source.spider), self._settings, crawl)
        task = self.runner.crawl(
            crawler,
            source=source,
            endpoints=due,
            parse=shared.ingest.work,
            validators=crawl.trust.filter_validators(validators),
            addresses=addresses,
            now=shared.clock.now,
        )
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            crawl.stop()
            await crawler.stop_async()
            await asyncio.wait([task])
            raise
        # Scrapy swallows a component that fails to import: exit 0 and empty stats (RELIABILITY fact 3).
        finished = crawler.stats.get_value("finish_reason") if crawler.stats else None
        if finished != "finished":
            crawl.fault = crawl.fault or f"internal: the crawl ended as {finished!r}"

    def _open(
        self, crawl: Crawl, now: datetime
    ) -> tuple[tuple[Endpoint, ...], Mapping[str, Validators], Mapping[str, str]]:
        """The endpoints that are due, with what requests to them carry and where they moved, in one transaction."""
        store, source = self.shared.store, crawl.source
        due = store.sources.endpoints_due(source, now) if crawl.turn.whole else ()
        validators, addresses = store.sources.validators(source.name), store.endpoints.addresses(source.name)
        if crawl.turn.whole:
            crawl.gaps.begin(due, now)
            crawl.trust.begin(now)
        return due, validators, addresses

    def _finish(self, crawl: Crawl, now: datetime) -> None:
        """Close the books of one crawl, in one transaction."""
        turn, source, store = crawl.turn, crawl.source, self.shared.store
        if not store.sources.is_open(turn.poll):
            log.warning("event=poll-late source=%s poll=%d its lease ran out before it ended", source.name, turn.poll)
            return
        outcome = _outcome(crawl)
        failures = turn.failures
        next_poll = None
        if turn.whole and outcome != "aborted":
            failures = turn.failures + crawl.weight if outcome == "failed" else 0.0
            counted = failures if crawl.answered else min(failures, UNREACHED_FAILURES)
            dearth = timedelta(0) if crawl.new_links else store.sources.time_since_new(source.name, now)
            every = choose_poll_interval(source.every, dearth)
            # Counted from when its lists were asked: reading what they announced may take longer than the interval.
            asked = store.sources.last_asked_at(source.name, now) if crawl.good and outcome != "failed" else None
            next_poll = schedule_poll(asked or now, every, counted, None, self.shared.chance.random())
            # No poll before one of the endpoints wants to be asked again (max-age, ttl).
            next_poll = max(next_poll, store.sources.next_endpoint_due(source) or next_poll)
        if outcome == "aborted":
            next_poll = now
        found = judge_condition(crawl, outcome, failures, now)
        if turn.whole and outcome != "aborted":
            crawl.gaps.settle(now)
            crawl.trust.settle(crawl.new_links > 0)
        store.links.postpone(crawl.postponed)
        if crawl.fault and outcome == "failed":  # its links are due: without a rest they would be asked for at once
            store.sources.rest_host(parse_host(source.endpoints[0].url), now + REST)
        result = PollResult(
            outcome=outcome,
            requests=crawl.requests,
            seen=crawl.seen,
            new_links=crawl.new_links,
            stored=crawl.stored,
            reason=crawl.reason,
            state=found.state,
            standing=found.reason,
            failures=failures,
            next_poll_at=next_poll,
        )
        store.sources.finish(turn, result, now)
        sync_source_problems(store, source.name, found, now)
        if crawl.hung:
            detail = f"{', '.join(crawl.hung)}: pages do not answer in time; the links left wait some minutes each time"
            store.problems.open("hanging", source.name, detail, f"seedwatch explain {source.name}", now)
        elif crawl.pages_answered:
            store.problems.close("hanging", source.name, now)
        _log(crawl, outcome, crawl.reason)


def _outcome(crawl: Crawl) -> str:
    if crawl.fault == STOPPED:
        return "aborted"
    if crawl.failed:
        return "failed"
    return "partial" if crawl.troubles else "ok"


def _log(crawl: Crawl, outcome: str, reason: str | None) -> None:
    log.log(
        logging.WARNING if outcome in ("failed", "partial") else logging.INFO,
        "event=poll source=%s outcome=%s requests=%d seen=%d new=%d stored=%d reason=%r",
        crawl.source.name,
        outcome,
        crawl.requests,
        crawl.seen,
        crawl.new_links,
        crawl.stored,
        reason,
    )
