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
from trafilatura import bare_extraction, html2txt
from trafilatura.core import ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.readability_lxml import Document as Readability
from trafilatura.settings import Document, Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from monitor.extraction.body.fast_content import read_fast_content
from monitor.extraction.fields.page_elements import read_element_line
from monitor.extraction.html_tree import count_characters
from monitor.text.html_blocks import split_blocks

_PARAGRAPH = 60  # characters; shorter ones are labels, bylines and buttons
_NEARLY_ALL = 0.9  # of the paragraphs' text: a stray one (a notice on cookies) must not widen the container
# Made once: making one takes a twentieth of the time that reading a page does. Fast without precision is the best of
# Trafilatura's modes on a pruned tree (EXTRACTION.md, "What transfers").
_FAST = Extractor(output_format="python", fast=True, comments=False)
_DEFAULT = Extractor(output_format="python", comments=False)

# In each name that Trafilatura prunes before it reads a page without its comments one of these stands.
_PRUNED_NAMES = (
    "mvp-post-add", "infinitescroll", "infinite-scroll", "elementor-share-buttons", "omment", "comol", "disqus_thread",
)  # fmt: skip
_NAMES = etree.XPath("descendant::*/@class | descendant::*/@id", regexp=False, smart_strings=False)
_COUNT = etree.XPath("count(descendant::*)", regexp=False)


def read_fast(tree: HtmlElement) -> str:
    """Trafilatura's fast mode."""
    text = _read_content(tree)
    return _trafilatura(tree, _FAST) if text is None else text


def _read_content(tree: HtmlElement) -> str | None:
    """What the fast mode gives, None where it would go on to another way after its first or give the page up.

    The same steps, but for what they do in vain: two copies nobody looks at, expressions that match no name on the
    page, and the text of the whole page where it is too short to matter.
    """
    if any(map("\n".join(_NAMES(tree)).__contains__, _PRUNED_NAMES)):
        tree = prune_unwanted_nodes(copy(tree), RAW_TREE_PRUNE_XPATH)
        tree = prune_unwanted_nodes(tree, REMOVE_COMMENTS_AND_LISTS_XPATH)
    try:
        found = read_fast_content(copy(tree), _FAST)
        if found is None:
            body, plain = extract_content(convert_tags(tree_cleaning(copy(tree), _FAST), _FAST), _FAST)
            found = len(plain), xmltotxt(body, include_formatting=False)
    except (TypeError, ValueError):  # characters that lxml does not write again
        return None
    size, text = found
    if size < _FAST.min_extracted_size or (size < ESCALATION_MAX_LENGTH and _is_small_share(size, tree)):
        return None
    return text


def _is_small_share(size: int, tree: HtmlElement) -> bool:
    """Whether a text of `size` characters is so little of its page that Trafilatura would look for more."""
    most = count_characters(tree) + 2 * _COUNT(tree)  # `html2txt` writes a blank before and behind each block
    return size < ESCALATION_PAGE_SHARE * most and size < ESCALATION_PAGE_SHARE * len(html2txt(tree))


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
