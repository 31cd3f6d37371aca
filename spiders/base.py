"""What every spider does: ask a source's endpoints and hand on what they list; it must know no outlet.

Two ways to run. In the daemon a spider is given a `source` and yields one `Answer` per endpoint asked, which a
spider middleware records. Alone (`scrapy crawl tass -O out.jsonl`) it follows the entries itself and yields
articles as dicts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, ClassVar

import scrapy
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from monitor.backoff import read_requested_wait
from monitor.discovery.announced_dates import believe_dates
from monitor.discovery.endpoint import EndpointAnswer, read_endpoint
from monitor.discovery.formats.tass_api import build_request_body
from monitor.discovery.poll_interval import parse_freshness, read_validators
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source, Validators
from monitor.text.error_words import describe_fetch_error
from monitor.text.urls import MAX_ADDRESS, build_link_key, strip_tracking

Parse = Callable[..., Awaitable[Any]]

# Everything but the redirects that Scrapy follows reaches the callback: a 304, 404 or 503 is an answer too.
_STATUSES = sorted(set(range(200, 600)) - {301, 302, 303, 307, 308})
_PERMANENT = (301, 308)
# How a page or a sitemap ends; a feed and JSON of which something is missing are known by their parsers.
_LIST_END = re.compile(rb"</(?:html|(?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf))\s*>\s*$", re.I)
_TAIL = 256  # bytes
_ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "api": "application/json",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
    "listing": "text/html, application/xhtml+xml, */*;q=0.5",
}


async def call_inline(fn: Callable[..., Any], *arguments: Any) -> Any:
    """The `parse` of a spider that runs alone: no other process, no deadline."""
    return fn(*arguments)


def read_wall_clock() -> datetime:
    """The machine's own time, aware UTC: `now` of a spider that runs alone."""
    return datetime.now(UTC)


def collect_headers(response: Response) -> dict[str, str]:
    """Response headers as `Page` wants them: names in lower case, the last value each, Latin-1 as on the wire."""
    return {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }


