"""Takes out of a page's tree what by its form is not the article; it must not look at what words mean.

Teasers are told by their links: a block whose text is nearly all link leads elsewhere, whether it stands alone
("Read also: …"), in a list, or as a card of headline, picture and summary. A container that held little else, and a
label left with nothing under it, go with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml import etree
from lxml.html import HtmlElement

from monitor.extraction.body.repeated_boxes import find_hidden_parts, find_repeated_boxes
from monitor.extraction.html_tree import count_characters

# What no reader takes for the article: code, pictures with their captions, controls, and what HTML itself declares to
# be navigation or aside. Trafilatura drops the same later, on each of its copies.
_UNSEEN = (
    "head", "script", "style", "noscript", "template", "iframe", "svg", "canvas", "video", "audio", "object", "embed",
    "map", "button", "select", "datalist", "dialog", "nav", "footer",
)  # fmt: skip
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_CONTAINERS = frozenset({"div", "section", "li", "ul", "ol", "article", "table", "tbody", "tr", "td"})
_BLOCKS = frozenset({"p", "h1", "dl", "dt", "dd", "th", "blockquote", "main", "header", "body", "form"}) | _HEADINGS
_BLOCKS |= _CONTAINERS
_WHOLE = frozenset({"h1", "body", "main", "header", "html"})  # never a teaser, whatever it links

_LINKED = 0.8  # share of a block's text that is link: "Read also: <a>…" is a teaser, a sentence with a link is none
_HEADED = 0.45  # of a headline that is printed twice, once for screen readers
_CARD = 500  # characters of a teaser's headline and summary; an article is longer
_ROW = 2  # h1 that lead elsewhere: a page's own may do so once, where its address has changed
_SIBLINGS = 20  # elements above a teaser's headline; a card has a picture and a label there
_PROSE = 60  # characters of a paragraph that is no label
_QUOTATION = 80  # of a linked paragraph that is a quotation and no headline
_QUOTES, _QUOTE_ENDS = '"“”„«»‘’「『', ('"', "”", "“", "»", "’", "」", "』", ".”", '."')
_ANNOUNCING = 4  # words of a sentence that announces a list; "Read also:" has two
_PROMPT = 350  # characters of a box that asks for an e-mail address
_NAMED = 80  # characters by which a cut is named
_REST = 80  # characters that may be left in a container beside its teasers: a label and a button
_SHARE = 0.4  # or this share of what the teasers have, for a box of many


# A fifth of what is left, and every expression of Trafilatura's looks at each element.
_BODY_LINKS = etree.XPath("descendant-or-self::body/descendant::a", regexp=False)
_EMPTY = etree.XPath("descendant::*[not(node())][self::div or self::span or self::img or self::input or self::i]")


# Links beyond which a page is a directory, or made to be slow: of 186 articles' pages the richest has 544. Deep nesting
# makes each one cost as much as there are elements around it.
_LINKS = 3_000


class _Widths:
    """Characters of text in elements, white space counted once; asked often of the same ones."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, int] = {}

    def of(self, element: HtmlElement) -> int:
        width = self._known.get(element)
        if width is None:
            width = self._known[element] = self._measure(element)
        return width

    def _measure(self, element: HtmlElement) -> int:
        """Of what only wraps another element, that one's: a list's item its link's, a card's its headline's."""
        if len(element) == 1 and _is_blank(element.text) and _is_blank((inner := element[0]).tail):
            return self.of(inner)
        return count_characters(element)


def _is_blank(text: str | None) -> bool:
    """Whether nothing but what XPath calls white space stands there."""
    return not text or not text.strip(" \t\r\n")


