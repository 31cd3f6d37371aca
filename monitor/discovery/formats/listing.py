"""Pages that list links to articles: sections, regions, fronts; it must not fetch, nor walk into filter parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from lxml import html

from monitor.discovery.pager import PagerLink, read_pager
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.bytes.charset import find_encoding
from monitor.text.html_text import decode_body, parse_html, resolve_link, split_paragraphs
from monitor.text.urls import build_link_key, is_article_url

# Where links stand beside `href`: buttons that load the next page, by script or by themselves.
_TARGETS = ("href", "data-href", "data-url", "data-next", "data-next-url", "data-next-page", "hx-get", "formaction")
_CARRIERS = ("a", "link", "button", "div", "li", "span")
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:next|older|load-?more|show-?more)(?:$|[\s_-])", re.I)
_SCRIPTED = re.compile(r"""location(?:\.href)?\s*=\s*(?:"([^"]+)"|'([^']+)')""")
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
    pager = read_pager(_pager_links(root, base, encoding), url)
    own = build_link_key(url, source)
    found: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for link, anchor in anchors:
        if is_article_url(link, source) and link not in pager.pages and (key := build_link_key(link, source)) != own:
            found.setdefault(key, (link, []))[1].extend(_titles(anchor))
    entries = tuple(
        Entry(url=link, key=key, endpoint=endpoint.key, title=min(titles, key=lambda t: t[0])[1] if titles else None)
        for key, (link, titles) in found.items()
    )
    more = (Endpoint(kind="listing", url=pager.next),) if pager.next and entries else ()
    return Listing(entries=entries, more=more)


def _pager_links(root: html.HtmlElement, base: str, encoding: str) -> Iterator[PagerLink]:
    """Every link, button and form that may lead to another page of the list."""
    for element in root.iter(*_CARRIERS):
        for name in _TARGETS:
            yield from _pager_link(element, element.get(name), base, encoding, stated=name.startswith("data-next"))
        if found := _SCRIPTED.search(element.get("onclick") or ""):
            yield from _pager_link(element, found[1] or found[2], base, encoding)
    for frame in root.iter("turbo-frame"):
        yield from _pager_link(frame, frame.get("src"), base, encoding)
    for form in root.iter("form"):
        if form.get("method", "get").lower() == "get":
            for address, text in _submissions(form):
                if link := resolve_link(base, address, encoding):
                    yield PagerLink(url=link, text=text)


def _pager_link(
    element: html.HtmlElement, target: str | None, base: str, encoding: str, *, stated: bool = False
) -> Iterator[PagerLink]:
    link = resolve_link(base, target, encoding)
    if link is not None:
        words = " ".join(split_paragraphs(element)) if element.tag in ("a", "button") else ""
        text = words or element.get("aria-label") or element.get("title") or next(_pictured(element), "")
        if not any(map(str.isalnum, text)) and _NEXT_CLASS.search(element.get("class") or ""):
            text = "next"
        yield PagerLink(url=link, text=text, next=stated or "next" in (element.get("rel") or "").lower().split())


def _pictured(element: html.HtmlElement) -> Iterator[str]:
    """What the pictures in a link say."""
    for picture in element.iter("img"):
        yield picture.get("alt") or ""


def _submissions(form: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Where the buttons and choices of a form lead, each with its words: its address with what it holds besides."""
    action = (form.get("action") or "").partition("?")[0]
    held = [(field.get("name"), field.get("value") or "") for field in form.iter("input") if _is_held(field)]
    for field in form.iter("button", "input"):
        name, value = field.get("name"), field.get("value") or ""
        if field.tag == "button" or (field.get("type") or "").lower() == "submit":
            words = " ".join(split_paragraphs(field)) or value
            yield f"{action}?{urlencode([*held, (name, value)] if name else held)}", words
    for choice in form.iter("select"):
        for option in choice.iter("option") if choice.get("name") else ():
            words = " ".join(split_paragraphs(option))
            value = option.get("value")
            yield f"{action}?{urlencode([*held, (choice.get('name'), words if value is None else value)])}", words


def _is_held(field: html.HtmlElement) -> bool:
    return (field.get("type") or "").lower() == "hidden" and bool(field.get("name"))


def _titles(anchor: html.HtmlElement) -> Iterator[tuple[int, str]]:
    """The anchor's text with its rank as a headline, the best being 0; nothing for an anchor around an image."""
    heading = next(anchor.iter(*_HEADINGS), None)
    text = " ".join(split_paragraphs(anchor if heading is None else heading))
    if not text or len(text) > _MAX_TITLE:
        return
    headed = heading is not None or next(anchor.iterancestors(*_HEADINGS), None) is not None
    yield (0 if headed else 1 if len(text.split()) >= 3 else 2), text