class OutletSpider(scrapy.Spider):
    """One source, asked once.

    `source`      the outlet; without it the spider is `alone` and makes its own from outlets.toml and `arguments`
    `parse`       runs a pure function elsewhere: `await parse(fn, *arguments)` is its result or a `Rejection`
    `validators`  what to send, by endpoint key
    `addresses`   where to ask, by endpoint key, where an endpoint has moved for good
    `endpoints`   which of the source's endpoints to ask, all of them where None
    `now`         the clock, aware UTC
    `arguments`   of `-a`, alone: the keys of [sources.NAME], lists parted by spaces; `max` articles at most (50)

    Raises ValueError(key, what and cure) where `arguments` make no source.
    """

    # What reads an answer: a function of a module, with the arguments of `read_endpoint`, so that a worker can run it.
    # An outlet with an endpoint like no other sets its own (spiders/README.md).
    reader: ClassVar[Callable[..., Listing | Rejection]] = staticmethod(read_endpoint)

    LISTS: ClassVar = ("feeds", "sitemaps", "listings")
    WORDS: ClassVar = ("address", "title", "article", "identity", "canonical", "language", "zone")

    def __init__(
        self,
        *,
        source: Source | None = None,
        parse: Parse = call_inline,
        validators: Mapping[str, Validators] | None = None,
        addresses: Mapping[str, str] | None = None,
        endpoints: Iterable[Endpoint] | None = None,
        now: Callable[[], datetime] = read_wall_clock,
        **arguments: str,
    ) -> None:
        super().__init__()
        self._left = _whole("max", arguments.pop("max", "50"))
        self.alone = source is None
        self.source = source or self._own(arguments)
        self.endpoints = self.source.endpoints if endpoints is None else tuple(endpoints)
        self.now = now
        self._call = parse
        self._validators = validators or {}
        self._addresses = addresses or {}
        self._further: Counter[str] = Counter()
        self._followed: set[str] = set()

    def _own(self, arguments: Mapping[str, str]) -> Source:
        section: dict[str, Any] = {}
        for key, value in arguments.items():
            if key in self.LISTS:
                section[key] = tuple(value.split())
            elif key in self.WORDS:
                section[key] = value
            elif key == "pages":
                section[key] = _whole(key, value)
            elif key == "api":
                section[key] = tuple(value.split()) if "/" in value else value.lower() not in ("false", "no", "0")
            else:
                known = ", ".join(("max", "pages", "api", *self.LISTS, *self.WORDS))
                raise ValueError(key, f"no spider takes -a {key}=…; known are {known}")
        shipped = parse_outlets(files("spiders").joinpath("outlets.toml").read_text("utf-8"))
        return build_source(self.name, self.name, section, shipped)

    async def start(self) -> AsyncIterator[Any]:
        """One request per endpoint."""
        for endpoint in self.endpoints:
            yield self.request(endpoint, root=endpoint)

    def request(self, endpoint: Endpoint, *, root: Endpoint) -> Request:
        """The conditional request for `endpoint`; its meta holds `endpoint` and `root`."""
        sent = self._validators.get(endpoint.key, Validators())
        wanted: dict[str, str | bytes] = {"Accept": _ACCEPT[endpoint.kind]}
        if sent.etag is not None:
            wanted["If-None-Match"] = sent.etag.encode("latin-1")
        if sent.last_modified is not None:
            wanted["If-Modified-Since"] = sent.last_modified.encode("latin-1")
        body = None
        if endpoint.body is not None:
            wanted["Content-Type"] = "application/json"
            body = build_request_body(endpoint, self.now())
        return Request(
            self._addresses.get(endpoint.key, endpoint.url),
            method="GET" if body is None else "POST",
            body=body,
            headers=wanted,
            callback=self.handle_answer,
            errback=self.handle_failure,
            dont_filter=True,  # the same endpoint is asked again at every poll
            priority=1,  # before articles: what an endpoint lists goes stale
            # A list that ends before its end names its newest pieces all the same.
            meta={
                "endpoint": endpoint,
                "root": root,
                "handle_httpstatus_list": _STATUSES,
                "download_fail_on_dataloss": False,
            },
        )

    async def handle_answer(self, response: Response) -> AsyncIterator[Any]:
        """The endpoint's `Answer` (alone: requests for its articles), then requests for what it names further.

        Further pages and parts of an index are capped by `source.pages` for each root endpoint. They come after the
        answer, so that a middleware which knows the entries already can leave them out.
        """
        endpoint, root = response.meta["endpoint"], response.meta["root"]
        answer = await self._answer(response, endpoint, root)
        if not self.alone:
            yield answer
        elif answer.listing is None:
            self.logger.warning("endpoint=%s status=%s %s", answer.url, answer.status, _why(answer))
        if answer.listing is None:
            return
        if self.alone:
            for request in self._articles(answer.listing):
                yield request
        for more in answer.listing.more:
            if self._further[root.key] >= self.source.pages:
                break
            self._further[root.key] += 1
            yield self.request(more, root=root)

    async def _answer(self, response: Response, endpoint: Endpoint, root: Endpoint) -> EndpointAnswer:
        now = self.now()
        said = collect_headers(response)
        sent = self._validators.get(endpoint.key, Validators())
        given = read_validators(said)
        asked = read_requested_wait(response.status, said.get("retry-after"), now)
        fresh = parse_freshness(said, now)
        # RFC 9110 15.4.5: a 304 may carry a new validator, and an absent one stays good.
        if response.status == 304 and _is_conditional(response):
            kept = Validators(etag=given.etag or sent.etag, last_modified=given.last_modified or sent.last_modified)
            return EndpointAnswer(
                endpoint=endpoint,
                root=root,
                url=response.url,
                status=304,
                validators=kept,
                retry_after=asked,
                fresh=fresh,
                moved=_moved(response),
            )
        if response.status == 304:
            reason = f"status 304 to a request that named nothing to compare with, from {response.url}"
            return EndpointAnswer(
                endpoint=endpoint,
                root=root,
                url=response.url,
                status=304,
                validators=Validators(),
                rejection=Rejection(outcome=Outcome.FAILED, reason=reason),
                retry_after=asked,
            )
        result: Listing | Rejection = await self._call(
            self.reader,
            endpoint,
            response.body,
            said.get("content-type", ""),
            response.status,
            self.source,
            now,
            response.url,
        )
        lost = "dataloss" in response.flags
        if lost:
            result = _mark_cut_off(result, endpoint.kind, response.body)
        cut_off = result.cut_off if isinstance(result, Listing) else lost and 200 <= response.status < 300
        # A validator stands for every link of its answer: one with unreadable items would hide them behind a 304.
        whole = not lost and isinstance(result, Listing) and not any(item.unread for item in result.dropped)
        return EndpointAnswer(
            endpoint=endpoint,
            root=root,
            url=response.url,
            status=response.status,
            validators=given if whole else sent,
            listing=believe_dates(result, now) if isinstance(result, Listing) else None,
            rejection=result if isinstance(result, Rejection) else None,
            retry_after=asked,
            fresh=fresh,
            moved=_moved(response),
            cut_off=cut_off,
        )

    def handle_failure(self, failure: Failure) -> Iterator[EndpointAnswer]:
        """The `Answer` of an endpoint that gave none: no connection, a timeout, robots.txt, too large, lost redirects.

        Scrapy passes what an errback yields by the spider middlewares: this one arrives as an item (a pipeline, or
        the signal `item_scraped`).
        """
        request: Request = failure.request  # type: ignore[attr-defined]
        endpoint: Endpoint = request.meta["endpoint"]
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        cause: BaseException = failure.value  # type: ignore[assignment]
        error = describe_fetch_error(cause) if status is None else f"status {status}"
        if self.alone:
            self.logger.warning("endpoint=%s %s", request.url, error)
            return
        yield EndpointAnswer(
            endpoint=endpoint,
            root=request.meta["root"],
            url=request.url,
            status=status,
            validators=self._validators.get(endpoint.key, Validators()),
            error=error[:300],
        )

    # Alone: the spider follows what it found.

    def _articles(self, listing: Listing) -> Iterator[Request]:
        for entry in listing.entries:
            page = build_link_key(entry.url, self.source)  # not entry.key: a guid is known to one endpoint only
            if self._left > 0 and page not in self._followed:
                self._left -= 1
                self._followed.add(page)
                yield Request(
                    strip_tracking(entry.url),
                    callback=self.article,
                    errback=self.log_lost_page,
                    cb_kwargs={"entry": entry},
                )

    async def article(self, response: Response, entry: Entry) -> AsyncIterator[dict[str, Any]]:
        """The article as an item, or a line in the log that says why the page is none."""
        page = Page(
            url=entry.url,
            final_url=response.url,
            status=response.status,
            headers=collect_headers(response),
            body=response.body,
            fetched_at=self.now(),
            entry=entry,
        )
        from monitor.extraction.extract import extract_article  # its libraries take 40 MB; the daemon reads in workers

        result: Article | Rejection = await self._call(extract_article, page, self.source)
        if isinstance(result, Rejection):
            self.logger.info("url=%s outcome=%s reason=%s", entry.url, result.outcome, result.reason)
        else:
            yield build_item(result, self.source)

    def log_lost_page(self, failure: Failure) -> None:
        """A page that could not be fetched: a line in the log."""
        url = failure.request.url  # type: ignore[attr-defined]
        self.logger.info("url=%s outcome=failed reason=%s", url, failure.getErrorMessage())


