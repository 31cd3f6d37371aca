"""What one crawl and all crawls share with the components Scrapy builds; plain values, hardly any logic.

Scrapy builds handlers and middlewares itself and copies its settings deeply, so our objects ride on the crawler.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.clock import Clock
from monitor.core.addresses import Allow
from monitor.crawl.pacer import Pacer
from monitor.crawl.resolver import GuardedResolver
from monitor.ingest import Ingest
from monitor.model import Source
from monitor.store import Store
from monitor.store.sources import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One per process."""

    store: Store
    ingest: Ingest
    clock: Clock
    pacer: Pacer
    resolver: GuardedResolver
    allow: Allow
    timeout: float
    agent: str


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One per crawl, with its running counts; `requested` holds the links already asked for."""

    shared: Shared
    source: Source
    turn: Turn
    requests: int = 0
    seen: int = 0
    new_links: int = 0
    stored: int = 0
    good: int = 0  # endpoints that answered well
    errors: list[str] = field(default_factory=list)
    blocked: bool = False
    answered: bool = False  # whether any server answered at all
    requested: set[int] = field(default_factory=set)
    fetches: set[asyncio.Task[Response]] = field(default_factory=set)  # under way, to be cancelled by a stop
    stopping: bool = False

    def stop(self) -> None:
        """Give up what is being fetched and ask for nothing more; the links stay pending."""
        self.stopping = True
        for fetch in self.fetches:
            fetch.cancel()


class SourceCrawler(Crawler):
    """A Scrapy crawler that carries its crawl."""

    def __init__(self, spider: type[Spider], settings: dict[str, object], crawl: Crawl) -> None:
        super().__init__(spider, settings)
        self.crawl_context = crawl


def context(crawler: Crawler) -> Crawl:
    """The crawl of a crawler; raises TypeError for a crawler that is not ours."""
    if not isinstance(crawler, SourceCrawler):
        raise TypeError("this component works inside the daemon's crawls only")
    return crawler.crawl_context
