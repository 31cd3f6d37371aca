"""What a home page and a robots.txt say of where their outlet announces its links; it must not fetch or guess.

`init` reads an outlet with it. Facts: WordPress, Drupal and the discovery of feeds in docs/decisions.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

from monitor.discovery.outlet.list_links import find_list_links
from monitor.text.addresses.browser_urls import decode_host
from monitor.text.html_text import decode_body, normalize_line, parse_html, resolve_link
from monitor.text.urls import find_domain, has_same_site, parse_host

# https://www.rssboard.org/rss-autodiscovery and https://www.jsonfeed.org/version/1.1/ (Discovery)
_FEEDS = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml"}
)
_COMMENTS = re.compile(r"/comments?(?:/|$)|\bcomments?\b", re.I)  # WordPress names the feed of its comments, too
_GREETING = re.compile(r"^(?:home|front ?page|welcome)\s*[-–—|:·»]\s*", re.I)
# What feeds add to their outlet's name: "The Mail » Feed", "RSS – The Mail".
_FEED_WORDS = re.compile(r"\s*[-–—|:·»]?\s*\b(?:rss|atom|feed|rss[ -]feed)\s*$|^(?:rss|atom|feed)\s*[-–—|:·»]\s*", re.I)
_LANGUAGE = re.compile(r"""<html\b[^>]{0,500}?\slang\s*=\s*["']?([a-z]{2})(?![a-z])""", re.I)
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)
_MOST = 5  # feeds or sitemaps of one kind: sites name one a section, and each costs a request at every poll
_LONGEST = 80  # characters of an outlet's name

# Tried only for what neither the page's head nor robots.txt names; each is some widely used system's default
# (WordPress, Drupal, Ghost, Hugo, Jekyll, Blogger; Yoast and Google's news sitemaps).
FEED_PATHS = ("/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml")
SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Homepage:
    """A home page's own words. `feeds` are absolute, in the page's order; `generator` is the content system's name.

    `links` are the page's links to its own host, each once, in its order; `lists` those of them that are called "all
    news" or the like, the surest first. `site_name` is what it states as the outlet's name, `title` the page's own.
    """

    site_name: str | None
    title: str | None
    language: str | None
    generator: str | None
    feeds: tuple[str, ...]
    rest: str | None
    links: tuple[str, ...]
    lists: tuple[str, ...]


def read_homepage(body: bytes, content_type: str, url: str) -> Homepage:
    """What the page at `url` (where the fetch ended) says of its outlet; empty where it says nothing."""
    text = decode_body(body, content_type)
    root = parse_html(text)
    base = resolve_link(url, next(iter(root.xpath("//base/@href")), None)) or url
    named = [(link, _tokens(link.get("rel")), resolve_link(base, link.get("href"))) for link in root.iter("link")]
    feeds = [target for link, rels, target in named if target and "alternate" in rels and _is_feed(link, target)]
    rest = next((target for _, rels, target in named if target and "https://api.w.org/" in rels), None)
    anchors = [(resolve_link(base, anchor.get("href")), anchor) for anchor in root.iter("a")]
    own = [(link, anchor) for link, anchor in anchors if link and _bare(link) == _bare(url)]
    language = _LANGUAGE.search(text)  # the lenient parser keeps no attribute of <html>
    generator = _meta(root, "generator")
    return Homepage(
        site_name=_shorten(_meta(root, "og:site_name")),
        title=_title(root),
        language=language[1].lower() if language else None,
        generator=generator.split()[0] if generator else None,
        feeds=tuple(dict.fromkeys(feeds))[:_MOST],
        rest=rest,
        links=tuple(dict.fromkeys(link for link, _ in own)),
        lists=find_list_links([(link, anchor.text_content()) for link, anchor in own if link != url]),
    )


def choose_outlet_title(said: Homepage | None, feed_titles: Iterable[str]) -> str | None:
    """What an outlet is called: as its home page states it, else as its feed does, else the page's title.

    A feed's title counts beside a page's where the page's holds it, and the page's alone says more than the name. A
    section's feed ("Town – The Mail") is called otherwise than the page.
    """
    if said is not None and said.site_name:
        return said.site_name
    titles = [short for title in feed_titles if (short := _shorten(_FEED_WORDS.sub("", title)))]
    if said is None or not said.title:
        return titles[0] if titles else None
    return next((title for title in titles if title.casefold() in said.title.casefold()), said.title)


def parse_robots_sitemaps(robots: str, url: str) -> tuple[str, ...]:
    """The `Sitemap:` lines of the robots.txt that stands at `url`, as absolute web addresses of the same site.

    Those called news come first, since of many only some are taken.
    """
    named = (resolve_link(url, found) for found in _SITEMAP.findall(robots))
    own = dict.fromkeys(link for link in named if link and has_same_site(link, url))
    return tuple(sorted(own, key=lambda link: "news" not in urlsplit(link).path.lower()))[:_MOST]


def choose_source_name(url: str, taken: Iterable[str]) -> str:
    """What a new source at `url` is called: its domain's first label, else its host, else that with a number.

    Internationalised names are written in their own letters ("xn--e1afmkfd" is "пример"); TOML quotes them.
    """
    host = decode_host(parse_host(url).removeprefix("www."))
    label = decode_host((find_domain(url) or "").partition(".")[0])
    whole = re.sub(r"[\W_]+", "-", host).strip("-")
    used = set(taken)
    ways = (way for way in (label, whole, *(f"{whole}-{n}" for n in range(2, len(used) + 3))) if way)
    return next(way for way in ways if way not in used)


def _tokens(text: str | None) -> set[str]:
    return set((text or "").lower().split())


def _is_feed(link: html.HtmlElement, target: str) -> bool:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return kind in _FEEDS and not _COMMENTS.search(target) and not _COMMENTS.search(link.get("title") or "")


def _bare(url: str) -> str:
    return parse_host(url).removeprefix("www.")


def _meta(root: html.HtmlElement, wanted: str) -> str:
    for element in root.iter("meta"):
        if wanted in ((element.get("property") or "").lower(), (element.get("name") or "").lower()):
            return normalize_line(element.get("content") or "")
    return ""


def _title(root: html.HtmlElement) -> str | None:
    stated = next(root.iter("title"), None)
    return _shorten(normalize_line("" if stated is None else stated.text or ""))


def _shorten(words: str) -> str | None:
    return _GREETING.sub("", normalize_line(words))[:_LONGEST].strip() or None


def find_root(url: str) -> str:
    """Scheme and host of an address, as an outlet's `address` is written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def find_listed_root(url: str, links: Sequence[str]) -> str:
    """Where the pieces of a feed or a sitemap stand: on its own host, or on the one site that all its `links` are on.

    A feed may stand on a host of its own (feedburner).
    """
    if not links or has_same_site(links[0], url) or any(not has_same_site(links[0], link) for link in links):
        return find_root(url)
    return find_root(links[0])
