"""A WordPress outlet, read through its REST list of posts and its feed; it knows no outlet.

Addresses are data: the table `[wordpress]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from datetime import datetime

from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.wordpress_api import is_past_end, parse_posts
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Listing, Source
from spiders.base import OutletSpider


def read_wordpress(
    endpoint: Endpoint,
    body: bytes,
    content_type: str,
    status: int,
    source: Source,
    now: datetime,
    url: str | None = None,
) -> Listing | Rejection:
    """Lists of posts by WordPress's rules; every other endpoint as usual."""
    if endpoint.kind == "api" and is_past_end(body, status):
        return Listing(entries=())
    return read_endpoint(endpoint, body, content_type, status, source, now, url, api=parse_posts)


class WordPressSpider(OutletSpider):
    """Reads the newest posts, those changed last, and the source's feeds, sitemaps and listings."""

    name = "wordpress"
    reader = staticmethod(read_wordpress)
