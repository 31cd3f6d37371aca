"""What an agent says of answers, pages and its crawls, held to the bounds of what can be true; it must not do IO.

Raises ValueError for what no agent of ours sends.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Container
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.discovery.endpoint import EndpointAnswer
from monitor.fetching.desk.port import CrawlReport
from monitor.model.page import Capture, FetchFacts, Reading
from monitor.model.source import Endpoint
from monitor.text.urls import is_web_url

_KINDS = frozenset({"feed", "api", "sitemap", "listing"})
_ADDRESS = 8_000  # characters of an address
_WORDS = 500  # characters of a reason
_COUNT = 1_000_000
_DAY = timedelta(days=1)
_PAST = timedelta(hours=1)  # how long ago the page may have been fetched that is settled now


def check_answer(answer: EndpointAnswer) -> EndpointAnswer:
    """An endpoint's answer; the endpoints and entries it names that are no web addresses are left out."""
    for endpoint in (answer.endpoint, answer.root):
        if not _is_endpoint(endpoint):
            raise ValueError(f"no endpoint: {endpoint.kind[:40]!r} {endpoint.url[:80]!r}")
    answer = replace(
        answer,
        error=None if answer.error is None else answer.error[:_WORDS],
        rejection=None
        if answer.rejection is None
        else replace(answer.rejection, reason=answer.rejection.reason[:_WORDS]),
    )
    if answer.listing is None:
        return answer
    listing = replace(
        answer.listing,
        entries=tuple(entry for entry in answer.listing.entries if _is_address(entry.url)),
        more=tuple(endpoint for endpoint in answer.listing.more if _is_endpoint(endpoint)),
    )
    return replace(answer, listing=listing)


def check_reading(reading: Reading, topics: Container[str]) -> Reading:
    """A reading of a piece with a web address; other addresses that are none, and verdicts of topics that there are no
    more, are left out."""
    article = reading.article
    _check_address(article.url)
    image = article.image if article.image is not None and _is_address(article.image) else None
    more = article.more if article.more is not None and _is_address(article.more) else None
    matches = tuple(match for match in reading.matches if match.topic in topics)
    for match in matches:
        if not (math.isfinite(match.score) and 0 <= match.score <= 1):
            raise ValueError(f"a score of {match.score}")
    return replace(reading, matches=matches, article=replace(article, image=image, more=more))


def check_facts(fetched: FetchFacts, agent: str, now: datetime, most: int) -> FetchFacts:
    """The facts of a fetch by `agent`, which was neither to come nor long ago; a page to be kept has `most` bytes
    at most: a larger one, read before the desk's limit was lowered, is settled and not kept."""
    if fetched.final_url is not None:
        _check_address(fetched.final_url)
    wait = fetched.retry_after
    return replace(
        fetched,
        at=min(max(fetched.at, now - _PAST), now),
        retry_after=None if wait is None or not math.isfinite(wait) else max(wait, 0.0),
        capture=None if fetched.capture is None or fetched.capture.size > most else check_capture(fetched.capture),
        agent=agent,
    )


def check_capture(capture: Capture) -> Capture:
    """A packed page that is what its digest says: another page with that digest would be taken for this one."""
    packer = zlib.decompressobj()
    try:
        page = packer.decompress(capture.body, max(capture.size, 0) + 1)  # 0 would be no limit
    except zlib.error as error:
        raise ValueError(f"a kept page is damaged: {error}") from error
    if not packer.eof or packer.unused_data or len(page) != capture.size:
        raise ValueError(f"a kept page has not the {capture.size} bytes that are said")
    if hashlib.sha256(page).hexdigest() != capture.digest:
        raise ValueError("a kept page is not what its digest says")
    return replace(capture, content_type=capture.content_type[:_WORDS])


def check_report(report: CrawlReport, given: Container[int], now: datetime) -> CrawlReport:
    """A crawl's report: counts in bounds, and only links that the agent was `given` wait, for a day at most."""
    return replace(
        report,
        requests=_bound(report.requests),
        settled=_bound(report.settled),
        stored=_bound(report.stored),
        answered=_bound(report.answered),
        fault=None if report.fault is None else report.fault[:_WORDS],
        postponed={link: min(until, now + _DAY) for link, until in report.postponed.items() if link in given},
        hung=tuple(host[:_WORDS] for host in report.hung[:9]),
    )


def _bound(count: int) -> int:
    return min(max(count, 0), _COUNT)


def _is_endpoint(endpoint: Endpoint) -> bool:
    return endpoint.kind in _KINDS and _is_address(endpoint.url)


def _check_address(url: str) -> None:
    if not _is_address(url):
        raise ValueError(f"no web address: {url[:80]!r}")


def _is_address(url: str) -> bool:
    return len(url) <= _ADDRESS and is_web_url(url)
