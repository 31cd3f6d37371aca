"""Headlines as a page prints them, and what the outlet calls itself; it must not choose among them."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from monitor.text.format_characters import strip_format_characters
from monitor.text.title_likeness import split_title_words

# Inline elements that never part two words: a browser prints nothing between them and their neighbours.
_JOINED = frozenset(
    {"em", "strong", "b", "i", "u", "wbr", "sub", "sup", "mark", "q", "abbr", "font", "small", "s", "big"}
)
_SEPARATE = frozenset({"a", "span"})  # styled as lines of their own as often as not
_NAME = 60  # characters of an outlet's name; of those that 577 labelled pages state all but one have 56 at most
_HOME_LINKS = 12
_GENERIC = frozenset(
    {"home", "homepage", "start", "startseite", "inicio", "accueil", "menu", "главная", "головна", "logo"}
)
# Links that may lead to a front page: "/", or an address of which nothing follows the slash behind its host but "?" or
# "#". Nearly all say more, and taking an address apart is dear.
_HOMEWARD = re.compile(r"/\Z|(?:https?:)?//[^/]*(?:/(?:[?#\t\r\n]|\Z)|\Z)")
_LOWER = 12  # h2 that are looked at
_ENTITY = re.compile(r"&(?:#\d+|#x[\da-f]+|[a-z]+\d*);", re.I)


def read_title_line(element: HtmlElement) -> str:
    """A headline as a browser prints it, on one line.

    Emphasis and possible line breaks (`<wbr>`) part no word; a block, a line break, and a link or span whose text
    begins with a capital behind a letter do.
    """
    parts: list[str] = []
    _collect(element, parts)
    return clean_title("".join(parts))


def _collect(element: HtmlElement, parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        if not isinstance(child.tag, str) or child.tag in ("script", "style", "template"):
            pass
        elif child.tag in _JOINED:
            _collect(child, parts)
        elif child.tag in _SEPARATE:
            inner: list[str] = []
            _collect(child, inner)
            _join(parts, "".join(inner))
        else:
            parts.append(" ")
            _collect(child, parts)
            parts.append(" ")
        if child.tail and child.tag in _SEPARATE:
            _join(parts, child.tail)
        elif child.tail:
            parts.append(child.tail)


def _join(parts: list[str], text: str) -> None:
    """Add what stands in or behind a span: a capital or a digit behind a letter begins a line of its own."""
    before = parts[-1][-1:] if parts else ""
    if before and not before.isspace() and (text[:1].isupper() or text[:1].isdigit()):
        parts.append(" ")
    parts.append(text)


def clean_title(text: str) -> str:
    """A title on one line, entities that were written twice read, format characters gone."""
    if _ENTITY.search(text):
        text = unescape(unescape(text))
    return " ".join(strip_format_characters(text).split())


def list_headings(elements: list[HtmlElement]) -> tuple[str, ...]:
    """The h1 texts, those in the page's own head line (a logo) behind the others."""
    shown = [(element, text) for element in elements if (text := read_title_line(element))]
    return tuple(text for _, text in sorted(shown, key=lambda pair: _is_banner(pair[0])))


def _is_banner(heading: HtmlElement) -> bool:
    around = {above.tag for above in heading.iterancestors()}
    return around.isdisjoint(("article", "main")) and not around.isdisjoint(("header", "nav", "footer"))


def list_lower_headings(tree: HtmlElement) -> tuple[str, ...]:
    """The first h2 texts of a page."""
    return tuple(text for element in islice(tree.iter("h2"), _LOWER) if (text := read_title_line(element)))


def list_home_names(tree: HtmlElement, host: str) -> tuple[str, ...]:
    """What links to the front page say, where it can be a name: the outlet's."""
    found: dict[str, None] = {}
    links = (link for link in tree.iter("a") if _leads_home(link.get("href", ""), host))
    for link in islice(links, _HOME_LINKS):
        text = read_title_line(link)
        if 0 < len(text) <= _NAME and text.casefold() not in _GENERIC and split_title_words(text):
            found.setdefault(text)
    return tuple(found)


def _leads_home(href: str, host: str) -> bool:
    if _HOMEWARD.match(href) is None:
        return False
    if href == "/":
        return True
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query and (parts.hostname or "").removeprefix("www.") == host
