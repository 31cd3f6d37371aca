"""What one crawl and all crawls share with the components Scrapy builds; plain values, hardly any logic.

Scrapy builds handlers and middlewares itself and copies its settings deeply, so our objects ride on the crawler.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.address_policy import Allow
from monitor.backoff import BUSY_FLOOR, parse_retry_after
from monitor.clock import Clock
from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import DatabaseError, LeaseLapsed
from monitor.fetching.agents.lease_clock import LeaseClock
from monitor.fetching.agents.unread_pages import UnreadPages
from monitor.fetching.desk.port import CrawlOrder, CrawlReport, Desk, PollEnd
from monitor.fetching.transport.access import Access
from monitor.fetching.transport.proxy import Proxy
from monitor.fetching.transport.rate_limiter import Pacer
from monitor.fetching.transport.resolver import GuardedResolver
from monitor.fetching.transport.scrapy_settings import SharedSettings
from monitor.fetching.transport.wire_slots import WireSlots
from monitor.model.poll import PollLease
from monitor.model.source import Source
from monitor.pipeline.page_reader import PageReader
from monitor.text.urls import parse_host

TIMEOUTS_A_CRAWL = 3  # timeouts of a host in a row after which the rest of a crawl's links there waits


# Pages of before its source was added that a crawl takes along while others wait for room: twenty take half a minute,
# and of a thousand new feeds the last would be looked at minutes late. Some, for room may never be enough.
BACKLOG_CROWDED = 2


@dataclass(slots=True)
class CrawlRoom:
    """The room for crawls under way, as the last claim left it; `wanted`: sources that are due wait for some."""

    wanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlServices:
    """One per process."""

    desk: Desk
    reader: PageReader
    clock: Clock
    pacer: Pacer
    wire: WireSlots
    resolver: GuardedResolver
    allow: Allow
    timeout: float
    max_bytes: int
    ports: frozenset[int]  # that may be asked at; any where empty
    agent: str
    unread: UnreadPages = field(default_factory=UnreadPages)
    room: CrawlRoom = field(default_factory=CrawlRoom)

    async def apply_retry_after(self, host: str, status: int, retry_after: str | None) -> None:
        """Let a host rest, over restarts, where its answer says it is busy (429, 503).

        A Retry-After that names no moment to come counts as 60 s (RELIABILITY W5, P6).
        """
        if status in (429, 503):
            now = self.clock.now()
            until = now + timedelta(seconds=parse_retry_after(retry_after, now) or BUSY_FLOOR)
            self.pacer.rest(host, until)
            await self.desk.rest_host(host, until)


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One per crawl, with its running counts; `requested` holds the links already asked for."""

    shared: CrawlServices
    turn: PollLease
    ends_at: datetime  # links not asked for by then wait for the source's next turn
    lease: LeaseClock = field(
        default_factory=LeaseClock
    )  # an agent's; nobody takes away those of the desk's own process
    order: CrawlOrder | None = None  # None until the desk has given it
    end: PollEnd | None = None  # None until the desk has closed the books
    requests: int = 0
    asked: int = 0  # endpoints that were to be asked
    stored: int = 0
    settled: int = 0  # pages that were read, whatever they were
    fault: str | None = None  # what went wrong on our side, in words
    blocked: bool = False  # a wall stood before a page
    stopped: bool = False  # seedwatch stopped in the middle of it
    proxy: Proxy | None = None  # None: the direct way
    access: Access | None = None  # a person's own; None: as anybody
    further: bool = False  # whether the desk has more to ask than what is due
    shallow: set[str] = field(default_factory=set)  # keys of endpoints whose lists go no deeper this time
    pages: set[str] = field(default_factory=set)  # keys of endpoints and further pages already asked for
    untold: set[str] = field(default_factory=set)  # those of them that the desk does not know of yet
    # Requests beside those for links that are not done: nothing came yet, or not all is asked for that it leads to.
    awaited: int = 0
    requested: set[int] = field(default_factory=set)
    backlog: int = 0  # pages answered of links from before their source was added
    timeouts: dict[str, int] = field(default_factory=dict)  # by host, in a row
    pages_answered: int = 0  # links whose server answered in time, whatever it said
    postponed: dict[int, datetime] = field(default_factory=dict)  # links whose host rests, until when
    fetches: set[asyncio.Task[Response]] = field(default_factory=set)  # under way, to be cancelled by a stop
    stopping: bool = False

    @property
    def source(self) -> Source:
        """Whom this crawl asks; there is no crawl without an order."""
        if self.order is None:
            raise RuntimeError("a crawl has no source before its desk has given the order")
        return self.order.source

    @property
    def seen(self) -> int:
        """Entries that its endpoints listed."""
        return self.end.seen if self.end is not None else 0

    @property
    def reason(self) -> str | None:
        """All that went wrong, in one short line; None for nothing."""
        return self.end.reason if self.end is not None else self.fault

    @property
    def failed(self) -> bool:
        """Whether nothing can be said of the source: a fault of ours, or no endpoint that answered well."""
        return self.fault is not None or (self.end is not None and self.end.outcome == "failed")

    @property
    def host(self) -> str | None:
        """The host that is this crawl's while its poll is open; every other one is asked for at the desk."""
        return parse_host(self.order.source.endpoints[0].url) if self.order and self.order.source.endpoints else None

    def report(self) -> CrawlReport:
        """What its desk does not know."""
        return CrawlReport(
            requests=self.requests,
            settled=self.settled,
            stored=self.stored,
            answered=self.pages_answered,
            blocked=self.blocked,
            fault=self.fault,
            stopped=self.stopped,
            postponed=dict(self.postponed),
            hung=tuple(self.hung),
        )

    @property
    def hung(self) -> list[str]:
        """Hosts that let request after request run into the timeout: they are asked no more in this crawl."""
        return [host for host, times in self.timeouts.items() if times >= TIMEOUTS_A_CRAWL]

    def ends_with(self, answer: EndpointAnswer) -> bool:
        """Whether an answer that says that nothing has changed is the last of this crawl, as far as it knows."""
        order = self.order
        if order is None or order.owed or order.looks or order.further or order.absence is not None:
            return False
        if self.awaited != 1 or self.requested or self.further or self.stopping or self.fault is not None:
            return False
        return answer.listing is None and answer.rejection is None and answer.error is None

    def leaves_backlog(self, request: Request) -> bool:
        """Whether a page from before its source was added is left to a later crawl, since others wait for room."""
        return self.shared.room.wanted and self.backlog >= BACKLOG_CROWDED and is_backlog(request)

    def record_fault(self, error: BaseException) -> None:
        """A fault of ours: the poll has failed. Where nothing can be written down nothing more is asked for either, nor
        where the host is another poll's by now."""
        self.fault = self.fault or f"internal: {type(error).__name__}: {error}"
        if isinstance(error, (DatabaseError, LeaseLapsed)):
            self.stop()

    def lapse(self) -> None:
        """The poll's lease ran out: what was fetched is settled as far as its links are still pending, no more is
        asked."""
        self.lease.lapse()
        self.fault, self.stopped = self.fault or "its lease ran out", True
        self.stop()

    def stop(self) -> None:
        """Give up what is being fetched and ask for nothing more; the links stay pending."""
        self.stopping = True
        for fetch in self.fetches:
            fetch.cancel()


def is_backlog(request: Request) -> bool:
    """Whether a request is for a page from before its source was added: no further look at it, nor a redirect of it,
    for what was begun is seen through."""
    link = request.meta.get("link")
    return link is not None and link.backlog and not link.revisit and not request.meta.get("redirect_times")


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
