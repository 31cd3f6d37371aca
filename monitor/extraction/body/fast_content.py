"""Trafilatura's fast mode on a page that is pruned already: its own steps, without what is in vain there.

The handlers of elements are Trafilatura's (`handle_textelem` and what it calls), and so are its expressions for where a
text stands; what is here is the way from one to the next. Three things are done otherwise, with the same outcome. Names
that Trafilatura discards are told by a table of the names seen before, where it asks four expressions of each element.
Densities of links are measured of elements that hold a link. No second copy is made for the search behind the first
one: where that search would begin, `read_fast_content` gives None, and its caller goes the long way.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import (
    convert_tags,
    link_density_test,
    link_density_test_tables,
    process_node,
    prune_html,
    tree_cleaning,
)
from trafilatura.main_extractor import NOT_AT_THE_END, REBUILT_BLOCKS, handle_textelem
from trafilatura.settings import (
    INLINE_FORMATTABLE,
    MANUALLY_CLEANED,
    MANUALLY_STRIPPED,
    MIN_DUPLICATE_LENGTH,
    TAG_CATALOG,
    Extractor,
)
from trafilatura.utils import SPACING_PROTECTED, text_chars_test, trim
from trafilatura.xml import delete_element, xmltotxt
from trafilatura.xpaths import BODY_XPATH, OVERALL_DISCARD_XPATH

_TAGS = TAG_CATALOG | {"table", "td", "th", "tr"}
_REWRITTEN = frozenset({"math", "form", "figure", "table"})  # what cleaning does more with than to let it go
_PARAGRAPHS = etree.XPath("//p//text()", regexp=False, smart_strings=False)
_ENOUGH = 3  # times the least text of a page that its paragraphs must have, else boxes are read too
_KEPT = 7  # names are believed where more than a seventh of the text is left without the elements that have them
_LINKING = ("div", "list", "p")  # what may be mostly link
_BACKTRACKED, _CHILDREN = 100, 3  # characters of a box with short links that goes, and its children

_BOXES = frozenset({"div", "item", "list", "p", "section", "span"})
_NAMING = frozenset({"id", "class", "style", "role", "data-component", "data-lp-replacement-content", "aria-hidden"})
_LONGEST = 400  # characters of names that are remembered: longer ones are made to fill the memory


def _discarded(place: int, attributes: str) -> re.Pattern[str]:
    """What Trafilatura's expression number `place` looks for in `attributes`, as it is spelled there."""
    path = str(OVERALL_DISCARD_XPATH[place].path)
    start = path.index(f"re:test({attributes}, '") + len(f"re:test({attributes}, '")
    return re.compile(path[start : path.index("'", start)])


_BOX_ANY, _BOX_ID, _BOX_CLASS = (_discarded(0, name) for name in ("@id|@class", "@id", "@class"))
_HIDDEN_ANY, _HIDDEN_ID, _HIDDEN_CLASS = (_discarded(1, name) for name in ("@id|@style", "@id", "@class"))


def read_fast_content(tree: HtmlElement, options: Extractor) -> tuple[int, str] | None:
    """The characters that are found, and the text; None where Trafilatura would search on. Takes `tree` to pieces.

    Raises TypeError or ValueError for characters that lxml does not write again.
    """
    body = _find_content(convert_tags(_clean(tree, options), options), options)
    size = len(" ".join(body.itertext()).strip())
    if len(body) == 0 or size < options.min_extracted_size:
        return None
    previous = None
    for element in list(body):
        text = trim("".join(element.itertext()))
        if text and text == previous and len(text) > MIN_DUPLICATE_LENGTH:
            delete_element(element, keep_tail=False)
        else:
            previous = text
    etree.strip_elements(body, "done")
    etree.strip_tags(body, "div")
    for line_break in body.iter("lb"):
        tail = line_break.tail
        if tail and tail.isspace() and not any(above.tag in SPACING_PROTECTED for above in line_break.iterancestors()):
            line_break.tail = None
    return size, xmltotxt(body, include_formatting=False)


def _clean(tree: HtmlElement, options: Extractor) -> HtmlElement:
    """`tree_cleaning`, which goes through the page for each of sixty tags that the page mostly has not."""
    tags = {element.tag for element in tree.iter()}
    if not tags.isdisjoint(_REWRITTEN):
        return tree_cleaning(tree, options)
    etree.strip_tags(tree, *MANUALLY_STRIPPED)
    for tag in MANUALLY_CLEANED:
        if tag in tags:
            for element in tree.iter(tag):
                delete_element(element)
    return prune_html(tree, options.focus)


def _find_content(tree: HtmlElement, options: Extractor) -> etree._Element:
    """The elements of the text, taken from the first place that has more than one."""
    tags = set(_TAGS)
    body = etree.Element("body")
    for expression in BODY_XPATH:
        part = next(iter(expression(tree)), None)
        if part is None:
            continue
        _prune(part)
        if len(part) == 0:
            continue
        if len("".join(_PARAGRAPHS(part))) < _ENOUGH * options.min_extracted_size:
            tags.add("div")
        start = len(body)
        opening = _take_elements(part, body, tags, options)
        while len(body) > 0 and body[-1].tag in NOT_AT_THE_END:
            delete_element(body[-1], keep_tail=False)
        if len(body) > 1:
            if opening is not None:
                body.insert(start, opening)
            break
    return body


