"""Runs claimed turns as Scrapy crawls in this loop and closes their books; it decides nothing about articles."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import datetime

from scrapy.crawler import AsyncCrawlerRunner

from monitor.core import schedule
from monitor.crawl.context import Crawl, Shared, SourceCrawler
from monitor.crawl.settings import settings
from monitor.store.sources import Turn

log = logging.getLogger(__name__)

# A source is called failing from the third failed poll in a row: one or two are blips (STYLE.md, story-indexer).
FAILING = 3
# Where no server was reached at all the fault is most likely ours, and a long back-off would only add delay
# once the network is back: the interval grows fourfold at most.
UNREACHED_FAILURES = 3
STOPPED = "seedwatch stopped in the middle of it"


class Crawls:
    """Every crawl of this process."""

    def __init__(self, shared: Shared, *, max_bytes: int, chance: random.Random) -> None:
        self.shared = shared
        self.chance = chance
        self._settings = settings(agent=shared.agent, timeout=shared.timeout, max_bytes=max_bytes)
        self.runner = AsyncCrawlerRunner(self._settings)

    async def run(self, turn: Turn) -> Crawl:
        """One turn from its claim to its closed poll row; never raises for what an outlet does.

        The caller holds the clock.
        Cancelled, it closes the poll as aborted and leaves every unsettled link pending.
        """
        source = self.shared.ingest.watch.sources[turn.source]
        crawl = Crawl(shared=self.shared, source=source, turn=turn)
        fault = await self._scrapy(crawl)
        await self.shared.store.do(self._finish, crawl, fault, self.shared.clock.now())
        return crawl

    async def _scrapy(self, crawl: Crawl) -> str | None:
        """Run the spider; what went wrong with the crawl itself, in words."""
        shared, source = self.shared, crawl.source
        sources = shared.store.sources
        due = await shared.store.do(sources.endpoints_due, source, shared.clock.now()) if crawl.turn.whole else ()
        validators = await shared.store.do(sources.validators, source.name)
        crawler = SourceCrawler(self.runner.spider_loader.load(source.spider), self._settings, crawl)
        task = self.runner.crawl(
            crawler,
            source=source,
            endpoints=due,
            parse=shared.ingest.workers.call,
            validators=validators,
            now=shared.clock.now,
        )
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            crawl.stop()
            await crawler.stop_async()
            await asyncio.wait([task])
            return STOPPED
        except Exception as error:  # a spider that cannot even start must not take the daemon with it
            log.exception("event=crawl-failed source=%s", source.name)
            return f"internal: {type(error).__name__}: {error}"
        # Scrapy swallows a component that fails to import: exit 0 and empty stats (RELIABILITY fact 3).
        finished = crawler.stats.get_value("finish_reason") if crawler.stats else None
        return None if finished == "finished" else f"internal: the crawl ended as {finished!r}"

    def _finish(self, crawl: Crawl, fault: str | None, now: datetime) -> None:
        """Close the books of one crawl, in one transaction."""
        turn, source, store = crawl.turn, crawl.source, self.shared.store
        errors = [*([fault] if fault else []), *crawl.errors]
        outcome = _outcome(turn, crawl, fault)
        failures = turn.failures
        next_poll = None
        if turn.whole:
            failures = turn.failures + 1 if outcome == "failed" else 0
            counted = failures if crawl.answered else min(failures, UNREACHED_FAILURES)
            next_poll = schedule.next_poll(now, source.every, counted, None, self.chance.random())
            # No poll before one of the endpoints wants to be asked again (max-age, ttl).
            next_poll = max(next_poll, store.sources.earliest(source) or next_poll)
        if outcome == "aborted":
            next_poll = now
        state = _state(crawl, outcome, failures)
        reason = "; ".join(errors)[:2000] or None
        if not turn.whole:  # a try of old links says nothing about the endpoints
            row = store.sources.row(source.name)
            state, reason = row["state"], row["reason"]
        store.sources.finish(
            turn,
            outcome=outcome,
            requests=crawl.requests,
            seen=crawl.seen,
            new_links=crawl.new_links,
            stored=crawl.stored,
            reason=reason,
            state=state,
            failures=failures,
            next_poll_at=next_poll,
            now=now,
        )
        if state in ("failing", "blocked"):
            store.problems.open("source", source.name, reason or state, f"seedwatch explain {source.name}", now)
        elif state == "ok":
            store.problems.close("source", source.name, now)
        _log(crawl, outcome, reason)


def _outcome(turn: Turn, crawl: Crawl, fault: str | None) -> str:
    if fault == STOPPED:
        return "aborted"
    if not turn.whole:
        return "failed" if fault else "ok"
    if fault or (crawl.errors and not crawl.good):
        return "failed"
    return "partial" if crawl.errors else "ok"


def _state(crawl: Crawl, outcome: str, failures: int) -> str:
    if crawl.blocked:
        return "blocked"
    if failures >= FAILING:
        return "failing"
    return "ok" if outcome in ("ok", "partial") else "unsteady"


def _log(crawl: Crawl, outcome: str, reason: str | None) -> None:
    log.info(
        "event=poll source=%s outcome=%s requests=%d seen=%d new=%d stored=%d reason=%r",
        crawl.source.name,
        outcome,
        crawl.requests,
        crawl.seen,
        crawl.new_links,
        crawl.stored,
        reason,
    )
