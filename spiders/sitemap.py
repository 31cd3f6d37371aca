"""Any outlet with an XML sitemap: `scrapy crawl sitemap -a sitemaps=URL`; it knows no outlet."""

from __future__ import annotations

from spiders.base import OutletSpider


class SitemapSpider(OutletSpider):
    """Reads the source's `sitemaps`, following the newest parts of an index."""

    name = "sitemap"
