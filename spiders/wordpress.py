"""A WordPress outlet, read through its REST list of posts and its feed; it knows no outlet.

Addresses are data: the table `[wordpress]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from monitor.discovery.site_systems import read_wordpress
from spiders.base import OutletSpider


class WordPressSpider(OutletSpider):
    """Reads the newest posts, those changed last, and the source's feeds, sitemaps and listings."""

    name = "wordpress"
    reader = staticmethod(read_wordpress)
