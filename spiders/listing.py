"""Any outlet with a page of links: `scrapy crawl listing -a listings=URL -a article=REGEX`; it knows no outlet."""

from __future__ import annotations

from spiders.base import OutletSpider


class ListingSpider(OutletSpider):
    """Reads the source's `listings`, taking the links that match its `article` rule."""

    name = "listing"