def prune_clutter(tree: HtmlElement, address: str) -> tuple[str, ...]:
    """Take clutter out of `tree`, a page fetched from `address`, in place; the beginnings of what might be missed.

    Those are captions, asides, hidden parts, comments and prompts, one each; what is all links (navigation, footers,
    teasers) is only counted, in the last.
    """
    counted = [f"{number} × {kind}" for kind in ("nav", "footer") if (number := sum(1 for _ in tree.iter(kind)))]
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    beside = (part for part in tree.iter("aside", "figure", "figcaption") if not _holds_table(part))
    gone = [line for part in _outermost(beside) for line in _drop(part)]
    links = list(islice(tree.iter("a"), _LINKS + 1))
    if len(links) > _LINKS:
        return (*gone, *counted)
    widths = _Widths()
    for part in chain(find_hidden_parts(tree), find_repeated_boxes(tree)):
        gone += _drop(part)
    for form in list(tree.iter("form")):
        if widths.of(form) <= _PROMPT and next(form.iter("input"), None) is not None:  # some pages are one form
            gone += _drop(_prompt(form, widths))
    for cell in tree.iter("td", "th"):
        if widths.of(cell) <= _CARD and next(cell.iter("li"), None) is not None:
            _flatten(cell)
    links = _BODY_LINKS(tree)  # without those that are gone
    own = _own(address)
    story = _around_headline(tree, own)
    teasers = _outermost(_teasers(tree, links, own, story, widths))
    lost: Counter[HtmlElement] = Counter()
    for teaser in teasers:
        width = widths.of(teaser)
        for above in teaser.iterancestors():
            if above.tag in _CONTAINERS:
                lost[above] += width
    boxes = [box for box, gone in lost.items() if box not in story and _hollow(box, gone, widths)]
    for element in filter(_hangs, _outermost((*teasers, *boxes))):
        label = element.getprevious()
        element.drop_tree()
        if label is not None and _labels(label, widths):
            label.drop_tree()
    for empty in _EMPTY(tree):
        empty.drop_tree()
    if teasers:
        counted.append(f"{len(teasers)} × links to other pages")
    return (*gone, *counted)


def _holds_table(element: HtmlElement) -> bool:
    """Whether an element is a table that is printed as a figure."""
    return element.tag == "figure" and element.find(".//table") is not None


def _hangs(element: HtmlElement) -> bool:
    """Whether it is still in the tree: what went as the label of another is not."""
    return element.getparent() is not None


def _around_headline(tree: HtmlElement, own: frozenset[str]) -> frozenset[HtmlElement]:
    """The h1 of the page and what stands around them.

    Where two or more lead to other pages and another does not, those are headlines of teasers.
    """
    headings = list(tree.iter("h1"))
    away = {heading for heading in headings if _is_linked_away(heading, own)}
    if _ROW <= len(away) < len(headings):
        headings = [heading for heading in headings if heading not in away]
    return frozenset(chain.from_iterable((heading, *heading.iterancestors()) for heading in headings))


def _is_linked_away(heading: HtmlElement, own: frozenset[str]) -> bool:
    links = chain(heading.iterancestors("a"), heading.iter("a"))
    return any(_leaves(link.get("href", ""), own) for link in links)


def _teasers(
    tree: HtmlElement,
    links: Iterable[HtmlElement],
    own: frozenset[str],
    story: frozenset[HtmlElement],
    widths: _Widths,
) -> Iterator[HtmlElement]:
    linked: Counter[HtmlElement] = Counter()
    for link in links:
        if not _leaves(link.get("href", ""), own) or not (width := widths.of(link)):
            continue
        if len(link) and next(link.iter(*_BLOCKS), None) is not None:
            if width < 3 * _CARD and link not in story:
                yield _card(link, story, widths)
            continue
        linked[next((above for above in link.iterancestors() if above.tag in _BLOCKS), tree)] += width
    for block, width in linked.items():
        share = _HEADED if block.tag in _HEADINGS else _LINKED
        whole = block.tag in _WHOLE and (block.tag != "h1" or block in story)
        if not whole and width >= share * widths.of(block) and not _is_own(block, widths):
            yield _card(block, story, widths)


def _flatten(cell: HtmlElement) -> None:
    """Write the lists of a table's cell as its text: Trafilatura leaves them out there."""
    for item in cell.iter("li"):
        item.tail = f" {item.tail or ''}"
    etree.strip_tags(cell, "ul", "ol", "li")


def _drop(element: HtmlElement) -> list[str]:
    """Take an element out, if it does not stand in one that is out already; how its text begins, if it has any."""
    if element.getparent() is None:
        return []
    text = " ".join(" ".join(element.itertext()).split())
    element.drop_tree()
    return [text if len(text) <= _NAMED else f"{text[:_NAMED]}…"] if text else []


