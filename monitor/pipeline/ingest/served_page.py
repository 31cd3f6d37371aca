"""A fetched page as it is read and named: by the rules of whose piece it is, with the words that are believed of it.

It must not read a page or store anything; what is believed is decided by `monitor.identity.ownership`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.identity.ownership import Estate, PageOrigin, hint_only, trace_page, without_names
from monitor.model.page import Page
from monitor.model.source import Source
from monitor.storage.sources.links import Link
from monitor.text.urls import normalize_url, strip_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """The page to read, the outlet whose rules read it, and what is known of where it came from."""

    page: Page
    source: Source | None
    provenance: PageOrigin


def view_page(page: Page, link: Link, estate: Estate, sources: Mapping[str, Source]) -> ServedPage:
    """The page of a link as it is to be read.

    Where the announcer does not speak for the site that served it, its words are left out, and its rules name no piece.
    """
    found = trace_page(estate, link.source, page.url, page.final_url)
    source = sources.get(found.source)
    if found.own:
        return ServedPage(page=page, source=source, provenance=found)
    if source is not None and found.source == link.source:
        source = without_names(source)
    entry = hint_only(page.entry) if page.entry is not None else None
    url = page.url if found.asked else page.final_url
    return ServedPage(page=replace(page, url=url, entry=entry), source=source, provenance=found)


def keys_of(link: Link, served: str, provenance: PageOrigin) -> tuple[str, ...]:
    """The names under which the page was asked for on the site that served it: the link's own, its address by what all
    spellings of it share.

    Where a redirect led from another site: the address it led to.
    """
    if provenance.asked:
        return (link.key, strip_scheme(link.url))
    return (normalize_url(served), strip_scheme(served))
