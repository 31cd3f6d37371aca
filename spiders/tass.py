"""TASS in English, read through its feed, its list API and its sitemaps; it must never use the site's search.

Addresses and rules are data: the table `[tass]` of outlets.toml.
"""

from __future__ import annotations

from spiders.base import OutletSpider


class TassSpider(OutletSpider):
    """TASS, tass.com. Another `address` (a mirror, a test server) takes every endpoint with it."""

    name = "tass"
