"""Any outlet with an RSS, Atom or JSON feed: `scrapy crawl feed -a feeds=URL`; it knows no outlet."""

from __future__ import annotations

from spiders.base import OutletSpider


class FeedSpider(OutletSpider):
    """Reads the source's `feeds` (and its sitemaps and listings, where it has them)."""

    name = "feed"
