"""A Drupal outlet, read through its JSON:API list of nodes and its feed; it knows no outlet.

Addresses are data: the table `[drupal]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from datetime import datetime

from monitor.core import discover, drupal_api
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
    """Lists of nodes by JSON:API's rules; every other endpoint as usual."""
    return discover.read(endpoint, body, content_type, status, source, now, url, api=drupal_api.parse_nodes)


class DrupalSpider(OutletSpider):
    """Reads the newest nodes, those changed last, and the source's feeds, sitemaps and listings."""

    name = "drupal"
    reader = staticmethod(read)
