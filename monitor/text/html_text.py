"""HTML fragments as an endpoint carries them become plain text; it must not judge what is boilerplate."""

from __future__ import annotations

import re
import unicodedata

from lxml import etree, html

from monitor.text.bytes.charset import decode_text
from monitor.text.urls import drop_fragment, join_url, parse_host

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "details", "div", "dl", "dt", "figcaption", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"}
    | {"section", "table", "td", "th", "tr", "ul"}
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.I)
_NO_SCHEME = re.compile(r"www\.[\w-]+\.\w+\S*")
_SILENT = frozenset({"head", "script", "style", "template", "svg", "object", "iframe"})


def parse_html(markup: str) -> html.HtmlElement:
    """The root of whatever HTML a lenient parser finds; never fails, never reads another resource.

    libxml2's own depth and size limits stay on, so a nesting bomb ends as a cut tree.
    """
    body = b"<html>" + markup.replace("\0", "").encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    return html.document_fromstring(body, parser=parser, ensure_head_body=True)


def normalize_line(text: str) -> str:
    """`text` on one line: NFC, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def split_paragraphs(node: html.HtmlElement) -> tuple[str, ...]:
    """The paragraphs of the text under `node`, each on one line; scripts and styles carry none."""
    found: list[str] = []
    buffer: list[str] = []

    def flush() -> None:
        if text := normalize_line("".join(buffer)):
            found.append(text)
        buffer.clear()

    walk = etree.iterwalk(node, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in _BLOCKS:
                flush()
            if element.tag in _SILENT:
                walk.skip_subtree()
            else:
                buffer.append(element.text or "")
        else:
            if element.tag in _BLOCKS:
                flush()
            if element is not node:
                buffer.append(element.tail or "")
    flush()
    return tuple(found)


def strip_markup(markup: str) -> str:
    """`markup` as one line of text, without tags and with its entities read."""
    if "<" not in markup and "&" not in markup:
        return normalize_line(markup)
    return normalize_line(" ".join(split_paragraphs(parse_html(markup))))


def decode_body(body: bytes, content_type: str) -> str:
    """`body` as text (`charset`): one bad byte costs one character, and a byte order mark wins."""
    return decode_text(body, content_type)


def is_html(body: bytes) -> bool:
    """Whether `body` begins as a HTML page does: doctype or root, after comments and an XML declaration."""
    return _HTML.match(body[:4096].removeprefix(b"\xef\xbb\xbf")) is not None


def resolve_stated_link(base: str, link: object) -> str | None:
    """`resolve_link` for a feed or a sitemap, whose addresses are whole: one without its scheme is one all the same.

    That is `www.news.example/1`, and `news.example/1` in what news.example itself sends.
    """
    if isinstance(link, str):
        host = parse_host(base).removeprefix("www.")
        said = link.strip()
        if _NO_SCHEME.fullmatch(said) or (host and said.lower().startswith(f"{host}/")):
            link = f"//{said}"
    return resolve_link(base, link)


def resolve_link(base: str, link: object, encoding: str = "utf-8") -> str | None:
    """`link` as an absolute web address without fragment, None where it is none: mailto, a broken host, no text.

    `encoding` is that of the page, for the raw letters of a query (`urls.join`).
    """
    if not isinstance(link, str) or not link.strip():
        return None
    return drop_fragment(join_url(base, link, encoding)) or None
