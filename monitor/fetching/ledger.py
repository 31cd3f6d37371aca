"""Records what endpoints announce and fetches the links we owe an answer for: a spider middleware of the daemon.

Spiders yield one `Answer` per endpoint; each is written in ONE transaction – links, validators, due times – before
any of its links is requested. Every requested link ends in exactly one settled outcome, or stays pending.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response
from twisted.python.failure import Failure

from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import AddressRefused, DatabaseError, LeaseLapsed, NameRefused
from monitor.fetching.context import get_crawl
from monitor.fetching.desk.local_desk import LINKS_A_CRAWL
from monitor.fetching.transport.guarded_download import NotSent
from monitor.fetching.transport.robots import EXEMPT, RobotsRefused
from monitor.fetching.transport.size_limit import TooLarge
from monitor.model.page import FetchFacts, Outcome, Page, Rejection
from monitor.model.source import Endpoint, Entry, Validators
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link
from monitor.text.error_words import describe_fetch_error
from monitor.text.urls import build_canonical_address, parse_host, strip_tracking

log = logging.getLogger(__name__)

# Every so many looks at a piece are unconditional: some servers answer 304 whatever became of the page.
WHOLE = 4
_SAME = Rejection(outcome=Outcome.UNCHANGED, reason="status 304, not modified")


class LedgerMiddleware:
    """The ledger's hand inside a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl = get_crawl(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LedgerMiddleware:
        middleware = cls(crawler)
        # Scrapy passes what an errback yields around spider middlewares: an endpoint that could not be reached
        # would vanish, and its poll look good.
        crawler.signals.connect(middleware.unreached, signal=signals.item_scraped)
        crawler.signals.connect(middleware.broken, signal=signals.spider_error)
        return middleware

    async def unreached(self, item: Any) -> None:
        """Write down the Answer of an endpoint nobody answered at."""
        if isinstance(item, EndpointAnswer):
            try:
                await self._record(item, room=0)  # no request can be made here
            except (DatabaseError, LeaseLapsed) as error:  # what a signal's receiver raises is logged and forgotten
                self.crawl.record_fault(error)
            self.crawl.awaited -= 1

    def broken(self, failure: Failure) -> None:
        """A callback raised: the store, or a fault of ours. Scrapy logs it and would call the crawl finished."""
        error: BaseException = failure.value  # type: ignore[assignment]
        self.crawl.record_fault(error)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Endpoint requests first, then the links that wait for another try, then looks at known pieces."""
        async for item in start:
            yield self._exempt(item)
        for request in await self._list_further():
            yield request
        order = self.crawl.order
        for request in [] if order is None else [*self._ask(order.owed), *self._ask(order.looks)]:
            yield request

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Write each Answer down, then ask for what is owed; further endpoint pages pass through."""
        told = 0
        async for item in result:
            if isinstance(item, EndpointAnswer):
                told += 1
                for request in self._ask(await self._record(item, room=LINKS_A_CRAWL - len(self.crawl.requested))):
                    yield request
            elif not isinstance(item, Request) or self._goes_deeper(item):
                yield self._exempt(item)
        for request in await self._list_further():
            yield request
        self.crawl.awaited -= told

    def _goes_deeper(self, request: Request) -> bool:
        """Whether a further page that the spider wants is to be asked for; a list on known ground goes no deeper."""
        crawl, endpoint, root = self.crawl, request.meta.get("endpoint"), request.meta.get("root")
        if not (isinstance(endpoint, Endpoint) and isinstance(root, Endpoint)):
            crawl.awaited += 1
            return True
        if endpoint.key in crawl.pages or (endpoint.kind != "sitemap" and root.key in crawl.shallow):
            return False
        crawl.pages.add(endpoint.key)
        crawl.untold.add(endpoint.key)
        crawl.awaited += 1
        return True

    async def _list_further(self) -> list[Request]:
        """Requests that fill gaps, without validators, for only a whole list says what it covers; and those that try
        the validators of an endpoint that may have lied."""
        crawl = self.crawl
        if not crawl.further:
            return []
        crawl.further = False
        crawl.awaited += 1
        untold, crawl.untold = frozenset(crawl.untold), set()
        spider: Any = self.crawler.spider  # an OutletSpider: SPIDER_MODULES holds no other
        requests = []
        for wanted in await crawl.shared.desk.list_further(crawl.turn, untold):
            crawl.pages.add(wanted.endpoint.key)
            crawl.awaited += 1
            request: Request = spider.request(wanted.endpoint, root=wanted.root)
            known = wanted.validators
            for name, value in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
                request.headers.pop(name, None)
                if value is not None:
                    request.headers[name] = value.encode("latin-1")
            if wanted.probe:
                request.callback, request.errback = self._probed, _unprobed
            requests.append(self._exempt(request))
        crawl.awaited -= 1
        return requests

    async def _probed(self, response: Response) -> None:
        await self.crawl.shared.desk.record_probe(self.crawl.turn, response.meta["endpoint"], response.status)

    def _exempt(self, item: Any) -> Any:
        if isinstance(item, Request):
            endpoint = item.meta.get("endpoint")
            if isinstance(endpoint, Endpoint) and endpoint.kind == "feed":
                item.meta[EXEMPT] = True
        return item

    async def _record(self, answer: EndpointAnswer, room: int) -> tuple[Link, ...]:
        """Have the desk write an answer down; the links that are owed in return, `room` at most."""
        crawl = self.crawl
        report = crawl.report() if crawl.ends_with(answer) else None
        taken = await crawl.shared.desk.record_answer(crawl.turn, answer, room, frozenset(crawl.requested), report)
        crawl.end = taken.end
        if taken.shallow:
            crawl.shallow.add(answer.root.key)
        crawl.further |= taken.further
        return taken.owed

    # — fetch —————————————————————————————————————————————————————————————————————————————————————————————————————

    def _ask(self, links: Iterable[Link]) -> list[Request]:
        """Requests for links, as far as there is room; other answers may have asked for the same ones meanwhile."""
        fresh = [link for link in links if link.id not in self.crawl.requested]
        looks = sum(link.revisit for link in fresh)
        return [self._request(link) for link in fresh[: looks + max(0, LINKS_A_CRAWL - len(self.crawl.requested))]]

    def _request(self, link: Link) -> Request:
        self.crawl.requested.add(link.id)
        source = self.crawl.source
        # The announced address less its tracking junk; where the outlet has one true form, that (RELIABILITY P11).
        url = build_canonical_address(link.url, source) if source.canonical else strip_tracking(link.url)
        return Request(
            url,
            callback=self._page,
            errback=self._lost,
            cb_kwargs={"link": link},
            meta={"link": link, "download_fail_on_dataloss": False},  # `GuardedHandler` has it fail
            # News goes before the endpoints still to be asked, which at a pause for each would keep it waiting.
            priority=-1 if link.revisit else 0 if link.backlog else 2,  # an endpoint has 1
            headers=_conditions(link.validators) if link.revisit and (link.revisits + 1) % WHOLE else {},
            dont_filter=True,
        )

    async def _page(self, response: Response, link: Link) -> None:
        with self.crawl.shared.unread.read():
            await self._read(response, link)

    async def _read(self, response: Response, link: Link) -> None:
        shared, now = self.crawl.shared, self.crawl.shared.clock.now()
        if response.status == 304 and link.revisit:
            fetched = FetchFacts(at=now, final_url=response.url, status=304)
            self._count(await shared.desk.settle_page(link, _SAME, fetched))
            return
        page = self._fetched(response, link.url, link.entry)
        rest = shared.pacer.resting_until(parse_host(response.url))  # after a 429 or 503
        order = await shared.desk.order_page(link, page.url, page.final_url)
        read = await shared.reader.read(
            *(link, page, order.view, await shared.desk.load_topics(order.topics)),
            captures=order.captures,
            retry_after=(rest - now).total_seconds() if rest else None,
            fetch_part=self._part,
        )
        self._count(await shared.desk.settle_page(link, read.result, read.fetched))

    async def _part(self, url: str) -> Page | str:
        """A further page of a piece, asked for like any other of this crawl; in words why it did not come."""
        engine = self.crawler.engine
        if engine is None or self.crawl.stopping:
            return "the crawl ended"
        try:
            with self.crawl.shared.unread.put_aside():
                response = await engine.download_async(Request(url, dont_filter=True))
        except Exception as error:  # whatever kept it from us: the piece is incomplete, and says why
            return rejection_from_error(error).reason
        return self._fetched(response, url, None)

    def _fetched(self, response: Response, url: str, entry: Entry | None) -> Page:
        headers = {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in _headers(response)}
        return Page(
            url=url,
            final_url=response.url,
            status=response.status,
            headers=headers,
            body=response.body,
            fetched_at=self.crawl.shared.clock.now(),
            entry=entry,
        )

    async def _lost(self, failure: Failure) -> None:
        """A link whose page never came; nothing is lost, the link says why and when it is tried again."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        link: Link = request.meta["link"]
        error: BaseException = failure.value  # type: ignore[assignment]
        if isinstance(error, NotSent):
            if error.until is not None:  # else it is due at the source's next turn
                self.crawl.postponed[link.id] = error.until
            return
        fetched = FetchFacts(
            at=self.crawl.shared.clock.now(),
            forbidden=isinstance(error, RobotsRefused),
            cut_off=isinstance(error, ResponseDataLossError),
        )
        self._count(await self.crawl.shared.desk.settle_page(link, rejection_from_error(error), fetched))

    def _count(self, settled: SettledPage) -> None:
        if settled.late:
            return
        self.crawl.stored += settled.outcome.stored
        self.crawl.settled += 1
        self.crawl.blocked |= settled.outcome is Outcome.BLOCKED


async def _unprobed(failure: Failure) -> None:
    """No answer says nothing about the one before it; the next check asks again."""
    log.info("event=unprobed error=%r", failure.getErrorMessage())


def rejection_from_error(error: BaseException) -> Rejection:
    """What a page that never came amounts to."""
    if isinstance(error, NameRefused):
        return Rejection(outcome=Outcome.FAILED, reason=str(error))
    if isinstance(error, (AddressRefused, RobotsRefused)):
        return Rejection(outcome=Outcome.REFUSED, reason=str(error))
    if isinstance(error, TooLarge):
        return Rejection(outcome=Outcome.TOO_LARGE, reason=str(error))
    return Rejection(outcome=Outcome.FAILED, reason=describe_fetch_error(error))


def _conditions(known: Validators) -> dict[str, bytes]:
    """The headers by which a server may answer that nothing changed; byte for byte what it gave."""
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value.encode("latin-1") for name, value in found.items() if value is not None}


def _headers(response: Response) -> list[tuple[bytes, list[bytes]]]:
    return [(name, values) for name, values in response.headers.items() if values]
