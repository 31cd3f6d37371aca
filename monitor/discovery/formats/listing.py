"""Pages that list links to articles: sections, regions, fronts; it must not fetch, nor walk into filter parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from lxml import html

from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import decode_body, parse_html, resolve_link, split_paragraphs
from monitor.text.urls import build_link_key, is_article_url, parse_host

_PAGE = "page"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MAX_TITLE = 500  # characters; longer anchor text is a teaser's whole body, not its headline


def parse_listing(
    body: bytes, content_type: str, *, url: str, endpoint: Endpoint, source: Source
) -> Listing | Rejection:
    """The article links of a page in its order, each once, with the best anchor text as title.

    A link is an article where `source.article` says so. Teasers repeat their link and title (image, headline,
    "read more"): the anchor in a heading names it, else the first of three words or more, else the first with text.
    `more` is the next page where this one links to it, as `?page=N+1` (Drupal counts from 0) or as `rel="next"` to
    `/page/N` below the same path; a link with any other parameter is a crawl trap (outlet facts, Commonspace) and is
    never followed. How deep to go is the caller's to say.
    """
    root = parse_html(decode_body(body, content_type))
    base = resolve_link(url, next(iter(root.xpath("//base/@href")), None)) or url
    anchors = [(link, anchor) for anchor in root.iter("a") if (link := resolve_link(base, anchor.get("href")))]
    if not anchors:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="a listing without a single link")
    found: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for link, anchor in anchors:
        if is_article_url(link, source):
            found.setdefault(build_link_key(link, source), (link, []))[1].extend(_titles(anchor))
    entries = tuple(
        Entry(url=link, key=key, endpoint=endpoint.key, title=min(titles, key=lambda t: t[0])[1] if titles else None)
        for key, (link, titles) in found.items()
    )
    return Listing(entries=entries, more=_next(anchors, url) if entries else ())


def _titles(anchor: html.HtmlElement) -> Iterator[tuple[int, str]]:
    """The anchor's text with its rank as a headline, the best being 0; nothing for an anchor around an image."""
    heading = next(anchor.iter(*_HEADINGS), None)
    text = " ".join(split_paragraphs(anchor if heading is None else heading))
    if not text or len(text) > _MAX_TITLE:
        return
    headed = heading is not None or next(anchor.iterancestors(*_HEADINGS), None) is not None
    yield (0 if headed else 1 if len(text.split()) >= 3 else 2), text


def _next(anchors: list[tuple[str, html.HtmlElement]], url: str) -> tuple[Endpoint, ...]:
    here = _query(url)
    stated = here.pop(_PAGE, "")
    number = int(stated[:9]) if stated.isdecimal() else 0
    for link, anchor in anchors:
        if parse_host(link) != parse_host(url) or _section(link) != _section(url):
            continue
        there = _query(link)
        page = there.pop(_PAGE, None)
        paged = page == str(number + 1) and there == here and urlsplit(link).path == urlsplit(url).path
        if paged or ("next" in (anchor.get("rel") or "").split() and page is None and not there):
            return (Endpoint(kind="listing", url=link),)
    return ()


def _section(url: str) -> str:
    return re.sub(r"(?:/page/\d+)?/?$", "", urlsplit(url).path)


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