def build_item(article: Article, source: Source) -> dict[str, Any]:
    """An article as Scrapy exports it, with the names that `seedwatch explain --json` uses."""
    return {
        "source": source.name,
        "url": article.url,
        "identity": article.identity,
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "published_at": article.published.at.isoformat() if article.published else None,
        "published_from": article.published.carrier if article.published else None,
        "modified_at": article.modified.at.isoformat() if article.modified else None,
        "authors": list(article.authors),
        "dateline": article.dateline.raw if article.dateline else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
    }


def _is_conditional(response: Response) -> bool:
    """Whether the request carried a validator, so that 304 says something (RFC 9110, 15.4.5)."""
    asked = response.request.headers if response.request is not None else {}
    return b"If-None-Match" in asked or b"If-Modified-Since" in asked


def _mark_cut_off(result: Listing | Rejection, kind: str, body: bytes) -> Listing | Rejection:
    """What a list says of which the connection gave a part only: where no end of its format tells that nothing is
    missing, it is cut off and its last entry may be half of one."""
    if isinstance(result, Rejection):
        return replace(result, reason=f"cut off after {len(body)} bytes: {result.reason}")
    if result.cut_off or kind in ("feed", "api") or _LIST_END.search(body[-_TAIL:]):
        return result
    last = result.entries[-1].title if result.entries else None
    cut = DroppedItem(reason="the list is cut off: its last item may be incomplete", title=last, unread=True)
    return replace(result, entries=result.entries[:-1], more=(), dropped=(*result.dropped, cut), cut_off=True)


def _moved(response: Response) -> str | None:
    hops: list[object] = response.meta.get("redirect_reasons", [])
    lasting = hops and all(hop in _PERMANENT for hop in hops) and len(response.url) <= MAX_ADDRESS
    return response.url if lasting else None


def _whole(key: str, value: str) -> int:
    if not value.isdecimal():
        raise ValueError(key, f"{value} is no whole number; write -a {key}=5")
    return int(value)


def _why(answer: EndpointAnswer) -> str:
    return answer.rejection.reason if answer.rejection else "nothing new"