def _is_own(block: HtmlElement, widths: _Widths) -> bool:
    """Whether a block that is nearly all link belongs to the article all the same.

    A heading over a paragraph of prose in a container that begins with prose (products, places), a sentence that leads
    to a long linked quotation, and the items of a list that a sentence of the article announces.
    """
    if block.tag in _HEADINGS:
        after = block.getnext()
        return after is not None and _is_prose(after, widths) and _begins_with_prose(block, widths)
    if block.tag == "p":
        quoted = block.text_content().strip()
        return (
            widths.of(block) >= _QUOTATION and quoted.endswith(_QUOTE_ENDS) and any(map(quoted.__contains__, _QUOTES))
        )
    if block.tag == "li":
        items = block.getparent()
        label = items.getprevious() if items is not None else None
        if label is None or label.tag != "p" or not label.text_content().rstrip().endswith((":", "：")):
            return False
        words = len(label.text_content().split())
        return words >= _ANNOUNCING and _begins_with_prose(label, widths)
    return False


def _begins_with_prose(element: HtmlElement, widths: _Widths) -> bool:
    """Whether a paragraph of prose stands before an element in its container."""
    return any(_is_prose(sibling, widths) for sibling in islice(element.itersiblings(preceding=True), _SIBLINGS))


def _is_prose(element: HtmlElement, widths: _Widths) -> bool:
    if element.tag != "p" or widths.of(element) < _PROSE:
        return False
    return 2 * sum(widths.of(link) for link in element.iter("a")) < widths.of(element)


def _prompt(form: HtmlElement, widths: _Widths) -> HtmlElement:
    """The box that asks for an address or a word, of which `form` is what is sent."""
    box = form
    while (parent := box.getparent()) is not None and parent.tag in ("div", "section", "aside"):
        if widths.of(parent) > _PROMPT or next(parent.iter("h1"), None) is not None:
            break
        box = parent
    return box


def _own(address: str) -> frozenset[str]:
    """The ways to write the page's own address in a link."""
    _, _, rest = address.partition("://")
    host, _, path = re.split(r"[?#]", rest)[0].rstrip("/").partition("/")
    return frozenset({f"/{path}", f"//{host}/{path}", f"http://{host}/{path}", f"https://{host}/{path}"})


def _leaves(href: str, own: frozenset[str]) -> bool:
    """Whether a link leads to another page."""
    plain = href.partition("#")[0].partition("?")[0].rstrip("/")
    return plain != "" and not href.startswith("javascript:") and plain not in own


def _card(block: HtmlElement, story: frozenset[HtmlElement], widths: _Widths) -> HtmlElement:
    """The card that a linked block heads, else the block itself."""
    card = block
    while (parent := card.getparent()) is not None and parent.tag in _CONTAINERS and widths.of(parent) <= _CARD:
        above = tuple(islice(card.itersiblings(preceding=True), _SIBLINGS))
        before = sum(widths.of(sibling) for sibling in above)
        if len(above) == _SIBLINGS or before > _REST or parent in story:
            break
        card = parent
    return card


def _outermost(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The elements that stand in none of the others; asks each element around them once."""
    chosen = dict.fromkeys(elements)
    outside: set[HtmlElement] = set()
    found: list[HtmlElement] = []
    for element in chosen:
        passed: list[HtmlElement] = []
        above = element.getparent()
        while above is not None and above not in outside and above not in chosen:
            passed.append(above)
            above = above.getparent()
        if above is None or above in outside:
            outside.update(passed)
            found.append(element)
    return found


def _hollow(box: HtmlElement, gone: int, widths: _Widths) -> bool:
    """Whether a container is little more than its teasers."""
    rest = widths.of(box) - gone
    return rest <= max(_REST, min(_CARD, _SHARE * gone))


def _labels(element: HtmlElement, widths: _Widths) -> bool:
    """Whether an element only announced what stood behind it."""
    if widths.of(element) > _REST or (element.tail or "").strip():
        return False
    after = element.getnext()
    ended = after is None or after.tag in _HEADINGS
    return (element.tag in _HEADINGS and ended) or element.text_content().rstrip().endswith(":")
