"""Pages that list links to articles: sections, regions, fronts; it must not fetch, nor walk into filter parameters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from lxml import html

from monitor.discovery.pager import PagerLink, read_pager
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.bytes.charset import find_encoding
from monitor.text.html_text import decode_body, normalize_line, parse_html, resolve_link, split_paragraphs
from monitor.text.urls import build_link_key, is_article_url

# Where links stand beside `href`: buttons that load the next page, by script or by themselves.
_TARGETS = ("href", "data-href", "data-url", "data-next", "data-next-url", "data-next-page", "hx-get", "formaction")
_CARRIERS = ("a", "link", "button", "div", "li", "span")
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:next|older|load-?more|show-?more)(?:$|[\s_-])", re.I)
_SCRIPTED = re.compile(r"""location(?:\.href)?\s*=\s*(?:"([^"]+)"|'([^']+)')""")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WORD = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff\uac00-\ud7af]")  # "10:45", "12" and an arrow are no headlines
_AROUND = 4  # elements around an anchor that may still be its teaser
_MAX_TITLE = 500  # characters; longer anchor text is a teaser's whole body, not its headline


def parse_listing(
    body: bytes, content_type: str, *, url: str, endpoint: Endpoint, source: Source
) -> Listing | Rejection:
    """The article links of a page in its order, each once, with the best anchor text as title.

    A link is an article where `source.article` says so. Teasers repeat their link and title (image, headline,
    "read more"): the anchor in a heading names it, else the first of three words or more, else the link's attributes,
    the heading beside it, the first with text; what several links say names none.
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
    # What several links say, "Read more", is the headline of none: a page would be refused for another one.
    times = Counter(words for _, titles in found.values() for words in {words for rank, words in titles if rank})
    entries = tuple(
        Entry(url=link, key=key, endpoint=endpoint.key, title=_best(titles, times))
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
    """What may be the headline of the anchor's page, each with its rank, the best being 0.

    That is the anchor's text, what its attributes say, and the heading of the teaser in which it stands ("read more").
    """
    heading = next(anchor.iter(*_HEADINGS), None)
    text = " ".join(split_paragraphs(anchor if heading is None else heading))
    headed = heading is not None or next(anchor.iterancestors(*_HEADINGS), None) is not None
    said = [(0 if headed else 1 if len(text.split()) >= 3 else 4, text)]
    for name in ("title", "aria-label"):
        words = normalize_line(anchor.get(name) or "")
        said += [(2, words)] if len(words.split()) >= 3 else []
    if said[0][0] == 4 and (near := _near_heading(anchor)) is not None:
        said.append((3, " ".join(split_paragraphs(near))))
    yield from ((rank, words) for rank, words in said if _WORD.search(words) and len(words) <= _MAX_TITLE)


def _best(titles: list[tuple[int, str]], times: Counter[str]) -> str | None:
    own = [(rank, words) for rank, words in titles if rank == 0 or times[words] == 1]
    return min(own, key=lambda title: title[0])[1] if own else None


def _near_heading(anchor: html.HtmlElement) -> html.HtmlElement | None:
    """The heading of the teaser around an anchor: the only one there, and one that leads nowhere itself."""
    for around in islice(anchor.iterancestors(), _AROUND):
        headings = list(around.iter(*_HEADINGS))
        if headings:
            alone = len(headings) == 1 and next(headings[0].iter("a"), None) is None
            teaser = around.tag != "body" and len({link.get("href") for link in around.iter("a")}) == 1
            return headings[0] if alone and teaser else None
    return None
