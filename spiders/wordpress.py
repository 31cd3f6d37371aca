"""A WordPress outlet, read through its REST list of posts and its feed; it knows no outlet.

Addresses are data: the table `[wordpress]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from datetime import datetime

from monitor.core import discover, wordpress_api
from monitor.model import Endpoint, Listing, Rejection, Source
from spiders.base import OutletSpider


def read(
    endpoint: Endpoint,
    body: bytes,
    content_type: str,
    status: int,
    source: Source,
    now: datetime,
    url: str | None = None,
) -> Listing | Rejection:
    """Lists of posts by WordPress's rules; every other endpoint as usual."""
    if endpoint.kind == "api" and wordpress_api.ends(body, status):
        return Listing(entries=())
    return discover.read(endpoint, body, content_type, status, source, now, url, api=wordpress_api.parse_posts)


class WordPressSpider(OutletSpider):
    """Reads the newest posts, those changed last, and the source's feeds, sitemaps and listings."""

    name = "wordpress"
    reader = staticmethod(read)
