"""What one crawl and all crawls share with the components Scrapy builds; plain values, hardly any logic.

Scrapy builds handlers and middlewares itself and copies its settings deeply, so our objects ride on the crawler.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.address_policy import Allow
from monitor.backoff import BUSY_FLOOR, parse_retry_after
from monitor.clock import Clock
from monitor.discovery import poll_interval
from monitor.errors import DatabaseError, LeaseLapsed
from monitor.fetching.false_304 import TrustProbe
from monitor.fetching.gap_filling import GapFiller
from monitor.fetching.transport.access import Access
from monitor.fetching.transport.proxy import Proxy
from monitor.fetching.transport.rate_limiter import Pacer
from monitor.fetching.transport.resolver import GuardedResolver
from monitor.fetching.transport.scrapy_settings import SharedSettings
from monitor.fetching.transport.wire_slots import WireSlots
from monitor.fetching.trouble import Trouble, summarize_troubles
from monitor.model.poll import PollLease
from monitor.model.source import Source
from monitor.pipeline.ingest.ingest import Ingest
from monitor.storage import Store

TIMEOUTS_A_CRAWL = 3  # timeouts of a host in a row after which the rest of a crawl's links there waits


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlServices:
    """One per process."""

    store: Store
    ingest: Ingest
    clock: Clock
    pacer: Pacer
    wire: WireSlots
    resolver: GuardedResolver
    allow: Allow
    timeout: float
    max_bytes: int
    ports: frozenset[int]  # that may be asked at; any where empty
    agent: str
    chance: random.Random

    async def apply_retry_after(self, host: str, status: int, retry_after: str | None) -> None:
        """Let a host rest, over restarts, where its answer says it is busy (429, 503).

        A Retry-After that names no moment to come counts as 60 s (RELIABILITY W5, P6).
        """
        if status in (429, 503):
            now = self.clock.now()
            until = now + timedelta(seconds=parse_retry_after(retry_after, now) or BUSY_FLOOR)
            self.pacer.rest(host, until)
            await self.store.do(self.store.sources.rest_host, host, until)


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One per crawl, with its running counts; `requested` holds the links already asked for."""

    shared: CrawlServices
    source: Source
    turn: PollLease
    gaps: GapFiller
    trust: TrustProbe
    ends_at: datetime  # links not asked for by then wait for the source's next turn
    requests: int = 0
    asked: int = 0  # endpoints that were to be asked
    seen: int = 0
    new_links: int = 0
    stored: int = 0
    settled: int = 0  # pages that were read, whatever they were
    good: int = 0  # endpoints that answered well
    troubles: list[Trouble] = field(default_factory=list)
    fault: str | None = None  # what went wrong on our side, in words
    blocked: bool = False
    answered: bool = False  # whether any server answered at all
    proxy: Proxy | None = None  # None: the direct way
    access: Access | None = None  # a person's own; None: as anybody
    first: set[int] = field(default_factory=set)  # endpoints whose first good answer came in this crawl
    requested: set[int] = field(default_factory=set)
    timeouts: dict[str, int] = field(default_factory=dict)  # by host, in a row
    pages_answered: int = 0  # links whose server answered in time, whatever it said
    postponed: dict[int, datetime] = field(default_factory=dict)  # links whose host rests, until when
    fetches: set[asyncio.Task[Response]] = field(default_factory=set)  # under way, to be cancelled by a stop
    stopping: bool = False

    @property
    def reason(self) -> str | None:
        """All that went wrong, in one short line; None for nothing."""
        return summarize_troubles(self.troubles, self.fault)

    @property
    def hung(self) -> list[str]:
        """Hosts that let request after request run into the timeout: they are asked no more in this crawl."""
        return [host for host, times in self.timeouts.items() if times >= TIMEOUTS_A_CRAWL]

    @property
    def failed(self) -> bool:
        """Whether nothing can be said of the source: a fault of ours, or no endpoint that answered well."""
        return self.fault is not None or bool(self.troubles and not self.good)

    @property
    def weight(self) -> float:
        """What this poll weighs as a failure: its worst trouble; a fault of ours says little of the outlet."""
        return max((trouble.weight for trouble in self.troubles), default=poll_interval.UNREACHED)

    def record_fault(self, error: BaseException) -> None:
        """A fault of ours: the poll has failed. Where nothing can be written down nothing more is asked for either, nor
        where the host is another poll's by now."""
        self.fault = self.fault or f"internal: {type(error).__name__}: {error}"
        if isinstance(error, (DatabaseError, LeaseLapsed)):
            self.stop()

    def stop(self) -> None:
        """Give up what is being fetched and ask for nothing more; the links stay pending."""
        self.stopping = True
        for fetch in self.fetches:
            fetch.cancel()


class SourceCrawler(Crawler):
    """A Scrapy crawler that carries its crawl."""

    def __init__(self, spider: type[Spider], settings: SharedSettings, crawl: Crawl) -> None:
        super().__init__(spider, settings)
        self.crawl_context = crawl


def get_crawl(crawler: Crawler) -> Crawl:
    """The crawl of a crawler; raises TypeError for a crawler that is not ours."""
    if not isinstance(crawler, SourceCrawler):
        raise TypeError("this component works inside the daemon's crawls only")
    return crawler.crawl_context
