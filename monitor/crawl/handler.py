"""The one way out to the outlets: address policy, the host's turn, a total deadline; then Scrapy's own handler.

As a download handler it sees everything that goes onto the wire: feeds, robots.txt, articles, every redirect hop.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from monitor.core import urls
from monitor.core.addresses import url_refusal
from monitor.crawl.context import context
from monitor.errors import AddressRefused


class NotSent(IgnoreRequest):
    """Nothing was asked, or the asking was given up: the host rests, or seedwatch stops. It counts as no try."""


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler behind the policy."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.context = context(crawler)

    async def download_request(self, request: Request) -> Response:
        """One exchange; raises AddressRefused, NotSent, or Scrapy's own download errors."""
        shared = self.context.shared
        if reason := url_refusal(request.url, shared.allow):
            raise AddressRefused(f"{request.url} {reason}")
        host = urls.host(request.url)
        if self.context.stopping or shared.pacer.resting(host):
            raise NotSent(f"nothing is asked of {host} now")
        fetch = asyncio.create_task(self._exchange(request, host))
        self.context.fetches.add(fetch)
        try:
            return await fetch
        except asyncio.CancelledError:
            raise NotSent("seedwatch stopped in the middle of it") from None
        finally:
            self.context.fetches.discard(fetch)

    async def _exchange(self, request: Request, host: str) -> Response:
        shared = self.context.shared
        async with shared.pacer.turn(host):
            self.context.requests += 1
            try:
                async with asyncio.timeout(shared.timeout):
                    return await super().download_request(request)
            except TimeoutError as error:
                # Scrapy's own timeout starts anew with every received byte; this one is total (RELIABILITY S5).
                raise DownloadTimeoutError(f"no whole answer within {shared.timeout:g} s") from error
            except CannotResolveHostError as error:
                if reason := shared.resolver.refused.get(urlsplit(request.url).hostname or ""):
                    raise AddressRefused(reason) from error
                raise
