"""Bytes of a page to the one parsed tree that all readers share; it must not judge what stands in it."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction

from monitor.extraction.page_encoding import decode_page
from monitor.model.page import Page

_HEAD = 4096  # bytes in which a broken doctype or <html/> stands
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13))  # XML 1.0, section 2.2: no characters
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# The same spelled out as references: libxml2 lets them in, lxml lets nobody write them again, and trafilatura then
# gives the whole page up.
_REFERENCES = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF])(?![0-9a-fA-F])"
    rb"|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9]));?"
)


def _parser() -> etree.HTMLParser:
    """A parser whose elements are all plain HtmlElement.

    lxml.html looks every element's class up in Python, 0.4 s of 5 s on 186 pages; nobody here asks a form for its
    fields.
    """
    parser = etree.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser


_PARSER = _parser()
_WIDTH = etree.XPath("string-length(normalize-space())", regexp=False)
_BLANKS = re.compile("[ \t\r\n]+")  # what XPath calls white space


def count_characters(element: etree._Element) -> int:
    """Characters of text below an element, each run of white space counted once; without an expression for a leaf."""
    if len(element):
        return int(_WIDTH(element))
    text = element.text
    return len(_BLANKS.sub(" ", text).strip(" ")) if text else 0


def parse_page_tree(page: Page) -> HtmlElement | None:
    """The tree of a page, None where there is no HTML to parse.

    Valid UTF-8 is UTF-8 whatever the page declares: many declare wrongly. Else page_encoding decides.
    """
    body = page.body
    if not _is_utf8(body):
        body = decode_page(body, page.content_type).encode("utf-8", "replace")
    tree = etree.fromstring(_repaired(body), parser=_PARSER)  # recovers from anything; of nothing it makes None
    return tree if tree is not None and tree.find("body/*") is not None else None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in body[:_HEAD]  # UTF-16 of plain letters is valid UTF-8


def _repaired(body: bytes) -> bytes:
    """`body` (UTF-8) without what makes libxml2 stop early, or lxml refuse to give the text away again."""
    body = body.translate(None, _CONTROLS).removeprefix(codecs.BOM_UTF8)
    if _NONCHARACTERS[0][:1] in body:  # to look for one byte is ten times as fast, and few pages have it
        body = body.replace(_NONCHARACTERS[0], b"").replace(_NONCHARACTERS[1], b"")
    body = _REFERENCES.sub(b"", body)
    end = body.rfind(b">", 0, _HEAD) + 1
    head = body[:end].decode("utf-8")
    from trafilatura.utils import repair_faulty_html  # late: the daemon, which imports this module, parses no page

    repaired = repair_faulty_html(head, head[:50].lower())
    return body if repaired == head else repaired.encode() + body[end:]
