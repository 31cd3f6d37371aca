"""What a spider asks, and what it makes of the answer, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from monitor.discovery.endpoint import EndpointAnswer, read_endpoint
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source, Validators
from spiders.feed import FeedSpider
from spiders.listing import ListingSpider
from spiders.tass import TassSpider

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://news.example"
FEED = Endpoint(kind="feed", url=f"{HOME}/rss")
API = Endpoint(kind="api", url=f"{HOME}/list", body='{"sectionId": 1}')
LISTING = Endpoint(kind="listing", url=f"{HOME}/world")
SOURCE = Source(
    name="news", spider="feed", title="News", address=HOME, every=600, endpoints=(FEED, API, LISTING), article="/n/"
)
OLD = Validators(etag='W/"a,b"', last_modified="Sun, 01 Mar 2026 09:00:00 GMT")
RSS = b"<rss version='2.0'><channel><item><link>/n/1</link></item></channel></rss>"


def spider(**given: Any) -> FeedSpider:
    return FeedSpider(**{"source": SOURCE, "now": lambda: NOW, "validators": {FEED.key: OLD}, **given})


def answer(
    endpoint: Endpoint,
    status: int = 200,
    body: bytes = RSS,
    given: FeedSpider | None = None,
    flags: tuple[str, ...] = (),
    **headers: str,
) -> list[Any]:
    """All that a spider yields for one response to `endpoint`; `flags` are Scrapy's."""
    asking = given or spider()
    request = asking.request(endpoint, root=endpoint)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response(request.url, status=status, headers=named, body=body, request=request, flags=[*flags])

    async def collected() -> list[Any]:
        return [item async for item in asking.handle_answer(response)]

    return asyncio.run(collected())


def started(asking: FeedSpider) -> list[Request]:
    async def collected() -> list[Request]:
        return [request async for request in asking.start()]

    return asyncio.run(collected())


def listed(endpoint: Endpoint, body: bytes = RSS) -> Listing:
    listing = read_endpoint(endpoint, body, "", 200, SOURCE, NOW, endpoint.url)
    assert isinstance(listing, Listing)
    return listing


def test_every_endpoint_is_asked_once_with_its_validators_byte_for_byte():
    feed, api, listing = started(spider())
    assert [(r.method, r.url, r.meta["endpoint"], r.meta["root"]) for r in (feed, api, listing)] == [
        ("GET", FEED.url, FEED, FEED),
        ("POST", API.url, API, API),
        ("GET", LISTING.url, LISTING, LISTING),
    ]
    assert feed.headers["If-None-Match"] == b'W/"a,b"'
    assert feed.headers["If-Modified-Since"] == b"Sun, 01 Mar 2026 09:00:00 GMT"
    assert feed.headers["Accept"].startswith(b"application/rss+xml")
    assert json.loads(api.body) == {"sectionId": 1, "timestamp": int(NOW.timestamp())}
    assert api.headers["Content-Type"] == b"application/json"
    assert not {b"If-None-Match", b"If-Modified-Since"} & set(listing.headers)
    assert {status in feed.meta["handle_httpstatus_list"] for status in (200, 304, 404, 429, 503)} == {True}
    assert {status in feed.meta["handle_httpstatus_list"] for status in (301, 302, 303, 307, 308)} == {False}


def test_the_daemon_says_which_endpoints_are_due():
    assert [request.url for request in started(spider(endpoints=(LISTING,)))] == [LISTING.url]


def test_a_listing_is_one_answer_with_the_new_validators():
    assert answer(FEED, ETag='"new"') == [
        EndpointAnswer(
            endpoint=FEED,
            root=FEED,
            url=FEED.url,
            status=200,
            validators=Validators(etag='"new"'),  # Last-Modified vanished: dropped
            listing=listed(FEED),
        )
    ]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [({}, OLD), ({"ETag": '"new"'}, replace(OLD, etag='"new"'))],
    ids=["silent", "a new one"],
)
def test_not_modified_is_an_answer_without_a_listing(headers, kept):
    assert answer(FEED, 304, b"", **headers) == [
        EndpointAnswer(endpoint=FEED, root=FEED, url=FEED.url, status=304, validators=kept)
    ]


