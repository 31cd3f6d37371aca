"""What an endpoint answered becomes a `Listing` or the reason why not; it must not fetch or remember.

The parsers stand beside it: `feed`, `sitemap`, `listing`, `tass_api`, `wordpress_api`, `drupal_api`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.discovery.formats.feed import parse_feed
from monitor.discovery.formats.listing import parse_listing
from monitor.discovery.formats.sitemap import parse_sitemap
from monitor.discovery.formats.tass_api import parse_news_list
from monitor.discovery.listing_bounds import MAX_WORDS, bound_listing
from monitor.model.page import Outcome, Page, Rejection
from monitor.model.source import Endpoint, Listing, Source, Validators
from monitor.text.bytes.gzip_members import unpack_gzip
from monitor.text.html_text import is_html
from monitor.text.refused_answers import reject_answer
from monitor.text.urls import is_front_page

_MOST = 10_000_000  # bytes unpacked, as many as are fetched of an answer that is not packed
_EXPECTED = {"feed": "a feed", "api": "the list API's answer", "sitemap": "a sitemap"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointAnswer:
    """What came of asking one endpoint once.

    `root` is the configured endpoint from which this one was reached; it is `endpoint` itself but for further pages
    and the parts of an index. `url` is the address that answered, after redirects; `status` None where nobody did,
    and then `error` says why. Exactly one of `listing`, `rejection`, `error` is set, or none: status 304, nothing
    new. `validators` are what to send at the next poll, to be stored with the listing's links and not before: those
    of a whole answer, else those that were sent. `retry_after` is what it asks us to wait,
    in seconds (`read_requested_wait`); `fresh` for how long it calls itself fresh (`parse_freshness`). `moved` is the
    address that every hop of its redirects called permanent (301, 308), None where one did not. `cut_off`: what came is
    the beginning of a good answer only.
    """

    endpoint: Endpoint
    root: Endpoint
    url: str
    status: int | None
    validators: Validators
    listing: Listing | None = None
    rejection: Rejection | None = None
    error: str | None = None
    retry_after: float | None = None
    fresh: float | None = None
    moved: str | None = None
    cut_off: bool = False


def read_endpoint(
    endpoint: Endpoint,
    body: bytes,
    content_type: str,
    status: int,
    source: Source,
    now: datetime,
    url: str | None = None,
    *,
    api: Callable[..., Listing | Rejection] = parse_news_list,
) -> Listing | Rejection:
    """What `endpoint` lists, read from the bytes of one answer (decompressed, never decoded).

    `content_type` is the header, "" without one; `status` the HTTP status, 304 not among them; `url` the address
    that answered where redirects led away; `api` what parses a list API, TASS's or one with the same arguments.
    Arguments are plain values, so that a worker process can run it.

    Rejections: `blocked` or `consent` for a wall (`reject_answer`); `gone` for 410; `not-article` for HTML or a
    front page in place of what was asked for; `too-large`; `failed` for any other status and for what cannot be
    read. Time and memory are bounded by the size of `body` alone, what is said of each link by `listing_bounds`.
    """
    page = Page(
        url=endpoint.url,
        final_url=url or endpoint.url,
        status=status,
        headers={"content-type": content_type},
        body=body,
        fetched_at=now,
    )
    found = _read(endpoint, page, source, api)
    if isinstance(found, Rejection):
        return replace(found, reason=found.reason[:MAX_WORDS])
    return bound_listing(found)


def _read(
    endpoint: Endpoint, page: Page, source: Source, api: Callable[..., Listing | Rejection]
) -> Listing | Rejection:
    url, body, content_type = page.final_url, page.body, page.headers["content-type"]
    if endpoint.kind != "sitemap":  # its parser takes larger ones
        try:
            body = unpack_gzip(body, _MOST)
        except ValueError as error:
            return Rejection(outcome=Outcome.FAILED, reason=f"{error} from {url}")
        if len(body) > _MOST:
            return Rejection(outcome=Outcome.TOO_LARGE, reason=f"more than {_MOST} bytes, unpacked, from {url}")
        page = replace(page, body=body)
    wall = reject_answer(page)  # its other verdicts are of articles: a feed is not HTML
    if wall is not None and wall.outcome in (Outcome.BLOCKED, Outcome.CONSENT):
        return wall
    if not 200 <= page.status < 300:
        outcome = Outcome.GONE if page.status == 410 else Outcome.FAILED
        return Rejection(outcome=outcome, reason=f"status {page.status} from {url}")
    if not body.strip():
        return Rejection(outcome=Outcome.FAILED, reason=f"an empty answer from {url}")
    if is_front_page(url) and not is_front_page(endpoint.url):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"the front page in place of {endpoint.url}")
    if endpoint.kind == "listing":
        return parse_listing(body, content_type, url=url, endpoint=endpoint, source=source)
    if is_html(body):
        expected = _EXPECTED[endpoint.kind]
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"HTML where {expected} should be: {url}")
    if endpoint.kind == "feed":
        return parse_feed(body, content_type, url=url, endpoint=endpoint, source=source)
    if endpoint.kind == "api":
        return api(body, url=url, endpoint=endpoint, source=source)
    return parse_sitemap(body, content_type, url=url, endpoint=endpoint, source=source, now=page.fetched_at)
