"""robots.txt by RFC 9309, kept for a day over restarts; Scrapy's own cache never expires.

Feeds a person subscribed to are exempt (docs/decisions.md); list APIs, listings, sitemaps and articles are not.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from monitor.errors import AddressRefused
from monitor.fetching.context import get_crawl
from monitor.fetching.transport.guarded_download import WAITING, NotSent
from monitor.model.poll import Robots
from monitor.text.urls import parse_host

log = logging.getLogger(__name__)

MAX_AGE = timedelta(hours=24)  # RFC 9309, 2.4: not used longer than 24 h
# An unreachable robots.txt is asked again soon, or a source waits on after the network is back. Just below the
# shortest first rung of the links' ladder (60 s less 20 %), so that no link's try is spent on a remembered failure.
RETRY = timedelta(seconds=45)
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least 500 KiB are parsed; what follows is ignored
EXEMPT = "seedwatch_no_robots"  # request.meta key of feeds, and of robots.txt itself


class RobotsRefused(IgnoreRequest):
    """robots.txt forbids this address to our user agent."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt answered 5xx or not at all: RFC 9309, 2.3.1.4 says to assume complete disallow for now."""


class RobotsMiddleware:
    """Asks each host's robots.txt before the first request to it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl = get_crawl(crawler)
        self._rules: dict[str, Protego | None] = {}
        self._forbidden: dict[str, AddressRefused] = {}  # hosts whose robots.txt the address policy forbids, and why
        self._unread: dict[str, Exception] = {}  # hosts whose robots.txt did not come in this crawl, and why

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise RobotsRefused, RobotsUnreachable, AddressRefused or NotSent."""
        if request.meta.get(EXEMPT):
            return
        if self.crawl.leaves_backlog(request):  # before its host is asked for robots.txt for nothing
            raise NotSent(WAITING)
        host = parse_host(request.url)
        if known := self._forbidden.get(host):
            raise type(known)(str(known))
        if until := self.crawl.shared.pacer.resting_until(host):
            raise NotSent(f"{host} rests", until)
        if host not in self._rules:
            self._rules[host] = await self._read(request, host)
        rules = self._rules[host]
        if rules is None:
            reason = f"robots.txt of {host} could not be read, so nothing is fetched there for now"
            raise RobotsUnreachable(reason) from self._unread.get(host)
        if not rules.can_fetch(request.url, _product_token(self.crawl.shared.agent)):
            raise RobotsRefused(f"robots.txt of {host} forbids {urlsplit(request.url).path or '/'}")

    async def _read(self, request: Request, host: str) -> Protego | None:
        shared = self.crawl.shared
        kept = await shared.desk.load_robots(host)
        now = shared.clock.now()
        if kept is None or now - kept.at > (RETRY if _unreachable(kept) else MAX_AGE):
            fetched = await self._fetch(request)
            # RFC 9309, 2.3.1.4: an older copy may serve while the file is unreachable.
            if not (_unreachable(fetched) and kept is not None and not _unreachable(kept)):
                kept = fetched
                await shared.desk.save_robots(host, fetched)
        if kept is None or _unreachable(kept):
            return None
        rules = Protego.parse(kept.text)
        if delay := _crawl_delay(rules, shared.agent):
            shared.pacer.set_crawl_delay(host, delay)
        return rules

    async def _fetch(self, request: Request) -> Robots:
        parts = urlsplit(request.url)
        wanted = Request(f"{parts.scheme}://{parts.netloc}/robots.txt", meta={EXEMPT: True}, dont_filter=True)
        now = self.crawl.shared.clock.now()
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("a middleware was asked before its engine was made")
        try:
            response: Response = await engine.download_async(wanted)
        except AddressRefused as error:
            self._forbidden[parse_host(request.url)] = error
            raise  # a reason of its own, and a better one
        except NotSent:
            raise
        except Exception as error:  # whatever kept it from us – DNS, TLS, a reset – it is unreachable
            log.warning("event=robots-unreachable url=%s error=%r", wanted.url, str(error))
            self._unread[parse_host(request.url)] = error
            return Robots(status=None, text="", at=now)
        if 200 <= response.status < 300:
            return Robots(status=response.status, text=_text(response.body), at=now)
        return Robots(status=response.status, text="", at=now)


def _text(body: bytes) -> str:
    """The file as text; a line that the cap cuts through would forbid more than it says, and is left out."""
    kept = body if len(body) <= MAX_BYTES else body[:MAX_BYTES].rpartition(b"\n")[0]
    return kept.decode("utf-8-sig", "replace")


def _unreachable(robots: Robots) -> bool:
    """5xx or no answer; 4xx means there are no rules (RFC 9309, 2.3.1.3). 429 asks to wait, so it counts too."""
    return robots.status is None or robots.status >= 500 or robots.status == 429


def read_crawl_delay(text: str, agent: str) -> float:
    """The Crawl-delay that a robots.txt asks of the user agent, in seconds; 0.0 for none."""
    return _crawl_delay(Protego.parse(text), agent)


def _crawl_delay(rules: Protego, agent: str) -> float:
    return float(rules.crawl_delay(_product_token(agent)) or 0.0)


def _product_token(agent: str) -> str:
    """The name alone (RFC 9309, 2.2.1): a word of the contact address must not meet a rule of another crawler."""
    return agent.partition("/")[0].strip()