def _take_elements(
    part: HtmlElement, body: etree._Element, tags: set[str], options: Extractor
) -> etree._Element | None:
    """Move what the handlers make of the elements of `part` into `body`; its own text before them, as a paragraph."""
    elements = list(part.iterdescendants("*"))
    kinds = {element.tag for element in elements}
    if kinds == {"lb"} or (part.tag == "div" and "div" in tags and kinds <= INLINE_FORMATTABLE | {"lb"}):
        elements, opening = [part], None  # one run of text
    else:
        opening = _make_paragraph(part.text, options)
    moved: set[etree._Element] = set()
    for element in elements:
        if element in moved:
            continue
        tag, tail = element.tag, element.tail  # handlers write both anew
        found = handle_textelem(element, tags, options)
        if found is not None:
            body.append(found)
            if found is not element and found is not element.getparent():
                element.tag = "done"
            elif len(element) > 0:  # they went with it, and would be read once more
                moved.update(element.iterdescendants())
        if tag in REBUILT_BLOCKS and (found is None or found.tail is None):
            behind = _make_paragraph(tail, options)
            if behind is not None:
                body.append(behind)
    return opening


def _make_paragraph(text: str | None, options: Extractor) -> etree._Element | None:
    if not text_chars_test(text):
        return None
    paragraph = etree.Element("p")
    paragraph.text = text
    return process_node(paragraph, options)


def _prune(part: HtmlElement) -> None:
    """Take out what its name or its links give away."""
    discarded: dict[HtmlElement, None] = {}
    captions: list[HtmlElement] = []
    for element in part.iterdescendants("*"):
        attributes = element.items()
        if not attributes:
            continue
        names = tuple(pair for pair in attributes if pair[0] in _NAMING)
        if not names:
            continue
        look = _judge_names if sum(len(value) for _, value in names) <= _LONGEST else _judge_names.__wrapped__
        overall, caption = look(element.tag in _BOXES, names)
        if overall:
            discarded[element] = None
        if caption:
            captions.append(element)
    if discarded:
        outer = [one for one in discarded if not any(above in discarded for above in one.iterancestors())]
        whole = len(part.text_content())
        if whole - sum(len(one.text_content()) for one in outer) > whole / _KEPT:
            for element in outer:
                delete_element(element)
    for element in captions:
        delete_element(element)
    _prune_links(part)
    etree.strip_tags(part, "span", "ref")


@lru_cache(maxsize=8192)
def _judge_names(box: bool, names: tuple[tuple[str, str], ...]) -> tuple[bool, bool]:
    """Whether Trafilatura discards an element of these names, if enough is left; and whether it does in any case."""
    said = dict(names)
    name, kind, style, role = (said.get(key, "") for key in ("id", "class", "style", "role"))
    first = next((value for key, value in names if key in ("id", "class")), "")
    styled = next((value for key, value in names if key in ("id", "style")), "")
    overall = (
        kind == "comments-title"
        or first.startswith("reply-")
        or "display:none" in style
        or "display: none" in style
        or said.get("aria-hidden") == "true"
        or _HIDDEN_ANY.search(styled) is not None
        or _HIDDEN_ID.search(name) is not None
        or _HIDDEN_CLASS.search(kind) is not None
    )
    if not box:
        return overall, False
    overall = (
        overall
        or "data-lp-replacement-content" in said
        or "nav" in role.replace("N", "n")
        or "MostPopularStories" in said.get("data-component", "")
        or _BOX_ANY.search(first) is not None
        or _BOX_ID.search(name) is not None
        or _BOX_CLASS.search(kind) is not None
    )
    return overall, any("caption" in value or "teaser" in value.replace("T", "t") for value in (name, kind))


def _prune_links(part: HtmlElement) -> None:
    """Take out boxes, lists, paragraphs and tables that are mostly link; only those that hold one can be."""
    holders: set[etree._Element] = set()
    for link in part.iter("ref"):
        for above in link.iterancestors():
            if above in holders:
                break
            holders.add(above)
    if not holders:
        return
    if sum(_prune_dense(part, tag, holders) for tag in _LINKING):  # else the second time would find the same
        for tag in _LINKING:
            _prune_dense(part, tag, holders)
    for table in [one for one in part.iter("table") if one in holders and link_density_test_tables(one)]:
        delete_element(table, keep_tail=False)


def _prune_dense(part: HtmlElement, tag: str, holders: set[etree._Element]) -> int:
    """Take out the elements of a tag that are mostly link; how many."""
    dense: list[HtmlElement] = []
    for element in part.iter(tag):
        if element not in holders:
            continue
        found, short = link_density_test(element)
        if not found and tag == "div" and short and len(element) >= _CHILDREN:
            found = len(trim(element.text_content())) < _BACKTRACKED
        if found and not (tag == "p" and element.getparent().tag in ("item", "td", "th")):
            dense.append(element)
    for element in dense:
        delete_element(element)
    return len(dense)
