"""Pages that list links to articles: sections, regions, fronts; it must not fetch, nor walk into filter parameters."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from lxml import html

from monitor.discovery.pager import PagerLink, find_next_page, is_pager_link
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.bytes.charset import find_encoding
from monitor.text.html_text import decode_body, parse_html, resolve_link, split_paragraphs
from monitor.text.urls import build_link_key, is_article_url

# Where links stand beside `href`: buttons that load the next page, by script or by themselves.
_TARGETS = ("href", "data-href", "data-url", "data-next", "data-next-url", "data-next-page", "hx-get", "formaction")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MAX_TITLE = 500  # characters; longer anchor text is a teaser's whole body, not its headline


def parse_listing(
    body: bytes, content_type: str, *, url: str, endpoint: Endpoint, source: Source
) -> Listing | Rejection:
    """The article links of a page in its order, each once, with the best anchor text as title.

    A link is an article where `source.article` says so. Teasers repeat their link and title (image, headline,
    "read more"): the anchor in a heading names it, else the first of three words or more, else the first with text.
    `more` is the next page where this one links to it (`pager`). How deep to go is the caller's to say. Links to other
    pages of the list are no articles. Raw letters in a query are sent in the page's own encoding.
    """
    root = parse_html(decode_body(body, content_type))
    encoding = find_encoding(body, content_type)
    base = resolve_link(url, next(iter(root.xpath("//base/@href")), None)) or url
    anchors = [
        (link, anchor) for anchor in root.iter("a") if (link := resolve_link(base, anchor.get("href"), encoding))
    ]
    if not anchors:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="a listing without a single link")
    following = find_next_page(_pager_links(root, base, encoding, source), url)
    found: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for link, anchor in anchors:
        paging = link == following or (source.article is None and (link == url or is_pager_link(link, url)))
        if is_article_url(link, source) and not paging:
            found.setdefault(build_link_key(link, source), (link, []))[1].extend(_titles(anchor))
    entries = tuple(
        Entry(url=link, key=key, endpoint=endpoint.key, title=min(titles, key=lambda t: t[0])[1] if titles else None)
        for key, (link, titles) in found.items()
    )
    more = (Endpoint(kind="listing", url=following),) if following and entries else ()
    return Listing(entries=entries, more=more)


def _pager_links(root: html.HtmlElement, base: str, encoding: str, source: Source) -> Iterator[PagerLink]:
    """Every link that may lead to another page of the list: none that the outlet's rule takes for an article."""
    for element in root.iter("a", "link", "button", "div", "li", "span"):
        for name in _TARGETS:
            stands = _submitted(element) if name == "formaction" else element.get(name)
            link = resolve_link(base, stands, encoding)
            if link is None or (source.article is not None and is_article_url(link, source)):
                continue
            words = " ".join(split_paragraphs(element)) if element.tag in ("a", "button") else ""
            text = words or element.get("aria-label") or element.get("title") or ""
            stated = element.get("rel") or ("next" if name in ("data-next", "data-next-url", "data-next-page") else "")
            yield PagerLink(url=link, text=text, next="next" in stated.lower().split())


def _submitted(element: html.HtmlElement) -> str | None:
    """Where a button of a form leads: `<form action="/list"><button name="page" value="2">` to `/list?page=2`."""
    form = next(element.iterancestors("form"), None)
    name, value = element.get("name"), element.get("value")
    if element.get("formaction") or form is None or not name or value is None or form.get("method", "get") != "get":
        stated: str | None = element.get("formaction")
        return stated
    return f"{(form.get('action') or '').partition('?')[0]}?{urlencode({name: value})}"


def _titles(anchor: html.HtmlElement) -> Iterator[tuple[int, str]]:
    """The anchor's text with its rank as a headline, the best being 0; nothing for an anchor around an image."""
    heading = next(anchor.iter(*_HEADINGS), None)
    text = " ".join(split_paragraphs(anchor if heading is None else heading))
    if not text or len(text) > _MAX_TITLE:
        return
    headed = heading is not None or next(anchor.iterancestors(*_HEADINGS), None) is not None
    yield (0 if headed else 1 if len(text.split()) >= 3 else 2), text
