"""The one way out to the outlets: address policy, the host's turn, a total deadline; then Scrapy's own handler.

As a download handler it sees everything that goes onto the wire: feeds, robots.txt, articles, every redirect hop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from monitor.address_policy import find_url_refusal, hide_user_name
from monitor.clock import measure_elapsed
from monitor.errors import AddressRefused, NameRefused
from monitor.fetching.agents.lease_clock import LeaseClock
from monitor.fetching.context import Crawl, get_crawl, is_backlog
from monitor.fetching.transport.size_limit import TooLarge
from monitor.text.urls import parse_host

# How long the links of a host wait that let several requests in a row run into the timeout.
HANG_REST = timedelta(minutes=10)


_LOOK_AGAIN = 0.1  # seconds between two looks at whether a lease has been renewed
# How long a request waits for its turn at a host that is not its poll's: more than the usual pause.
_PATIENCE = 15.0


WAITING = "other sources wait for room"  # why a page of the backlog is left for now
NOT_ASKED = "not asked: "  # how the words of `NotSent` begin, by which an answer in words tells that it is none


class NotSent(IgnoreRequest):
    """Nothing was asked, or the asking was given up: the host rests, or seedwatch stops. It counts as no try.

    `until`: how long the host rests, None where the crawl ends.
    """

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(NOT_ASKED + reason)
        self.until = until


@asynccontextmanager
async def hold_host(crawl: Crawl, host: str) -> AsyncIterator[LeaseClock]:
    """Have a host alone for one request where it is not the one that the crawl's poll holds; raises NotSent.

    The desk gives such turns: another process may crawl there. How long this one lasts.
    """
    shared, patience = crawl.shared, measure_elapsed() + _PATIENCE
    if host == crawl.host:
        yield crawl.lease
        return
    while True:
        asked = measure_elapsed()
        turn = await shared.desk.take_host(crawl.turn, host)
        if not turn.wait:
            break
        if measure_elapsed() + turn.wait > patience:
            raise NotSent(f"{host} is asked by others", shared.clock.now() + timedelta(seconds=turn.wait))
        await shared.clock.sleep(turn.wait)
    try:
        yield LeaseClock(None if turn.seconds is None else asked + turn.seconds)
    finally:
        await shared.desk.leave_host(crawl.turn, host)


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler behind the policy."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.context = get_crawl(crawler)

    async def download_request(self, request: Request) -> Response:
        """One exchange; raises AddressRefused, NotSent, TooLarge, or Scrapy's own download errors."""
        shared = self.context.shared
        if reason := find_url_refusal(request.url, shared.allow):
            raise AddressRefused(f"{hide_user_name(request.url)} {reason}")
        parts = urlsplit(request.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if shared.ports and port not in shared.ports:
            raise AddressRefused(f"{hide_user_name(request.url)} has port {port}, which is none of [fetch] ports")
        host = parse_host(request.url)
        self._may(request, host)
        fetch = asyncio.create_task(self._exchange(request, host))
        self.context.fetches.add(fetch)
        try:
            return await fetch
        except asyncio.CancelledError:
            raise NotSent("the crawl ended in the middle of it") from None
        finally:
            self.context.fetches.discard(fetch)

    def _may(self, request: Request, host: str) -> None:
        """Raises NotSent where this is not the moment to ask."""
        shared = self.context.shared
        if self.context.stopping or ("link" in request.meta and shared.clock.now() >= self.context.ends_at):
            raise NotSent("the crawl ends")
        if self.context.leaves_backlog(request):
            raise NotSent(WAITING)
        if until := shared.pacer.resting_until(host):
            raise NotSent(f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC", until)
        if "link" in request.meta and host in self.context.hung:
            raise NotSent(f"{host} answers nothing in time", shared.clock.now() + HANG_REST)

    async def _exchange(self, request: Request, host: str) -> Response:
        shared = self.context.shared
        async with (
            shared.pacer.take_turn(host),
            hold_host(self.context, host) as turn,
            self._find_room(request, host),
            shared.wire.take(),
        ):
            await self._await_lease()
            self._may(request, host)  # the answer before this one may have said that it is not
            if not turn.lasts(shared.timeout):
                raise NotSent(f"the turn at {host} is over", shared.clock.now())
            self.context.requests += 1
            if self.context.access is not None:
                self.context.access.identify(request, shared.clock.now())
            if self.context.proxy is not None:
                self.context.proxy.route_request(request, shared.allow)
            try:
                async with asyncio.timeout(shared.timeout):
                    response = await super().download_request(request)
                # Here and not where the answer is read: the next request would be on its way by then.
                await shared.apply_retry_after(
                    host, response.status, (response.headers.get("Retry-After") or b"").decode("latin-1")
                )
                self.context.timeouts.pop(host, None)
                self.context.pages_answered += "link" in request.meta
                self.context.backlog += is_backlog(request)
                if "link" in request.meta and "dataloss" in response.flags:
                    raise ResponseDataLossError  # after what its status asks of us was heard
                return response
            except (TimeoutError, DownloadTimeoutError) as error:
                self.context.timeouts[host] = self.context.timeouts.get(host, 0) + 1
                self._refused(request, error)
                # Ours is total (RELIABILITY S5), Scrapy's may start anew with every received byte. Where an answer
                # gives neither any, which of the two is first is chance: one reason for both.
                raise DownloadTimeoutError(f"no whole answer within {shared.timeout:g} s") from error
            except DownloadCancelledError as error:  # Scrapy's handler cancels for nothing but its size cap
                raise TooLarge(shared.max_bytes) from error
            except CannotResolveHostError as error:
                self._refused(request, error)
                raise

    def _find_room(self, request: Request, host: str) -> AbstractAsyncContextManager[None]:
        """Wait until there is room for a page; a turn at another's host is not held up by that."""
        if "link" not in request.meta:
            return nullcontext()
        return self.context.shared.unread.ask(wait=host == self.context.host)

    async def _await_lease(self) -> None:
        """Wait until the poll's lease has been renewed for longer than a request takes; raises NotSent."""
        crawl = self.context
        while not crawl.lease.lasts(crawl.shared.timeout):
            if crawl.stopping or crawl.lease.lapsed:
                raise NotSent("its lease ran out")
            await crawl.shared.clock.sleep(_LOOK_AGAIN)

    def _refused(self, request: Request, cause: BaseException) -> None:
        """Raise NameRefused where the policy withheld the addresses of the host or of its proxy."""
        proxy = self.context.proxy
        for url in (request.url, *((proxy.url,) if proxy is not None else ())):
            if reason := self.context.shared.resolver.refused.get(urlsplit(url).hostname or ""):
                raise NameRefused(reason) from cause
