"""Runs claimed turns as Scrapy crawls in this loop and closes their books; it decides nothing about articles."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from scrapy.spiderloader import get_spider_loader

from monitor.errors import DatabaseError, SourceVanished
from monitor.fetching.agents.lease_clock import LeaseClock
from monitor.fetching.context import Crawl, CrawlServices, SourceCrawler
from monitor.fetching.desk.end_poll import REST
from monitor.fetching.transport.access import AccessUnusable, read_access
from monitor.fetching.transport.proxy import ProxyUnusable, read_proxy
from monitor.fetching.transport.scrapy_settings import build_scrapy_settings
from monitor.model.poll import PollLease

log = logging.getLogger(__name__)

# A crawl asks for links no longer than this (a long Crawl-delay); with its last request it ends within its lease.
LASTS = timedelta(hours=1)
STOPPED = "seedwatch stopped in the middle of it"


class Crawls:
    """Every crawl of this process."""

    def __init__(self, shared: CrawlServices) -> None:
        self.shared = shared
        self._settings = build_scrapy_settings(agent=shared.agent, timeout=shared.timeout, max_bytes=shared.max_bytes)
        self.spiders = get_spider_loader(self._settings)

    def begin(self, turn: PollLease, lease: LeaseClock | None = None) -> Crawl:
        """The crawl of one turn, not run yet; `lease` is an agent's."""
        self.shared.room.wanted = turn.crowded
        ends_at = self.shared.clock.now() + LASTS
        return Crawl(shared=self.shared, turn=turn, ends_at=ends_at, lease=lease or LeaseClock())

    async def run(self, crawl: Crawl) -> Crawl:
        """One turn from its claim to its closed poll row; never raises for what an outlet or the database does.

        The caller holds the clock.
        Cancelled, it closes the poll as aborted and leaves every unsettled link pending. Raises SourceVanished, the
        poll closed, where the source has left the configuration since it was claimed.
        """
        turn = crawl.turn
        try:
            await self._scrapy(crawl)
        except asyncio.CancelledError:
            crawl.fault, crawl.stopped = STOPPED, True
        except SourceVanished:
            raise
        except (ProxyUnusable, AccessUnusable) as error:
            crawl.fault = str(error)
        except Exception as error:  # a crawl that cannot even start must not take the daemon with it
            log.exception("event=crawl-failed source=%s", turn.source)
            crawl.record_fault(error)
        await self._close(crawl)
        return crawl

    async def _close(self, crawl: Crawl) -> None:
        """Close the books, as soon as the desk takes it: till then the host stays leased and nobody asks it."""
        told = False
        while crawl.end is None:
            try:
                crawl.end = await self.shared.desk.close_poll(crawl.turn, crawl.report())
            except DatabaseError as error:
                if not told:
                    log.error("event=poll-not-closed source=%s error=%r", crawl.turn.source, str(error))
                told = True
                if crawl.stopped:  # the next start closes it
                    return
                crawl.record_fault(error)
                await self.shared.clock.sleep(REST.total_seconds())

    async def _scrapy(self, crawl: Crawl) -> None:
        """Run the spider; a fault of the crawl itself is left in `crawl.fault`."""
        shared = self.shared
        order = crawl.order = await shared.desk.open_poll(crawl.turn)
        source, crawl.further = order.source, order.further
        crawl.pages.update(endpoint.key for endpoint in order.endpoints)
        crawl.proxy, crawl.access = read_proxy(source), read_access(source)
        crawl.asked = crawl.awaited = len(order.endpoints)
        crawler = SourceCrawler(self.spiders.load(source.spider), self._settings, crawl)
        # Not by Scrapy's runner, which would set each of its settings anew in those of every crawler.
        task = asyncio.create_task(
            crawler.crawl_async(
                source=source,
                endpoints=order.endpoints,
                parse=shared.reader.work,
                validators=order.validators,
                addresses=order.addresses,
                now=shared.clock.now,
            )
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
