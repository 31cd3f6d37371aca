"""Whose piece a page is, and what of its announcement is believed; it must not look up a suffix list, fetch or store.

An outlet speaks for its own site; what it says of another site's address is a hint to look (DESIGN.md, "Who may say
what"). `site_of` maps an address to its site and is handed in (monitor/config/public_suffixes.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.model.page import Article
from monitor.model.source import Entry, Source
from monitor.text.title_likeness import compare_titles
from monitor.text.urls import build_link_key, normalize_url, strip_scheme, strip_tracking

# "drupal:www.example.org:13348": a content system's own number of a piece, on one host.
_NUMBERED = re.compile(r"(?:drupal|wordpress):(?P<host>.+):\d+")
_TELLING = 3  # links from which a list says where its outlet's pieces stand; an aggregator's have as many sites soon
# Share of words that an owner's headline and the stored one have in common, below which the page that was read on
# another's word is taken for something else (a placeholder) and asked for again: the share below which a page is no
# version of a piece (identity/decide.py, REPLACED). To be wrong costs one request.
_OTHER_HEADLINE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Which sites each source speaks for (`sites`, by source name) and the sources of each site (`owners`)."""

    site_of: Callable[[str], str]
    sites: Mapping[str, frozenset[str]]
    owners: Mapping[str, tuple[str, ...]]

    def speaks_for(self, source: str, url: str) -> bool:
        """Whether an address lies on one of the source's own sites."""
        return self.site_of(url) in self.sites.get(source, frozenset())

    def owner_of(self, url: str, announcer: str) -> str:
        """The source that the piece served from `url` belongs to, which `announcer` brought.

        The announcer where it speaks for the site, or where not exactly one source does.
        """
        owners = self.owners.get(self.site_of(url), ())
        return owners[0] if len(owners) == 1 else announcer


def build_estate(sources: Iterable[Source], site_of: Callable[[str], str]) -> Estate:
    """The sites of the addresses that the user wrote for each source: its own, its endpoints', its canonical form's."""
    sites: dict[str, frozenset[str]] = {}
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for source in sources:
        stated = (source.address or "", source.canonical or "", *(endpoint.url for endpoint in source.endpoints))
        sites[source.name] = frozenset(site for url in stated if (site := site_of(url)))
        for site in sites[source.name]:
            owners[site].append(source.name)
    return Estate(site_of=site_of, sites=sites, owners={site: tuple(names) for site, names in owners.items()})


def find_foreign_site(addresses: Iterable[str], estate: Estate) -> str | None:
    """The one site on which all that a source lists lies, where no source speaks for it; None where that is too little.

    "" where a source speaks for it, or where it lists several sites, as an aggregator does. A feed on a host of its
    own has such a site.
    """
    listed = list(addresses)
    sites = {estate.site_of(url) for url in listed}
    if len(sites) > 1:
        return ""
    if len(listed) < _TELLING:
        return None
    site = sites.pop()
    return "" if estate.owners.get(site) else site


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOrigin:
    """Where a page came from: the `site` that served it and the `source` whose piece it is.

    `own`: the announcer speaks for that site, so that its words are believed. `asked`: the announced address lies on
    that site, so that it names the piece; else a redirect led there.
    """

    site: str
    source: str
    own: bool
    asked: bool


def trace_page(estate: Estate, announcer: str, link: str, served: str) -> PageOrigin:
    """The provenance of the page that `served` answered where `announcer` had the address `link` asked for."""
    site = estate.site_of(served)
    return PageOrigin(
        site=site,
        source=estate.owner_of(served, announcer),
        own=estate.speaks_for(announcer, served),
        asked=estate.site_of(link) == site,
    )


def scope_key(entry: Entry, source: Source, estate: Estate) -> str:
    """The key of a link as far as its announcer may choose it.

    On its own site the outlet's id or number of the piece, if the number's host lies on that site, too; of another
    site's piece the address and nothing else.
    """
    if not estate.speaks_for(source.name, entry.url):
        return normalize_url(entry.url)
    number = _NUMBERED.fullmatch(entry.key)
    if number and estate.site_of(f"http://{number['host']}/") != estate.site_of(entry.url):
        return build_link_key(entry.url, source)
    return entry.key


def hint_only(entry: Entry) -> Entry:
    """An announcement without a word on the piece: what is left of it where it speaks of another site's."""
    details = {name: entry.details[name] for name in ("backfill",) if name in entry.details}
    return Entry(url=entry.url, key=entry.url, endpoint=entry.endpoint, details=details)


def without_names(source: Source) -> Source:
    """The user's rules for a source less those that name pieces, for a page that is not of its site."""
    return replace(source, identity=None, canonical=None)


def own_address(article: Article, served: str, site_of: Callable[[str], str]) -> Article:
    """The article under an address of the site that served it, whatever its page calls its address."""
    if site_of(article.url) == site_of(served):
        return article
    return replace(article, url=strip_tracking(served), rungs={**article.rungs, "url": "address"})


def is_asked_address(known: str, asked: str) -> bool:
    """Whether two addresses are one page: equal but for scheme, `www.`, tracking parameters and fragment."""
    return strip_scheme(known) == strip_scheme(asked)


def fits_announcement(title: str, entry: Entry) -> bool:
    """Whether a stored headline can be that of the piece which its owner announces; without a headline it can."""
    return not entry.title or compare_titles(title, entry.title) >= _OTHER_HEADLINE
