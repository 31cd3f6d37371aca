"""One endpoint's answer, of whatever kind, becomes a value."""

from __future__ import annotations

import gzip
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.endpoint import read_endpoint
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Listing, Source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://news.example"
FEED = Endpoint(kind="feed", url=f"{HOME}/rss")
API = Endpoint(kind="api", url=f"{HOME}/list", body='{"sectionId": 1}')
SITEMAP = Endpoint(kind="sitemap", url=f"{HOME}/sitemap.xml")
LISTING = Endpoint(kind="listing", url=f"{HOME}/world")
SOURCE = Source(
    name="news",
    spider="feed",
    title="News",
    address=HOME,
    every=600,
    endpoints=(FEED, API, SITEMAP, LISTING),
    article=r"/world/(?P<id>\d+)",
    identity="news:{id}",
)
GOOD = {
    FEED: b"<rss version='2.0'><channel><item><link>/world/7</link></item></channel></rss>",
    API: b'{"newsList": [{"link": "/world/7"}]}',
    SITEMAP: gzip.compress(b"<urlset><url><loc>/world/7</loc></url></urlset>"),
    LISTING: b"<html><a href='/world/7'>Seven</a></html>",
}
EVERY = pytest.mark.parametrize("endpoint", GOOD, ids=lambda endpoint: endpoint.kind)


def read(endpoint: Endpoint, body: bytes, status: int = 200, url: str | None = None) -> Listing | Rejection:
    return read_endpoint(endpoint, body, "text/plain", status, SOURCE, NOW, url)


@EVERY
def test_every_kind_of_endpoint_lists(endpoint):
    listing = read(endpoint, GOOD[endpoint])
    assert isinstance(listing, Listing)
    assert [(entry.key, entry.url, entry.endpoint) for entry in listing.entries] == [
        ("news:7", f"{HOME}/world/7", endpoint.key)
    ]
    assert pickle.loads(pickle.dumps(listing)) == listing  # it comes from a worker process


@EVERY
def test_links_are_joined_to_the_address_that_answered(endpoint):
    listing = read(endpoint, GOOD[endpoint], url="https://www.moved.example/x/y")
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ["https://www.moved.example/world/7"]


@pytest.mark.parametrize(
    ("endpoint", "expected"), [(FEED, "a feed"), (API, "the list API's answer"), (SITEMAP, "a sitemap")]
)
def test_html_is_named_as_what_it_is(endpoint, expected):
    assert read(endpoint, b"<!DOCTYPE html><html><body>Welcome</body></html>") == Rejection(
        outcome=Outcome.NOT_ARTICLE, reason=f"HTML where {expected} should be: {endpoint.url}"
    )


@EVERY
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_is_blocked_and_never_a_list(endpoint, status):
    body = b'<html><div id="id_captcha_frame_div"></div><a href="/world/7">x</a></html>'
    got = read(endpoint, body, status)
    assert got == Rejection(outcome=Outcome.BLOCKED, reason=f"Servicepipe challenge page, status {status}")


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (404, Outcome.FAILED, f"status 404 from {HOME}/rss"),
        (410, Outcome.GONE, f"status 410 from {HOME}/rss"),
        (429, Outcome.FAILED, f"status 429 from {HOME}/rss"),
        (500, Outcome.FAILED, f"status 500 from {HOME}/rss"),
        (301, Outcome.FAILED, f"status 301 from {HOME}/rss"),
        (403, Outcome.BLOCKED, "status 403"),
    ],
)
def test_an_error_status_is_no_list_whatever_its_body(status, outcome, reason):
    assert read(FEED, GOOD[FEED], status) == Rejection(outcome=outcome, reason=reason)


@EVERY
def test_an_empty_answer(endpoint):
    assert read(endpoint, b" \n") == Rejection(outcome=Outcome.FAILED, reason=f"an empty answer from {endpoint.url}")


@EVERY
def test_the_front_page_in_its_place_is_a_soft_404(endpoint):
    assert read(endpoint, GOOD[endpoint], url=f"{HOME}/") == Rejection(
        outcome=Outcome.NOT_ARTICLE, reason=f"the front page in place of {endpoint.url}"
    )


def test_a_front_page_that_was_asked_for_is_a_listing():
    front = Endpoint(kind="listing", url=HOME)
    assert isinstance(read(front, GOOD[LISTING]), Listing)


@EVERY
@given(body=st.binary(max_size=200), cut=st.integers(0, 80))
def test_any_bytes_end_as_a_value(endpoint, body, cut):
    assert isinstance(read(endpoint, GOOD[endpoint][:cut] + body), Listing | Rejection)


@EVERY
def test_an_answer_may_be_packed_as_it_lies_on_the_disk(endpoint):
    listing = read(endpoint, gzip.compress(GOOD[endpoint]))
    assert isinstance(listing, Listing)
    assert [entry.key for entry in listing.entries] == ["news:7"]


def test_what_is_packed_badly_or_grows_too_large():
    broken = read(FEED, b"\x1f\x8b" + b"\xff" * 20)
    assert isinstance(broken, Rejection)
    assert (broken.outcome, broken.reason[:21]) == (Outcome.FAILED, "broken gzip: Error -3")
    assert read(FEED, gzip.compress(b" " * 10_000_001)) == Rejection(
        outcome=Outcome.TOO_LARGE, reason=f"more than 10000000 bytes, unpacked, from {HOME}/rss"
    )
