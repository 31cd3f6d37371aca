"""Commonspace, a Drupal site: term feeds and paged listings; it must follow no parameter but `page`.

Addresses and rules are data: the table `[commonspace]` of outlets.toml.
"""

from __future__ import annotations

from spiders.base import OutletSpider


class CommonspaceSpider(OutletSpider):
    """Commonspace, www.commonspace.eu."""

    name = "commonspace"
