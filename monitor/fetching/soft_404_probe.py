"""Asks each source's site, once a week at most, for an address that does not exist; it must judge no article.

What comes back is how the site answers for a piece that is gone (`core.absence`). The one request stands behind all
others of a crawl and passes robots.txt, the host's turn and the address policy like any of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from monitor.extraction.soft_404 import learn_absence, make_missing_address
from monitor.fetching.context import get_crawl
from monitor.fetching.ledger import rejection_from_error
from monitor.fetching.transport.guarded_download import NotSent
from monitor.model.page import Outcome, Page, Rejection
from monitor.pipeline.ingest.read_page import judge_page
from monitor.storage.sources.soft_404 import AbsenceAnswer


class AbsenceMiddleware:
    """The question inside a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawl = get_crawl(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AbsenceMiddleware:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Everything else first."""
        async for item in start:
            yield item
        if (request := self._question()) is not None:
            yield request

    def _question(self) -> Request | None:
        source, now = self.crawl.source, self.crawl.shared.clock.now()
        article = self.crawl.order.absence if self.crawl.order is not None else None
        if article is None:
            return None
        url = make_missing_address(article, f"{source.name} {now:%Y-%m-%d}")
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
        result = await shared.reader.work(judge_page, page, source, ())
        if isinstance(result, Rejection):
            answered = AbsenceAnswer(url=page.url, status=page.status, outcome=result.outcome, reason=result.reason)
        else:
            answered = AbsenceAnswer(
                url=page.url, status=page.status, outcome=Outcome.NEW, absence=learn_absence(result.article)
            )
        await self._keep(answered)

    async def _unanswered(self, failure: Failure) -> None:
        error: BaseException = failure.value  # type: ignore[assignment]
        if isinstance(error, NotSent):  # nobody was asked
            return
        refused = rejection_from_error(error)
        url: str = failure.request.url  # type: ignore[attr-defined]
        await self._keep(AbsenceAnswer(url=url, status=None, outcome=refused.outcome, reason=refused.reason))

    async def _keep(self, answered: AbsenceAnswer) -> None:
        await self.crawl.shared.desk.record_absence(self.crawl.turn, answered)
