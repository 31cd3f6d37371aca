"""XML sitemaps, their indexes and news sitemaps; it must not follow what they name, nor expand an entity."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

from lxml import etree

from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import resolve_link, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, is_article_url

MAX_BYTES = 50 * 1024 * 1024  # sitemaps.org: a sitemap is at most 50 MB uncompressed
MAX_URLS = 50_000  # sitemaps.org: and has at most 50,000 addresses
# A sitemap reaches back years (TASS: 50,000 addresses a part). What it dates older than a month is backfill: no
# poll needs it, even the first one after a long outage.
RECENT = timedelta(days=30)
_BARE = re.compile(rb"&(?!#?[0-9A-Za-z]{1,31};)")  # an ampersand that begins no entity
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(body: bytes, *, url: str, endpoint: Endpoint, source: Source, now: datetime) -> Listing | Rejection:
    """The recent pages a sitemap names, newest first; for an index, its parts in `more`, newest first.

    `body` may be gzip (`sitemap.xml.gz`), `url` the address that answered. Addresses without a date keep their
    order after the dated ones and are never left out for age. Broken XML gives what stands before the break.
    """
    unpacked = _unpacked(body)
    if isinstance(unpacked, Rejection):
        return unpacked
    pages: dict[str, Entry] = {}
    parts: dict[str, tuple[datetime, Endpoint]] = {}
    dropped = 0
    root, rows = _rows(unpacked)
    if rows and not re.search(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>", unpacked[-500:]):
        rows.pop()  # cut off: half an address is another address
        dropped = 1
    if root not in ("urlset", "sitemapindex"):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"no sitemap: its root is <{root}>"[:200])
    for kind, row in rows:
        link = resolve_link(url, row.get("loc"))
        if link is None:
            dropped += 1
        elif kind == "sitemap":
            moment = _moment(row.get("lastmod"), source)
            parts.setdefault(link, (_at(moment), Endpoint(kind="sitemap", url=link)))
        elif is_article_url(link, source):
            entry = _entry(link, row, endpoint, source)
            if _at(entry.published or entry.modified, now) >= now - RECENT:
                pages.setdefault(entry.key, entry)
    return Listing(
        entries=tuple(sorted(pages.values(), key=lambda e: _at(e.published or e.modified), reverse=True)),
        more=tuple(part for _, part in sorted(parts.values(), key=lambda pair: pair[0], reverse=True)),
        dropped=dropped,
    )


def _unpacked(body: bytes) -> bytes | Rejection:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"broken gzip where a sitemap should be: {error}")
    if len(unpacked) > MAX_BYTES:
        return Rejection(outcome=Outcome.TOO_LARGE, reason=f"a sitemap of more than {MAX_BYTES} bytes, unpacked")
    return unpacked


def _rows(body: bytes) -> tuple[str | None, list[tuple[str, dict[str, str]]]]:
    """The root's name and, in document order, ("url" or "sitemap", what its children say).

    Elements are let go as they are read, so that 50 MB of XML does not become a tree several times its size.
    """
    rows: list[tuple[str, dict[str, str]]] = []
    parse = etree.iterparse(
        BytesIO(_BARE.sub(b"&amp;", body)),
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
            if name in ("url", "sitemap") and len(rows) < MAX_URLS:
                said = {_name(child): (child.text or "").strip() for child in element.iterchildren("*")}
                said |= {_name(part): (part.text or "").strip() for part in element.iterfind("{*}news/{*}*")}
                rows.append((name, said))
                element.clear()
    except etree.XMLSyntaxError:  # no element at all: lxml recovers from everything else
        return None, []
    return root, rows


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]  # QName() raises for a name like "p:", which recovery lets through


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
