"""Fetches what `init` asks for through the same guarded way as every crawl; it must not decide what to ask.

A spider whose requests come from a conversation instead of a ledger: the caller asks for one address after the other
and gets a page, or why there is none. Address policy, robots.txt, pacing and caps are those of any crawl.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from monitor.errors import AddressRefused
from monitor.fetching.context import Crawl, SourceCrawler
from monitor.fetching.crawler import LASTS, Crawls
from monitor.fetching.desk.port import CrawlOrder
from monitor.fetching.transport.access import read_access
from monitor.fetching.transport.guarded_download import NotSent
from monitor.fetching.transport.proxy import read_proxy
from monitor.fetching.transport.robots import RobotsRefused, RobotsUnreachable
from monitor.fetching.transport.scrapy_settings import build_scrapy_settings
from monitor.fetching.transport.size_limit import TooLarge
from monitor.model.page import Page, Rejection
from monitor.model.poll import PollLease
from monitor.model.source import Endpoint, Listing, Source
from monitor.text.error_words import describe_fetch_error
from spiders.base import OutletSpider, collect_headers

T = TypeVar("T")
Kind = Literal["robots", "address", "busy", "size", "name", "connection", "timeout", "other"]
_KINDS: tuple[tuple[type[BaseException], Kind], ...] = (
    (RobotsRefused, "robots"),
    (AddressRefused, "address"),
    (NotSent, "busy"),
    (TooLarge, "size"),
    (CannotResolveHostError, "name"),
    (DownloadTimeoutError, "timeout"),
    (DownloadConnectionRefusedError, "connection"),
    (DownloadFailedError, "connection"),
    (ResponseDataLossError, "connection"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """Why no answer came: `kind` for whoever advises on it, `reason` in one line."""

    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAnswer:
    """What an endpoint answered: `page` as it came, `read` what stands in it."""

    page: Page
    read: Listing | Rejection


class _Converse(AsyncIterator[Any]):
    """Awaits a conversation and yields nothing, as the start of a spider whose requests are all made inside it."""

    def __init__(self, conversation: Awaitable[None]) -> None:
        self._conversation = conversation

    async def __anext__(self) -> Any:
        await self._conversation
        raise StopAsyncIteration


class Probe(OutletSpider):
    """One conversation with one outlet; `conversation(probe)` is awaited while the crawl lasts."""

    name = "probe"

    def __init__(
        self,
        *,
        conversation: Callable[[Probe], Awaitable[None]],
        load: Callable[[str], type[OutletSpider]],
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._conversation = conversation
        self._load = load

    def start(self) -> AsyncIterator[Any]:
        """The conversation, and no request of its own: what it asks for goes to the engine directly."""
        return _Converse(self._conversation(self))

    async def page(self, url: str) -> Page | FetchFailure:
        """The page at `url`, after redirects."""
        return await self._fetched(Request(url, dont_filter=True), url)

    async def ask(self, endpoint: Endpoint, source: Source) -> ProbeAnswer | FetchFailure:
        """What `endpoint` lists, read by the spider and with the rules of `source`."""
        page = await self._fetched(self.request(endpoint, root=endpoint), endpoint.url)
        if isinstance(page, FetchFailure):
            return page
        return ProbeAnswer(page=page, read=await self.read(endpoint, page, source))

    async def read(self, endpoint: Endpoint, page: Page, source: Source) -> Listing | Rejection:
        """What `page` lists, were it the answer of `endpoint`; in a worker process."""
        found: Listing | Rejection = await self._call(
            self._load(source.spider).reader,
            endpoint,
            page.body,
            page.content_type,
            page.status,
            source,
            self.now(),
            page.final_url,
        )
        return found

    async def run_in_worker(self, fn: Callable[..., T], *arguments: Any) -> T | Rejection:
        """`fn(*arguments)` in a worker process."""
        result: T | Rejection = await self._call(fn, *arguments)
        return result

    async def _fetched(self, request: Request, url: str) -> Page | FetchFailure:
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("a probe was asked before its engine was made")
        try:
            response = await engine.download_async(request)
        except Exception as error:  # whatever kept it from us is an answer to whoever asked
            return _unfetched(error)
        return Page(
            url=url,
            final_url=response.url,
            status=response.status,
            headers=collect_headers(response),
            body=response.body,
            fetched_at=self.now(),
        )


def _unfetched(error: Exception) -> FetchFailure:
    """An error in words; where robots.txt could not be read, what kept it from us is what there is to mend."""
    cause = error.__cause__ if isinstance(error, RobotsUnreachable) else None
    words = describe_fetch_error(error) + (f": {describe_fetch_error(cause)}" if cause is not None else "")
    kind: Kind = next((kind for known, kind in _KINDS if isinstance(cause or error, known)), "other")
    return FetchFailure(kind=kind, reason=words[:300])


async def run_probe(
    crawls: Crawls, conversation: Callable[[Probe], Awaitable[T]], *, outlet: Source | None = None
) -> T:
    """Run one conversation in a crawl of its own; what it returns or raises.

    `outlet` is the configured source that is asked, by its proxy and with the person's own access to it. Raises
    ProxyUnusable and AccessUnusable.
    """
    shared = crawls.shared
    source = Source(name=Probe.name, spider=Probe.name, title="", address=None, every=0, endpoints=())
    turn = PollLease(source=source.name, poll=0, whole=True, failures=0)
    order = CrawlOrder(source=source, endpoints=())  # no desk gave it: what is only tried out is not watched
    crawl = Crawl(shared=shared, turn=turn, order=order, ends_at=shared.clock.now() + LASTS)
    if outlet is not None:
        crawl.proxy, crawl.access = read_proxy(outlet), read_access(outlet)
    wanted = build_scrapy_settings(agent=shared.agent, timeout=shared.timeout, max_bytes=shared.max_bytes)
    crawler = SourceCrawler(Probe, wanted, crawl)
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def whole(spider: Probe) -> None:
        try:
            result.set_result(await conversation(spider))
        except Exception as error:  # Scrapy would log it and call the crawl finished
            result.set_exception(error)

    await crawler.crawl_async(
        source=source,
        parse=shared.reader.workers.call,
        now=shared.clock.now,
        conversation=whole,
        load=crawls.spiders.load,
    )
    if crawl.fault is not None and not result.done():
        raise RuntimeError(crawl.fault)
    return result.result()
