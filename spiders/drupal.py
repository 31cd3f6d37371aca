"""A Drupal outlet, read through its JSON:API list of nodes and its feed; it knows no outlet.

Addresses are data: the table `[drupal]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from datetime import datetime

from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Listing, Source
from spiders.base import OutletSpider


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


class DrupalSpider(OutletSpider):
    """Reads the newest nodes, those changed last, and the source's feeds, sitemaps and listings."""

    name = "drupal"
    reader = staticmethod(read_drupal)
