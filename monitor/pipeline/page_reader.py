"""Reads a fetched page as its desk orders, further pages and all; it must not know of any store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from monitor.clock import Clock
from monitor.discovery.poll_interval import read_validators
from monitor.extraction.capture import pack_page
from monitor.model.page import Capture, FetchFacts, Outcome, Page, Reading, Rejection
from monitor.pipeline.ingest.gather_parts import PARTS, FetchPart, gather_parts
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.ingest.served_page import PageView, dress_page
from monitor.pipeline.ingest.workers import Workers
from monitor.storage.sources.links import Link
from monitor.topics.topic import Topic

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What a page is, and the outward facts of its fetch: all that is needed to settle its link."""

    result: Reading | Rejection
    fetched: FetchFacts


class PageReader:
    """The readers of one process."""

    def __init__(self, workers: Workers, clock: Clock) -> None:
        self.workers = workers
        self.clock = clock

    async def work(self, call: Callable[..., T], *args: object) -> T | Rejection:
        """What `workers.call` does, with time held: the pause before a crawl's next request may run out meanwhile."""
        with self.clock.hold():
            return await self.workers.call(call, *args)

    async def read(
        self,
        link: Link,
        page: Page,
        view: PageView,
        topics: tuple[Topic, ...],
        *,
        captures: bool = False,
        retry_after: float | None = None,
        fetch_part: FetchPart | None = None,
    ) -> ReadPage:
        """Read the page of a link.

        `captures`: the page itself is kept, too. `fetch_part` gets the further pages of a piece that stands on several;
        without it the piece stays incomplete.
        """
        read = dress_page(page, view)
        result = await self.work(judge_page, read, view.source, self.workers.shared(topics), view.known)
        if fetch_part is not None and isinstance(result, Reading) and result.article.more is not None:
            read = await gather_parts(read, result.article.more, fetch_part, self.work)
            result = await self.work(judge_page, read, view.source, self.workers.shared(topics), view.known)
            if link.revisit and read.untold is not None and len(read.parts) < PARTS:
                # Less than before would look like an edit by the outlet.
                result = Rejection(outcome=Outcome.FAILED, reason=f"page {len(read.parts) + 2}: {read.untold}")
        capture = await self.work(pack_page, page) if captures and page.status == 200 else None
        fetched = FetchFacts(
            at=page.fetched_at,
            final_url=page.final_url,
            status=page.status,
            size=len(page.body),
            retry_after=retry_after,
            capture=capture if isinstance(capture, Capture) else None,
            validators=read_validators(page.headers),
        )
        return ReadPage(result=result, fetched=fetched)
