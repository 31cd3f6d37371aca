"""Asks each source's site, once a week at most, for an address that does not exist; it must judge no article.

What comes back is how the site answers for a piece that is gone (`core.absence`). The one request stands behind all
others of a crawl and passes robots.txt, the host's turn and the address policy like any of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from monitor.core import absence
from monitor.core.read import read
from monitor.crawl.context import context
from monitor.crawl.handler import NotSent
from monitor.crawl.record import rejection
from monitor.model import Outcome, Page, Rejection
from monitor.store.absences import Answered

PAUSE = timedelta(days=7)
# In its first day an outlet is busy enough with us: its backlog is fetched.
SETTLES = timedelta(days=1)


class AbsenceMiddleware:
    """The question inside a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawl = context(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AbsenceMiddleware:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Everything else first."""
        async for item in start:
            yield item
        if (request := await self._question()) is not None:
            yield request

    async def _question(self) -> Request | None:
        shared, source = self.crawl.shared, self.crawl.source
        now = shared.clock.now()
        if not self.crawl.turn.whole:
            return None
        with shared.clock.hold():
            article = await shared.store.do(shared.store.absences.due, source.name, now - PAUSE, now - SETTLES)
        if article is None:
            return None
        url = absence.address(article, f"{source.name} {now:%Y-%m-%d}")
        return Request(url, callback=self._answered, errback=self._unanswered, dont_filter=True, priority=-1)

    async def _answered(self, response: Response) -> None:
        shared, source = self.crawl.shared, self.crawl.source
        page = Page(
            url=response.request.url if response.request else response.url,
            final_url=response.url,
            status=response.status,
            headers={
                name.decode("latin-1").lower(): v[-1].decode("latin-1") for name, v in response.headers.items() if v
            },
            body=response.body,
            fetched_at=shared.clock.now(),
        )
        result = await shared.ingest.work(read, page, source, ())
        if isinstance(result, Rejection):
            answered = Answered(url=page.url, status=page.status, outcome=result.outcome, reason=result.reason)
        else:
            answered = Answered(
                url=page.url, status=page.status, outcome=Outcome.NEW, absence=absence.learned(result.article)
            )
        await self._keep(answered)

    async def _unanswered(self, failure: Failure) -> None:
        error: BaseException = failure.value  # type: ignore[assignment]
        if isinstance(error, NotSent):  # nobody was asked
            return
        refused = rejection(error)
        url: str = failure.request.url  # type: ignore[attr-defined]
        await self._keep(Answered(url=url, status=None, outcome=refused.outcome, reason=refused.reason))

    async def _keep(self, answered: Answered) -> None:
        shared = self.crawl.shared
        with shared.clock.hold():
            await shared.store.do(self._write, answered, shared.clock.now())

    def _write(self, answered: Answered, now: datetime) -> None:
        self.crawl.shared.store.absences.keep(self.crawl.source.name, answered, now)
        self.crawl.shared.ingest.lessons.forget(self.crawl.source.name)
