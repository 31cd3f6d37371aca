"""A Drupal outlet, read through its JSON:API list of nodes and its feed; it knows no outlet.

Addresses are data: the table `[drupal]` of outlets.toml, below the source's own `address`.
"""

from __future__ import annotations

from monitor.discovery.site_systems import read_drupal
from spiders.base import OutletSpider


class DrupalSpider(OutletSpider):
    """Reads the newest nodes, those changed last, and the source's feeds, sitemaps and listings."""

    name = "drupal"
    reader = staticmethod(read_drupal)