def test_not_modified_says_nothing_where_nothing_was_asked_to_compare():
    (got,) = answer(LISTING, 304, b"", ETag='"new"')
    assert (got.status, got.validators, got.listing) == (304, Validators(), None)
    assert got.rejection.reason == f"status 304 to a request that named nothing to compare with, from {LISTING.url}"


@pytest.mark.parametrize(
    ("status", "body", "headers", "rejection", "retry_after"),
    [
        (200, b"<html>hello</html>", {}, Outcome.NOT_ARTICLE, None),
        (403, b"no", {}, Outcome.BLOCKED, None),
        (410, b"", {}, Outcome.GONE, None),
        (503, b"", {"Retry_After": "Sun, 01 Mar 2026 12:10:00 GMT"}, Outcome.FAILED, 600.0),
        (429, b"", {"Retry_After": "7"}, Outcome.FAILED, 7.0),
        (429, b"", {}, Outcome.FAILED, 60.0),
    ],
)
def test_a_refusal_keeps_the_validators_that_were_sent(status, body, headers, rejection, retry_after):
    (got,) = answer(FEED, status, body, ETag='"of the refusal"', **headers)
    assert (got.status, got.validators, got.listing, got.error) == (status, OLD, None, None)
    assert (got.rejection.outcome, got.retry_after) == (rejection, retry_after)


def test_validators_never_hide_what_could_not_be_read():
    cut = RSS[: RSS.index(b"</channel>")]
    (got,) = answer(FEED, body=cut, ETag='"new"')
    assert (len(got.listing.dropped), got.validators) == (1, OLD)


def test_parsing_is_handed_out():
    asked: list[Callable[..., Any]] = []

    async def pool(fn: Callable[..., Any], *arguments: Any) -> Rejection:
        asked.append(fn)
        return Rejection(outcome=Outcome.FAILED, reason="killed after 10 s")

    (got,) = answer(FEED, given=spider(parse=pool))
    assert asked == [read_endpoint]
    assert got.rejection == Rejection(outcome=Outcome.FAILED, reason="killed after 10 s")


def odd(endpoint: Endpoint, body: bytes, *_: object) -> Listing:
    """What a spider for an outlet with a format of its own brings along."""
    entries = tuple(
        Entry(url=f"{HOME}/n/{number}", key=f"news:{number}", endpoint=endpoint.key)
        for number in body.decode().split(",")
    )
    return Listing(entries=entries)


class OddSpider(FeedSpider):
    reader = staticmethod(odd)


def test_an_odd_outlet_brings_its_own_reader():
    (got,) = answer(FEED, body=b"7,9", given=OddSpider(source=SOURCE, now=lambda: NOW))
    assert [entry.key for entry in got.listing.entries] == ["news:7", "news:9"]


def test_further_pages_follow_the_answer_and_are_capped_for_each_endpoint():
    asking = spider(source=replace(SOURCE, pages=2))
    roots = []
    for page in range(3):
        endpoint = LISTING if page == 0 else Endpoint(kind="listing", url=f"{LISTING.url}?page={page}")
        request = asking.request(endpoint, root=LISTING)
        body = f"<a href='/n/{page}'>A</a><a href='?page={page + 1}'>next</a>".encode()
        response = Response(endpoint.url, body=body, request=request)

        async def collected(response: Response = response) -> list[Any]:
            return [item async for item in asking.handle_answer(response)]

        got = asyncio.run(collected())
        assert isinstance(got[0], EndpointAnswer)
        assert (got[0].endpoint, got[0].root) == (endpoint, LISTING)
        roots.append([(request.url, request.meta["root"]) for request in got[1:]])
    assert roots == [[(f"{LISTING.url}?page=1", LISTING)], [(f"{LISTING.url}?page=2", LISTING)], []]


def test_no_page_follows_where_none_may():
    body = b"<a href='/n/1'>A</a><a href='?page=1'>next</a>"
    assert len(answer(LISTING, body=body, given=spider(source=replace(SOURCE, pages=0)))) == 1


