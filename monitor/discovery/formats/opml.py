"""Lists of feeds as OPML 2.0 (opml.org), the form in which people carry them between tools; it must not fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from monitor.text.bytes.charset import decode_text
from monitor.text.bytes.xml_repair import repair_xml
from monitor.text.html_text import normalize_line, resolve_link


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One outline of type rss: where the feed is, what it is called, the page it belongs to."""

    url: str
    title: str | None = None
    page: str | None = None


def parse_opml(body: bytes) -> tuple[OpmlFeed, ...]:
    """Every feed of an OPML file in its order, each address once, whatever folders it stands in.

    Raises ValueError where the file is no OPML.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    text = decode_text(body, "")
    root = etree.fromstring(repair_xml(text[text.find("<") :]).encode("utf-8"), parser) if "<" in text else None
    if root is None or str(root.tag).lower() != "opml":
        raise ValueError("no OPML: its root is not <opml>")
    found: dict[str, OpmlFeed] = {}
    for outline in root.iter("outline", "Outline"):
        said = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        url = resolve_link("", said.get("xmlurl"))
        if url is not None:
            title = normalize_line(said.get("title") or said.get("text") or "") or None
            found.setdefault(url, OpmlFeed(url=url, title=title, page=resolve_link("", said.get("htmlurl"))))
    return tuple(found.values())


def format_opml(title: str, feeds: Iterable[OpmlFeed]) -> str:
    """An OPML 2.0 document of these feeds."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        said = {"type": "rss", "text": feed.title or feed.url, "xmlUrl": feed.url}
        etree.SubElement(body, "outline", said | ({"htmlUrl": feed.page} if feed.page else {}))
    etree.indent(root)
    written: str = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'
