"""The text of a page, by the first of several ways that holds; it must not clean it of what a page prints around.

Each way is a rung with a name. All work on one pruned copy of the shared tree (extraction/body/clutter.py).
"""

from __future__ import annotations

from collections import Counter
from copy import copy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from monitor.extraction.body.clutter import prune_clutter
from monitor.extraction.fields.metadata import read_element_line

# Of the paragraphs on 186 pages Trafilatura's precise mode takes less than a third on three, and is wrong on each.
_COVERED = 3
_LENGTH = etree.XPath("string-length(normalize-space())")
_PARAGRAPH = 60  # characters; shorter ones are labels, bylines and buttons
_NEARLY_ALL = 0.9  # of the paragraphs' text: a stray one (a notice on cookies) must not widen the container
# Under so many characters even that may be a stub beside a body without paragraphs; a wider mode is then asked too,
# and believed where it finds twice as much. Comparing with readability and justext doubles the cost of every page
# and changed none of 186, so it is for those with hardly any text.
# Made once: making one takes a twentieth of the time that reading a page does.
_PRECISE = Extractor(output_format="python", precision=True, fast=True, comments=False)
_WIDER = (
    (700, Extractor(output_format="python", fast=True, comments=False)),
    (200, Extractor(output_format="python", comments=False)),
)


def read_generic_body(tree: HtmlElement, address: str, stated: str | None) -> tuple[str, str]:
    """The text of the page under `tree`, fetched from `address`, and the rung that gave it.

    Precise Trafilatura; JSON-LD's articleBody (`stated`) where it has twice as much; all paragraphs of the container
    that holds them, where Trafilatura left two thirds of them out (live blogs, pages in many parts); its default mode
    for what is short still. `tree` stays as it is.
    """
    body = copy(tree)
    prune_clutter(body, address)
    text, rung = _trafilatura(body, _PRECISE), "trafilatura"
    if stated is not None and len(stated) > 2 * len(text):
        text, rung = stated, "json-ld"
    missing = _COVERED * len(text)
    if _LENGTH(body) > missing and len(all_of_it := _paragraphs(body)) > missing:
        text, rung = all_of_it, "paragraphs"
    for limit, options in _WIDER:
        if len(text) < limit and len(wider := _trafilatura(tree, options)) > 2 * len(text):
            text, rung = wider, "trafilatura-default"
    return text, rung


def _trafilatura(tree: HtmlElement, options: Extractor) -> str:
    found = bare_extraction(tree, options=options)
    return (found.text or "") if isinstance(found, Document) else ""


def _paragraphs(tree: HtmlElement) -> str:
    """Paragraphs, list items and headings of the smallest element that holds nearly all paragraphs, a line each."""
    held: Counter[HtmlElement] = Counter()
    total = 0
    for paragraph in tree.iter("p"):
        width = len(read_element_line(paragraph))
        if width >= _PARAGRAPH:
            total += width
            held.update(dict.fromkeys(paragraph.iterancestors(), width))
    wide = [element for element, width in held.items() if width >= _NEARLY_ALL * total]
    if not wide:
        return ""
    container = max(wide, key=lambda element: sum(1 for _ in element.iterancestors()))
    parts = container.iter("p", "h2", "h3", "h4", "li")
    return "\n".join(text for part in parts if part.find(".//p") is None and (text := read_element_line(part)))