def test_an_index_is_followed_newest_part_first_and_no_further_than_pages():
    index = b"<sitemapindex>%s</sitemapindex>" % b"".join(
        b"<sitemap><loc>%s/s%d.xml</loc><lastmod>2026-01-0%d</lastmod></sitemap>" % (HOME.encode(), n, n)
        for n in (1, 3, 2)
    )
    sitemap = Endpoint(kind="sitemap", url=f"{HOME}/sitemap.xml")
    got = answer(sitemap, body=index, given=spider(source=replace(SOURCE, pages=2)))
    assert [request.url for request in got[1:]] == [f"{HOME}/s3.xml", f"{HOME}/s2.xml"]


def test_a_list_that_breaks_off_names_what_came_before_its_last_item():
    teasers = b"".join(
        b"<article><h2><a href='/n/%d'>Story %d of this day</a></h2></article>" % (n, n) for n in (3, 2, 1)
    )
    (whole,) = answer(LISTING, body=b"<main>%s</main>" % teasers)
    (cut, *further) = answer(LISTING, body=b"<main>%s" % teasers, flags=("dataloss",), ETag='"new"')
    assert cut.listing.entries == whole.listing.entries[:2]
    assert cut.listing.dropped == (
        DroppedItem(
            reason="the list is cut off: its last item may be incomplete", title="Story 1 of this day", unread=True
        ),
    )
    assert (cut.validators, further) == (Validators(), [])
    (empty,) = answer(LISTING, body=b"<main>", flags=("dataloss",))
    assert empty.rejection.reason.startswith("cut off after 6 bytes: ")
    (feed,) = answer(FEED, body=RSS[:-20], flags=("dataloss",))
    assert [item.reason for item in feed.listing.dropped] == ["the feed is cut off: its last item may be incomplete"]
    (none,) = answer(API, body=b'[{"id": 1, "li', flags=("dataloss",))
    assert none.rejection.reason.startswith("cut off after 14 bytes: ")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (TimeoutError("took\nlonger than 30 s"), None, "took longer than 30 s"),
        (HttpError(Response(FEED.url, status=301), "Ignoring non-200 response"), 301, "status 301"),
    ],
)
def test_no_answer_is_an_answer_too(error, status, words):
    asking = spider()
    failure = Failure(error)
    failure.request = asking.request(FEED, root=FEED)  # as Scrapy does
    (got,) = asking.handle_failure(failure)
    assert got.error.startswith(words)
    assert replace(got, error=None) == EndpointAnswer(
        endpoint=FEED, root=FEED, url=FEED.url, status=status, validators=OLD
    )


def test_alone_a_spider_makes_its_own_source():
    alone = ListingSpider(
        listings=f"{HOME}/ {HOME}/world", article="/(?P<id>\\d+)$", identity="n:{id}", pages="3", language="en"
    )
    assert alone.alone
    assert alone.source == Source(
        name="listing",
        spider="listing",
        title="listing",
        address=None,
        every=600,
        endpoints=(Endpoint(kind="listing", url=f"{HOME}/"), Endpoint(kind="listing", url=f"{HOME}/world")),
        article="/(?P<id>\\d+)$",
        identity="n:{id}",
        language="en",
        pages=3,
    )


def test_alone_the_list_api_can_be_left_out():
    assert {endpoint.kind for endpoint in TassSpider(api="false").endpoints} == {"feed", "sitemap"}
    assert {endpoint.kind for endpoint in TassSpider(api="true").endpoints} == {"feed", "sitemap", "api"}


@pytest.mark.parametrize(
    ("arguments", "key"),
    [({}, "feeds"), ({"feeds": "/rss"}, "feeds"), ({"feed": FEED.url}, "feed"), ({"max": "few"}, "max")],
)
def test_alone_wrong_arguments_are_refused_by_name(arguments, key):
    with pytest.raises(ValueError, match=key) as refused:
        FeedSpider(**arguments)
    assert refused.value.args[0] == key
