"""A fetched page as it is read and named: by the rules of whose piece it is, with the words that are believed of it.

It must not read a page or store anything; what is believed is decided by `monitor.identity.ownership`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.extraction.templates.outlet_knowledge import UNKNOWN, Knowledge
from monitor.identity.ownership import Estate, PageOrigin, hint_only, trace_page, without_names
from monitor.model.page import Page
from monitor.model.source import Source
from monitor.storage.sources.links import Link
from monitor.text.urls import normalize_url, strip_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """How a page is to be read: by the rules of `source`, with what is `known`; `provenance` is where it came from."""

    source: Source | None
    provenance: PageOrigin
    known: Knowledge = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """The page to read, the outlet whose rules read it, and what is known of where it came from."""

    page: Page
    source: Source | None
    provenance: PageOrigin


def choose_view(link: Link, url: str, served: str, estate: Estate, sources: Mapping[str, Source]) -> PageView:
    """How the page is to be read that was asked for at `url` for a link and that `served` answered.

    Where the announcer does not speak for the site that served it, its rules name no piece.
    """
    found = trace_page(estate, link.source, url, served)
    source = sources.get(found.source)
    if not found.own and source is not None and found.source == link.source:
        source = without_names(source)
    return PageView(source=source, provenance=found)


def dress_page(page: Page, view: PageView) -> Page:
    """The page with the words of its announcement as far as they are believed, under the address that names it."""
    if view.provenance.own:
        return page
    entry = hint_only(page.entry) if page.entry is not None else None
    return replace(page, url=page.url if view.provenance.asked else page.final_url, entry=entry)


def view_page(page: Page, link: Link, estate: Estate, sources: Mapping[str, Source]) -> ServedPage:
    """The page of a link as it is to be read, dressed for it."""
    view = choose_view(link, page.url, page.final_url, estate, sources)
    return ServedPage(page=dress_page(page, view), source=view.source, provenance=view.provenance)


def keys_of(link: Link, served: str, provenance: PageOrigin) -> tuple[str, ...]:
    """The names under which the page was asked for on the site that served it: the link's own, its address by what all
    spellings of it share.

    Where a redirect led from another site: the address it led to.
    """
    if provenance.asked:
        return (link.key, strip_scheme(link.url))
    return (normalize_url(served), strip_scheme(served))
