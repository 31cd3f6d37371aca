"""Finds what repeats on a page without being its article: comments and teasers; it must not cut anything.

Comments, teaser boxes with summaries and endless lists are siblings of one shape, each of which holds a name, a date
or a link of its own. An article's own items (a roundup, a live blog) are of one shape too: they stand in the container
of the headline, and comments stand outside of it or under a name that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, takewhile

from lxml import etree
from lxml.html import HtmlElement

from monitor.extraction.html_tree import count_characters

_BOXES = frozenset({"div", "li", "article", "section", "dl", "tr"})
_LEAST = 3  # siblings of one shape
_LARGEST = 1_500  # characters of a box on average: longer ones are articles themselves
_NAMED = 60  # characters of a name or a date that heads a box
_PROSE = 40  # of a paragraph
_SHARE = 0.8  # of the siblings that must look so
_STORY = 80  # characters of prose that must stand outside: a page of nothing but boxes is left as it is
_SIBLINGS = 400  # that are looked at
_NAMES = ("b", "strong", "cite", "h3", "h4", "h5", "h6", "time", "span", "a", "div", "footer", "header", "p")
_SAID = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|replies|responses?|respond|disqus\w*|kommentare?|comentarios?|commentaires?)"
    r"(?:$|[\s_-])",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# What a page opens over itself: consent, subscriptions, logins. Names of the kind itself and of those who sell it.
_DIALOG = re.compile(
    r"(?:^|[\s_-])(?:modal|pop-?up|lightbox|cookies?|consent|gdpr|privacy)(?:$|[\s_-])"
    r"|onetrust|didomi|usercentrics|cookiebot|truste",
    re.I,
)
# One of these stands in each such name, which is told in a tenth of the time that the search takes.
_DIALOG_HINTS = (
    "modal", "popup", "pop-up", "lightbox", "cookie", "consent", "gdpr", "privacy", "onetrust", "didomi",
    "usercentrics", "truste",
)  # fmt: skip
_KEPT = 200  # characters of a name that is remembered: what is longer is made to fill the memory
_HIDING = etree.XPath("descendant-or-self::*/@hidden/.. | descendant-or-self::*/@style/..", regexp=False)
_HIDEABLE = frozenset({"p", "div", "span", "section", "li", "ul", "h2", "h3"})
_HIDDEN_SHARE = 0.3  # of a page's text: what hides more shows it later


def find_hidden_parts(tree: HtmlElement) -> list[HtmlElement]:
    """The outermost elements that a browser does not show, where they hold little of the page's text; and dialogs."""
    hidden = [
        element
        for element in _HIDING(tree)
        if element.tag in _HIDEABLE
        and (element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")) is not None)
    ]
    inside = set(hidden)
    dialogs = [part for part in tree.iter("div", "section") if _is_dialog(part) and part not in inside]
    found = _list_outermost(hidden, inside)
    if found and sum(map(count_characters, found)) > _HIDDEN_SHARE * count_characters(tree):
        found = []
    opened = [part for part in _list_outermost(dialogs, {*found, *dialogs}) if not _is_story(part)]
    return [*found, *opened] if opened and _prose(tree, opened) >= _STORY else found


def _list_outermost(elements: list[HtmlElement], chosen: set[HtmlElement]) -> list[HtmlElement]:
    """Those of the elements that stand in none of the chosen ones."""
    return [element for element in elements if chosen.isdisjoint(element.iterancestors())]


def _is_dialog(element: HtmlElement) -> bool:
    get = element.get
    if get("role") in ("dialog", "alertdialog"):
        return True
    kind, name = get("class", ""), get("id", "")
    if not kind and not name:
        return False
    return (_names_dialog if len(kind) + len(name) <= _KEPT else _names_dialog.__wrapped__)(kind, name)


@lru_cache(maxsize=4096)
def _names_dialog(kind: str, name: str) -> bool:
    """Whether class and id are a dialog's; most elements of a page share theirs with others."""
    said = f"{kind} {name}"
    folded = said.casefold()
    return any(map(folded.__contains__, _DIALOG_HINTS)) and _DIALOG.search(said) is not None


def _is_story(element: HtmlElement) -> bool:
    """Whether an element holds a headline or an article, whatever it is called."""
    return next(element.iter("h1", "article", "main"), None) is not None


def find_repeated_boxes(tree: HtmlElement) -> list[HtmlElement]:
    """The comments of a page: siblings of one shape, each headed by a name or a date, outside of the story.

    Empty where no prose is left beside them. The page's h1 tells where the story stands.
    """
    heading = next(tree.iter("h1"), None)
    home = _home(heading) if heading is not None else None
    found: list[HtmlElement] = []
    for boxes in _rows(tree):
        parent = boxes[0].getparent()
        outside = home is not None and home not in parent.iterancestors() and parent is not home
        if not (outside or _is_called_comments(parent)) or not _are_headed(boxes):
            continue
        if sum(map(count_characters, boxes)) <= _LARGEST * len(boxes):
            found += boxes
    if found and _prose(tree, found) < _STORY:
        return []
    return [box for box in found if not any(above in found for above in box.iterancestors())]


def _home(heading: HtmlElement) -> HtmlElement | None:
    """The element of headline and story: the nearest article or main around the h1, else the nearest with prose."""
    around = takewhile(lambda above: above.tag not in ("body", "html"), heading.iterancestors())
    for above in around:
        if above.tag in ("article", "main") or sum(len(p.text_content()) >= _PROSE for p in above.iter("p")) > 1:
            return above
    return None


def _rows(tree: HtmlElement) -> Iterator[list[HtmlElement]]:
    """Siblings of one tag and first class, at least `_LEAST`."""
    for parent in tree.iter("div", "ol", "ul", "section", "article", "main", "body", "tbody"):
        if len(parent) < _LEAST:
            continue
        kinds: dict[tuple[str, str], list[HtmlElement]] = {}
        for child in islice(parent, _SIBLINGS):
            if child.tag in _BOXES:
                first = (child.get("class") or "").split()[:1]
                kinds.setdefault((child.tag, first[0] if first else ""), []).append(child)
        for boxes in kinds.values():
            if len(boxes) >= _LEAST:
                yield boxes


def _is_called_comments(element: HtmlElement) -> bool:
    around = (element, *islice(element.iterancestors(), 3))
    return any(_SAID.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in around)


def _are_headed(boxes: list[HtmlElement]) -> bool:
    """Whether nearly all boxes are headed; stops at the first that is one too few: most rows are menus."""
    others = 0
    for box in boxes:
        others += not _is_headed(box)
        if len(boxes) - others < _SHARE * len(boxes):
            return False
    return True


def _is_headed(box: HtmlElement) -> bool:
    """Whether a short name or a date stands before prose in a box: who said it, or when."""
    prose = any(count_characters(p) >= _PROSE for p in box.iter("p")) or count_characters(box) >= 2 * _PROSE
    if not prose:
        return False
    if next(box.iter("time"), None) is not None:
        return True
    first = next((part for part in box.iter(*_NAMES) if part is not box and count_characters(part)), None)
    return first is not None and count_characters(first) <= _NAMED


def _prose(tree: HtmlElement, boxes: list[HtmlElement]) -> int:
    """Characters of paragraphs outside of the boxes."""
    inside = set(boxes)
    return sum(count_characters(p) for p in tree.iter("p") if not any(above in inside for above in p.iterancestors()))
