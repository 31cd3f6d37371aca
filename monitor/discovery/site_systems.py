"""Reads the endpoints of outlets that run on a known system; it must know no outlet.

They stand here and not with their spiders, so that the process that reads answers need not load Scrapy: .4 s and
15 MB.
"""

from __future__ import annotations

from datetime import datetime

from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.discovery.formats.wordpress_api import is_past_end, parse_posts
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Listing, Source


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


def read_drupal(
    endpoint: Endpoint,
    body: bytes,
    content_type: str,
    status: int,
    source: Source,
    now: datetime,
    url: str | None = None,
) -> Listing | Rejection:
    """Lists of nodes by JSON:API's rules; every other endpoint as usual."""
    return read_endpoint(endpoint, body, content_type, status, source, now, url, api=parse_nodes)
