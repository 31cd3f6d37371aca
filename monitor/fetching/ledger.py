"""Records what endpoints announce and fetches the links we owe an answer for: a spider middleware of the daemon.

Spiders yield one `Answer` per endpoint; each is written in ONE transaction – links, validators, due times – before
any of its links is requested. Every requested link ends in exactly one settled outcome, or stays pending.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from monitor.discovery import poll_interval
from monitor.discovery.endpoint import EndpointAnswer
from monitor.discovery.poll_interval import choose_sitemap_rest, failure_weight, next_open_hour
from monitor.discovery.retry import POLL_CAP, schedule_poll
from monitor.errors import AddressRefused, DatabaseError, LeaseLapsed, NameRefused
from monitor.fetching.context import get_crawl
from monitor.fetching.transport.guarded_download import NotSent
from monitor.fetching.transport.robots import EXEMPT, RobotsRefused
from monitor.fetching.transport.size_limit import TooLarge
from monitor.fetching.trouble import Trouble
from monitor.identity import recheck_schedule
from monitor.model.page import FetchFacts, Outcome, Page, Rejection
from monitor.model.source import Endpoint, Entry, Validators
from monitor.pipeline.ingest.record_listed import record_listed
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link
from monitor.storage.timestamps import parse_optional_stamp
from monitor.text.error_words import strip_object_notation
from monitor.text.urls import build_canonical_address, parse_host, strip_tracking

log = logging.getLogger(__name__)

# Links one crawl asks for before it lets go of the host; the rest stay due and are claimed again at once.
LINKS_A_CRAWL = 200
# A sitemap reaches back years; what it dates earlier than this before the last good answer is archive.
ARCHIVE = timedelta(days=2)

# Every so many looks at a piece are unconditional: some servers answer 304 whatever became of the page.
WHOLE = 4
_SAME = Rejection(outcome=Outcome.UNCHANGED, reason="status 304, not modified")


class LedgerMiddleware:
    """The ledger's hand inside a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl = get_crawl(crawler)
        self._alerts = 0  # that the announcements written since the last commit put into the outbox

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
                await self._record(item)
            except (DatabaseError, LeaseLapsed) as error:  # what a signal's receiver raises is logged and forgotten
                self.crawl.record_fault(error)

    def broken(self, failure: Failure) -> None:
        """A callback raised: the store, or a fault of ours. Scrapy logs it and would call the crawl finished."""
        error: BaseException = failure.value  # type: ignore[assignment]
        self.crawl.record_fault(error)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Endpoint requests first, then the links that wait for another try, then looks at known pieces."""
        async for item in start:
            yield self._exempt(item)
        for request in self._filling():
            yield request
        for request in [*await self._owed(), *await self._looks()]:
            yield request

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Write each Answer down, then ask for what is owed; further endpoint pages pass through."""
        async for item in result:
            if isinstance(item, EndpointAnswer):
                await self._record(item)
                for request in await self._owed():
                    yield request
            elif not isinstance(item, Request) or self._further(item):
                yield self._exempt(item)
        for request in self._filling():
            yield request

    def _further(self, request: Request) -> bool:
        endpoint, root = request.meta.get("endpoint"), request.meta.get("root")
        if isinstance(endpoint, Endpoint) and isinstance(root, Endpoint):
            return self.crawl.gaps.wants_further_page(endpoint, root)
        return True

    def _filling(self) -> list[Request]:
        """Requests that fill gaps, without validators, for only a whole list says what it covers; and those that try
        the validators of an endpoint that may have lied."""
        wanted = [(endpoint, root, Validators()) for endpoint, root in self.crawl.gaps.list_wanted()]
        probes = [(endpoint, endpoint, old) for endpoint, old in self.crawl.trust.probe()]
        spider: Any = self.crawler.spider  # an OutletSpider: SPIDER_MODULES holds no other
        requests = []
        for endpoint, root, validators in wanted + probes:
            request: Request = spider.request(endpoint, root=root)
            for name, value in (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified)):
                request.headers.pop(name, None)
                if value is not None:
                    request.headers[name] = value.encode("latin-1")
            requests.append(self._exempt(request))
        for request in requests[len(wanted) :]:
            request.callback, request.errback = self._probed, _unprobed
        return requests

    async def _probed(self, response: Response) -> None:
        shared, endpoint = self.crawl.shared, response.meta["endpoint"]
        await shared.store.do(self.crawl.trust.record_probe, endpoint, response.status, shared.clock.now())

    def _exempt(self, item: Any) -> Any:
        if isinstance(item, Request):
            endpoint = item.meta.get("endpoint")
            if isinstance(endpoint, Endpoint) and endpoint.kind == "feed":
                item.meta[EXEMPT] = True
        return item

    # — record ————————————————————————————————————————————————————————————————————————————————————————————————————

    async def _record(self, answer: EndpointAnswer) -> None:
        shared = self.crawl.shared
        with shared.clock.hold():
            await shared.store.do(self._write, answer, shared.clock.now())
            if self._alerts:
                self._alerts = 0
                shared.ingest.queued()

    def _write(self, answer: EndpointAnswer, now: datetime) -> None:
        """One transaction: the links an answer lists and the validators that stand for exactly these links."""
        crawl, store = self.crawl, self.crawl.shared.store
        if not store.sources.is_open(crawl.turn.poll):
            raise LeaseLapsed(f"poll {crawl.turn.poll} of {crawl.source.name} was closed before this answer came")
        # A further page of a list API or a listing speaks for the configured endpoint; a sitemap part for itself.
        root = answer.endpoint if answer.endpoint.kind == "sitemap" else answer.root
        number, last_ok = store.sources.endpoint(crawl.source.name, root, now)
        problem = _problem(answer)
        if problem is not None:
            weight = failure_weight(answer.status)
            crawl.troubles.append(Trouble(kind=root.kind, url=root.url, cause=problem, weight=weight))
            if problem.startswith(NotSent.__name__):  # nobody was asked, so nothing is known anew
                return
            self._stumbled(answer, root, number, problem, weight, now)
            return
        crawl.answered = True
        crawl.good += 1
        listing = answer.listing
        entries = listing.entries if listing else ()
        before = store.gaps.load_last_listing(number)
        # The further pages of a first answer were there before anybody asked as much as its first.
        if store.endpoints.is_opening(number):
            crawl.first.add(number)
        # A new part of a sitemap never answered before; what its source listed at its last good poll is known.
        known = last_ok or parse_optional_stamp(store.sources.row(crawl.source.name)["last_ok_at"]) or now
        announced, queued = record_listed(
            store,
            crawl.shared.ingest.watch,
            crawl.source,
            number,
            entries,
            now,
            backlog_before=store.sources.added_at(crawl.source.name) if number in crawl.first else None,
            archived_before=known - ARCHIVE if root.kind == "sitemap" else None,
        )
        self._alerts += queued
        crawl.gaps.record_listing(answer, root, number, announced, before, now)
        crawl.trust.record_listing(answer, root, number, announced)
        crawl.seen += announced.seen
        crawl.new_links += announced.new
        dates = [when.at for entry in entries if (when := entry.published or entry.modified)]
        pace = 0.0
        if root.kind == "sitemap":
            elsewhere = store.sources.breaks_news_elsewhere(crawl.source)
            pace = choose_sitemap_rest(len(entries), breaks_news_elsewhere=elsewhere)
        wish = float(listing.wait or 0) if listing else 0.0
        wait = max(pace, min(max(wish, answer.fresh or 0.0), POLL_CAP))
        # Its turn comes no sooner than its source's: if that falls into hours it wants for itself, after them.
        turn = now + timedelta(seconds=max(wait, crawl.source.every))
        opens = next_open_hour(turn, listing.closed if listing else frozenset())
        if listing is not None and answer.endpoint == root:
            lost = Counter(item.reason for item in listing.dropped)
            store.endpoints.record_reading(
                number, lost, whole=not any(item.unread for item in listing.dropped), now=now
            )
        store.problems.close("gone", f"{crawl.source.name} {root.url}", now)
        if answer.endpoint == root and (address := store.endpoints.record_redirect(number, answer.moved, now)):
            store.problems.open("moved", f"{crawl.source.name} {root.url}", *_moved(root.url, address), now)
        validators = answer.validators if answer.endpoint == root else None
        if root.kind == "sitemap" and listing is not None and listing.more:
            validators = Validators()  # an index may stay as it is while its parts change: it is asked for whole
        store.sources.record_success(
            number,
            status=answer.status,
            validators=validators,
            entries=len(entries) if listing else None,
            newest=max(dates, default=None),
            next_at=opens if opens > turn else now + timedelta(seconds=wait),
            now=now,
        )

    def _stumbled(
        self, answer: EndpointAnswer, root: Endpoint, number: int, problem: str, weight: float, now: datetime
    ) -> None:
        crawl, store = self.crawl, self.crawl.shared.store
        crawl.blocked |= answer.rejection is not None and answer.rejection.outcome is Outcome.BLOCKED
        crawl.answered |= answer.status is not None

        def next_at(failures: float) -> datetime | None:
            """Nobody answered, or the host rests: no fault of this endpoint's, so its source's turn is its own."""
            if weight < poll_interval.REFUSED:
                return None
            return schedule_poll(now, crawl.source.every, failures, None, crawl.shared.chance.random())

        store.sources.record_failure(
            number, status=answer.status, error=problem, weight=weight, next_at=next_at, now=now
        )
        store.endpoints.clear_redirect(number)
        if answer.status == 410:
            store.endpoints.mark_gone(number, now)
            store.problems.open("gone", f"{crawl.source.name} {root.url}", *_gone(crawl.source.name, root.url), now)

    # — fetch —————————————————————————————————————————————————————————————————————————————————————————————————————

    async def _owed(self) -> list[Request]:
        crawl, shared = self.crawl, self.crawl.shared
        room = LINKS_A_CRAWL - len(crawl.requested)
        if room <= 0:
            return []
        due = await shared.store.read(
            shared.store.links.due, crawl.source.name, shared.clock.now(), room, without=frozenset(crawl.requested)
        )
        # Other answers were recorded in the meantime and may have asked for the same links.
        fresh = [link for link in due if link.id not in crawl.requested]
        return [self._request(link) for link in fresh[: LINKS_A_CRAWL - len(crawl.requested)]]

    async def _looks(self) -> list[Request]:
        """Known pieces whose next look has come: with a poll, so that they cost a host no turn of their own."""
        crawl, shared = self.crawl, self.crawl.shared
        if not crawl.turn.whole:
            return []
        due = await shared.store.read(
            shared.store.revisits.due,
            crawl.source.name,
            shared.clock.now(),
            recheck_schedule.LOOKS_A_POLL,
            without=frozenset(crawl.requested),
        )
        return [self._request(link) for link in due]

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
            meta={"link": link},
            # News goes before the endpoints still to be asked, which at a pause for each would keep it waiting.
            priority=-1 if link.revisit else 0 if link.backlog else 2,  # an endpoint has 1
            headers=_conditions(link.validators) if link.revisit and (link.revisits + 1) % WHOLE else {},
            dont_filter=True,
        )

    async def _page(self, response: Response, link: Link) -> None:
        now = self.crawl.shared.clock.now()
        if response.status == 304 and link.revisit:
            fetched = FetchFacts(at=now, final_url=response.url, status=304)
            self._count(await self.crawl.shared.ingest.settle_rejection(link, _SAME, fetched))
            return
        page = self._fetched(response, link.url, link.entry)
        rest = self.crawl.shared.pacer.resting_until(parse_host(response.url))  # after a 429 or 503
        wait = (rest - now).total_seconds() if rest else None
        self._count(await self.crawl.shared.ingest.process_page(link, page, wait, self._part))

    async def _part(self, url: str) -> Page | str:
        """A further page of a piece, asked for like any other of this crawl; in words why it did not come."""
        engine = self.crawler.engine
        if engine is None or self.crawl.stopping:
            return "the crawl ended"
        try:
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
        fetched = FetchFacts(at=self.crawl.shared.clock.now(), forbidden=isinstance(error, RobotsRefused))
        self._count(await self.crawl.shared.ingest.settle_rejection(link, rejection_from_error(error), fetched))

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
    return Rejection(outcome=Outcome.FAILED, reason=strip_object_notation(f"{type(error).__name__}: {error}"))


def _conditions(known: Validators) -> dict[str, bytes]:
    """The headers by which a server may answer that nothing changed; byte for byte what it gave."""
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value.encode("latin-1") for name, value in found.items() if value is not None}


def _moved(old: str, new: str) -> tuple[str, str]:
    """What a person is told of an endpoint that is asked elsewhere from now on, and what to do."""
    return f"it has moved for good to {new}, and is asked there from now on", f"write {new} for {old} into config.toml"


def _gone(source: str, url: str) -> tuple[str, str]:
    """What a person is told of an endpoint that is asked no more, and what to do."""
    return (
        "it answered 410, gone for good, and is asked no more",
        f"take {url} out of config.toml, or try again with: seedwatch sources resume {source}",
    )


def _problem(answer: EndpointAnswer) -> str | None:
    """Why an answer is none, in words; None for a good one."""
    return answer.rejection.reason if answer.rejection else answer.error


def _headers(response: Response) -> list[tuple[bytes, list[bytes]]]:
    return [(name, values) for name, values in response.headers.items() if values]
