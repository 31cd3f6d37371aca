"""Redirects as Scrapy follows them, and no Referer with them; each hop passes the address policy like any request."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response


class Redirects(RedirectMiddleware):
    """Scrapy's middleware less its search for another that sets Referer: it would warn in every crawl without one."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redirects:
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        """No request of ours ever carries one (RELIABILITY P11)."""
