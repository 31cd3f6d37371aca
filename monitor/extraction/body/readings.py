"""Cheap unlike readings of one pruned page; it must not choose among them.

Each is a way to find the article that errs on other pages than the rest do: Trafilatura's rules, all paragraphs of the
container that holds them, readability's scores and resiliparse's heuristics. All work on one pruned tree and give text
as lines.
"""

from __future__ import annotations

from collections import Counter
from copy import copy

from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from resiliparse.extract.html2text import extract_plain_text
from trafilatura import bare_extraction
from trafilatura.readability_lxml import Document as Readability
from trafilatura.settings import Document, Extractor

from monitor.extraction.fields.page_elements import read_element_line
from monitor.text.html_blocks import split_blocks

_PARAGRAPH = 60  # characters; shorter ones are labels, bylines and buttons
_NEARLY_ALL = 0.9  # of the paragraphs' text: a stray one (a notice on cookies) must not widen the container
# Made once: making one takes a twentieth of the time that reading a page does. Fast without precision is the best of
# Trafilatura's modes on a pruned tree (EXTRACTION.md, "What transfers").
_FAST = Extractor(output_format="python", fast=True, comments=False)
_DEFAULT = Extractor(output_format="python", comments=False)


def read_fast(tree: HtmlElement) -> str:
    """Trafilatura's fast mode."""
    return _trafilatura(tree, _FAST)


def read_default(tree: HtmlElement) -> str:
    """Trafilatura's default mode, which compares its own reading with readability's and justext's."""
    return _trafilatura(tree, _DEFAULT)


def _trafilatura(tree: HtmlElement, options: Extractor) -> str:
    found = bare_extraction(tree, options=options)
    return (found.text or "") if isinstance(found, Document) else ""


def read_paragraphs(tree: HtmlElement) -> str:
    """Paragraphs, list items and headings of the smallest element that holds nearly all paragraphs, a line each."""
    held: Counter[HtmlElement] = Counter()
    lines: dict[HtmlElement, str] = {}
    total = 0
    for paragraph in tree.iter("p"):
        width = len(lines.setdefault(paragraph, read_element_line(paragraph)))
        if width >= _PARAGRAPH:
            total += width
            held.update(dict.fromkeys(paragraph.iterancestors(), width))
    wide = [element for element, width in held.items() if width >= _NEARLY_ALL * total]
    if not wide:
        return ""
    container = max(wide, key=lambda element: sum(1 for _ in element.iterancestors()))
    parts = (part for part in container.iter("p", "h2", "h3", "h4", "li") if not len(part) or part.find(".//p") is None)
    texts = (lines[part] if part in lines else read_element_line(part) for part in parts)
    return "\n".join(text for text in texts if text)


def read_readability(tree: HtmlElement) -> str:
    """Readability's article, by the port that Trafilatura maintains; `tree` is the pruned page and stays as it is."""
    summary = Readability(copy(tree)).summary()
    return "\n".join(block.text for block in split_blocks(document_fromstring(summary))) if summary.strip() else ""


def read_resiliparse(markup: str) -> str:
    """Resiliparse's main content; `markup` is the pruned page."""
    found = extract_plain_text(markup, main_content=True, alt_texts=False, list_bullets=False)
    return "\n".join(line for text in found.split("\n") if (line := " ".join(text.split())))


def write_markup(tree: HtmlElement) -> str:
    """The pruned tree as HTML, for the readings of other libraries."""
    return str(etree.tostring(tree, encoding="unicode", method="html"))
