"""Sitemaps in XML, as text and as feeds, their indexes and news sitemaps; it must not follow what they name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

from lxml import etree

from monitor.discovery.formats.feed import parse_feed
from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source
from monitor.text.bytes.charset import decode_text
from monitor.text.bytes.gzip_members import unpack_gzip
from monitor.text.bytes.xml_repair import repair_xml
from monitor.text.html_text import resolve_stated_link, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, is_article_url, is_web_url

MAX_BYTES = 50 * 1024 * 1024  # sitemaps.org: a sitemap is at most 50 MB uncompressed
MAX_URLS = 50_000  # sitemaps.org: and has at most 50,000 addresses
# A sitemap reaches back years (TASS: 50,000 addresses a part). What it dates older than a month is backfill: no
# poll needs it, even the first one after a long outage.
RECENT = timedelta(days=30)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# A prefix may have dots and hyphens; what stands in a comment or as CDATA begins and ends nothing.
_ROW = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)(?:[\w.-]+:)?(?:url|sitemap)(?=[\s/>])", re.I | re.S
)
_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>|<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b[^<>]*/>", re.I)


def parse_sitemap(
    body: bytes,
    content_type: str = "",
    *,
    url: str,
    endpoint: Endpoint,
    source: Source,
    now: datetime,
    recent: timedelta | None = RECENT,
) -> Listing | Rejection:
    """The recent pages a sitemap names, newest first; for an index, its parts in `more`, newest first.

    sitemaps.org takes XML, an address a line, RSS and Atom; `body` may be gzip (`sitemap.xml.gz`), `url` is the
    address that answered. Addresses without a date keep their order after the dated ones and are never left out for
    age; `recent` None leaves nothing out. Broken XML gives what stands before the break.
    """
    try:
        unpacked = unpack_gzip(body, MAX_BYTES)
    except ValueError as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"{error} where a sitemap should be")
    if len(unpacked) > MAX_BYTES:
        return Rejection(outcome=Outcome.TOO_LARGE, reason=f"a sitemap of more than {MAX_BYTES} bytes, unpacked")
    text = decode_text(unpacked, content_type)
    lines = _lines(text)
    text = repair_xml(text) if lines is None else ""
    root, rows = _rows(text) if lines is None else ("urlset", [("url", {"loc": line}) for line in lines])
    cut = lines is None and _END.search(text) is None
    if root in ("rss", "feed", "rdf"):
        return parse_feed(unpacked, content_type, url=url, endpoint=endpoint, source=source)
    if root not in ("urlset", "sitemapindex"):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"no sitemap: its root is <{root}>"[:200])
    lost: list[DroppedItem] = []
    if rows and cut and not _ends_whole(text):
        rows.pop()  # half an address is another address
        lost.append(DroppedItem(reason="the sitemap is cut off: its last address may be half of one", unread=True))
    if len(rows) > MAX_URLS:
        lost += [DroppedItem(reason=f"the sitemap has more than {MAX_URLS} addresses")] * (len(rows) - MAX_URLS)
    pages: dict[str, Entry] = {}
    parts: dict[str, tuple[datetime, Endpoint]] = {}
    for kind, row in rows[:MAX_URLS]:
        link = resolve_stated_link(url, row.get("loc"))
        if link is None:
            lost.append(DroppedItem(reason="it names no web address", title=row.get("title"), unread=True))
        elif kind == "sitemap":
            moment = _moment(row.get("lastmod"), source)
            parts.setdefault(link, (_at(moment), Endpoint(kind="sitemap", url=link)))
        elif is_article_url(link, source):
            entry = _entry(link, row, endpoint, source)
            if recent is None or _at(entry.published or entry.modified, now) >= now - recent:
                pages.setdefault(entry.key, entry)
    return Listing(
        entries=tuple(sorted(pages.values(), key=lambda e: _at(e.published or e.modified), reverse=True)),
        more=tuple(part for _, part in sorted(parts.values(), key=lambda pair: pair[0], reverse=True)),
        dropped=tuple(lost),
        cut_off=cut,
    )


def _ends_whole(text: str) -> bool:
    """Whether the last address of a sitemap that is cut off came with all that is said of it."""
    marks = [found[1] for found in _ROW.finditer(text) if found[1] is not None]
    return 2 * marks.count("/") == len(marks) > 0


def _lines(text: str) -> list[str] | None:
    """The lines of a text sitemap; None where it is none: most of its lines are no addresses."""
    lines = [line for line in map(str.strip, re.split(r"[\r\n]", text)) if line and not line.startswith("#")]
    if not lines or lines[0].startswith("<"):
        return None
    return lines if 2 * sum(is_web_url(line) for line in lines[:100]) > len(lines[:100]) else None


def _rows(text: str) -> tuple[str | None, list[tuple[str, dict[str, str]]]]:
    """The root's name and, in document order, ("url" or "sitemap", what its children say).

    Elements are let go as they are read, so that 50 MB of XML does not become a tree several times its size.
    """
    rows: list[tuple[str, dict[str, str]]] = []
    parse = etree.iterparse(
        BytesIO(text.encode("utf-8")),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = None
    try:
        for _, element in parse:
            root = name = _name(element)
            if name in ("url", "sitemap"):
                said = {_name(child): (child.text or "").strip() for child in element.iterchildren("*")}
                news = (part for child in element.iterchildren("*") if _name(child) == "news" for part in child)
                said |= {_name(part): (part.text or "").strip() for part in news}
                rows.append((name, said if len(rows) < MAX_URLS else {}))
                element.clear()
    except etree.XMLSyntaxError:  # no element at all: lxml recovers from everything else
        return None, []
    return root, rows


def _name(element: etree._Element) -> str:
    """The name without its namespace, or the prefix of one that was never declared, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _entry(link: str, row: dict[str, str], endpoint: Endpoint, source: Source) -> Entry:
    return Entry(
        url=link,
        key=build_link_key(link, source),
        endpoint=endpoint.key,
        title=strip_markup(row.get("title", "")) or None,
        published=_moment(row.get("publication_date"), source),
        modified=_moment(row.get("lastmod"), source),
        details={"keywords": row["keywords"]} if row.get("keywords") else {},
    )


def _moment(raw: str | None, source: Source) -> Moment | None:
    return parse_date(raw, carrier="sitemap", zone=source.zone) if raw else None


def _at(moment: Moment | None, otherwise: datetime = _LONG_AGO) -> datetime:
    return otherwise if moment is None else moment.at
