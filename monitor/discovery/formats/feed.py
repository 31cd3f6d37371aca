"""RSS 0.9x to 2.0, Atom and JSON Feed become entries; it must not fetch, nor trust markup a feed carries.

feedparser's own sanitiser is off because it takes away the RDFa attributes in which Drupal states its dates.
Nothing it would protect leaves here: markup becomes plain text (`monitor.text.html_text`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import feedparser

from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import is_utf8, normalize_line, parse_html, resolve_link, split_paragraphs, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, find_outlet_id, is_article_url, parse_host

MAX_ITEMS = 2_000  # twenty times what TASS lists; parsing so many takes 0.44 s
MAX_WAIT = 24 * 3600  # RELIABILITY.md, P5: what a server asks for is capped at a day
# "13348 at https://www.commonspace.eu"; feedparser takes one without isPermaLink="false" for a relative address.
_DRUPAL_GUID = re.compile(r"(?:^|/)(\d{1,12}) at (https?):/{1,2}([^\s/]+)$")
_UNFINISHED = re.compile(r"(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3}|\b(?:read more|continue reading)\b.{0,80})\W*$", re.I)
_WHOLE = 1_000  # characters over three paragraphs: a description that long is a body, not a lead
_HEAD = 65_536  # bytes in which a channel speaks of itself before its items
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def parse_feed(body: bytes, content_type: str, *, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """The first 2,000 items of a feed in its order, each link once.

    `url` is the address that answered, which relative links are joined to. Broken XML gives the items that can be
    read; a feed cut off before its closing tag counts one item as dropped. An entry's `lead` is its description,
    its `text` the whole body where description or content carry it. `published` is Drupal's RDFa date inside the
    description (carrier "rdfa"), else the feed's own (carrier "feed").
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, url, endpoint, source)
    # A header's charset is often wrong and feedparser believes it first; valid UTF-8 proves itself.
    charset = "charset=utf-8" if is_utf8(body) else content_type.partition(";")[2].strip()
    headers = {"content-location": url, "content-type": f"application/xml; {charset}"}
    try:
        parsed = feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser leaks what its parts raise: OverflowError at &#99999999999;, ...
        return Rejection(outcome=Outcome.FAILED, reason=f"unreadable feed: {type(error).__name__}: {error}"[:200])
    if not parsed.get("version"):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="neither RSS, Atom nor JSON Feed")
    entries = (_entry(item, url, endpoint, source) for item in parsed.entries[:MAX_ITEMS])
    cut = re.search(rb"</(?:\w+:)?(?:rss|rdf|feed)\s*>", body[-500:], re.I) is None and bool(parsed.bozo)
    listing = _listing(entries, source, dropped=int(cut), wait=_wait(parsed.feed))
    return replace(listing, closed=_closed(body))


def _listing(
    entries: Iterator[Entry | None], source: Source, *, dropped: int, wait: int | None, more: tuple[Endpoint, ...] = ()
) -> Listing:
    found: dict[str, Entry] = {}
    unusable = 0
    for entry in entries:
        if entry is None:
            unusable += 1
        elif is_article_url(entry.url, source):
            found.setdefault(entry.key, entry)
    return Listing(entries=tuple(found.values()), more=more, dropped=max(unusable, dropped), wait=wait)


def _entry(item: feedparser.FeedParserDict, url: str, endpoint: Endpoint, source: Source) -> Entry | None:
    guid = item.get("id")
    link = next(
        (
            full
            for stated in (item.get("feedburner_origlink"), item.get("link"), guid if item.get("guidislink") else None)
            if (full := resolve_link(url, stated))
        ),
        None,
    )
    if link is None:
        return None
    summary = item.get("summary", "")
    content = max((part.get("value", "") for part in item.get("content", ())), key=len, default="")
    lead, text, created = _body(summary, content)
    enclosures = [
        {"url": part.get("href"), "type": part.get("type")} for part in item.get("links", ()) if _is_enclosure(part)
    ]
    details = {
        "tags": [tag.term for tag in item.get("tags", ()) if tag.get("term")],
        "author": item.get("author"),
        "enclosures": enclosures,
    }
    updated = item.get("updated") if "updated" in item else None
    return Entry(
        url=link,
        key=_key(link, guid, source),
        endpoint=endpoint.key,
        guid=guid,
        title=strip_markup(item.get("title", "")) or None,
        lead=lead,
        text=text,
        published=_moment(created, "rdfa", source) or _moment(item.get("published") or updated, "feed", source),
        modified=_moment(updated, "feed", source) if item.get("published") else None,
        details={name: value for name, value in details.items() if value},
    )


def _is_enclosure(link: Mapping[str, Any]) -> bool:
    return link.get("rel") == "enclosure" and bool(link.get("href"))


def _key(link: str, guid: str | None, source: Source) -> str:
    """The outlet's id by its own rules, else by a guid known to hold a node or post number, else the address."""
    if own := find_outlet_id(link, source):
        return own
    found = _DRUPAL_GUID.search(guid or "")
    if found and (host := parse_host(f"{found[2]}://{found[3]}")):
        return f"drupal:{host.removeprefix('www.')}:{found[1]}"
    return build_link_key(link, source)


def _body(summary: str, content: str) -> tuple[str | None, str | None, str | None]:
    """Lead, whole text and RDFa date that a description and a content element amount to."""
    root = parse_html(summary)
    created = next(iter(root.xpath("//*[@property='schema:dateCreated']/@content")), None)
    field = next(iter(root.xpath("//*[@property='schema:text' or contains(@class,'field--name-body')]")), None)
    if field is not None:  # Drupal: the description is the rendered node, its body one field of it
        body = split_paragraphs(field)
        return (body[0] if body else None), "\n\n".join(body) or None, created
    short = split_paragraphs(root)
    if content and content != summary:
        whole = split_paragraphs(parse_html(content))
        lead = " ".join(short) or (whole[0] if whole else None)
        carried = sum(map(len, whole)) > len(lead or "")
    else:
        whole = short
        lead = " ".join(short) or None
        carried = len(whole) >= 3 and len(lead or "") >= _WHOLE
    if not carried or _UNFINISHED.search(whole[-1][-200:]):
        return lead, None, created
    return (whole[0] if lead == " ".join(whole) else lead), "\n\n".join(whole), created


def _wait(feed: Mapping[str, Any]) -> int | None:
    """Seconds the feed asks to be left alone: the longer of RSS `ttl` (minutes) and `sy:updatePeriod`."""
    asked = []
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isdecimal():
        asked.append(int(ttl[:9]) * 60)
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    if period:
        times = str(feed.get("sy_updatefrequency", "1")).strip()
        asked.append(period // max(1, int(times[:9]) if times.isdecimal() else 1))
    return min(max(asked), MAX_WAIT) if asked else None


def _closed(body: bytes) -> frozenset[int]:
    """Hours of the week that RSS skipHours and skipDays name (GMT); feedparser keeps but the last of each."""
    hours = {hour for said in _skipped(body, b"hours", rb"\d{1,2}") if (hour := int(said)) < 24}
    names = {name.decode().lower() for name in _skipped(body, b"days", b"[a-z]{6,9}")}
    return frozenset(
        day * 24 + hour for day, name in enumerate(_DAYS) for hour in range(24) if hour in hours or name in names
    )


def _skipped(body: bytes, what: bytes, value: bytes) -> list[bytes]:
    found = re.search(rb"<skip%s>([^&]{0,2000}?)</skip%s>" % (what, what), body[:_HEAD], re.I)
    return re.findall(rb">\s*(%s)\s*</" % value, found[1], re.I) if found else []


def _moment(raw: str | None, carrier: str, source: Source) -> Moment | None:
    return parse_date(raw, carrier=carrier, zone=source.zone) if raw else None


def _json_feed(body: bytes, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org); its `next_url` is the next page."""
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"broken JSON where a feed should be: {error}"[:200])
    items = feed.get("items")
    if not isinstance(items, list):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="JSON, but no JSON Feed: it has no items")
    entries = (_json_entry(item, url, endpoint, source) for item in items[:MAX_ITEMS])
    following = resolve_link(url, feed.get("next_url"))
    more = (Endpoint(kind="feed", url=following),) if following and following != url else ()
    return _listing(entries, source, dropped=0, wait=None, more=more)


def _json_entry(item: object, url: str, endpoint: Endpoint, source: Source) -> Entry | None:
    said = {key: value for key, value in item.items() if value} if isinstance(item, dict) else {}
    link = resolve_link(url, said.get("url")) or resolve_link(url, said.get("external_url"))
    if link is None:
        return None
    guid = str(said["id"]) if "id" in said else None
    content = str(said.get("content_html") or "")
    lead, text, _ = _body(str(said.get("summary") or ""), content)
    if not content and "content_text" in said:
        text = "\n\n".join(filter(None, map(normalize_line, str(said["content_text"]).split("\n"))))
    return Entry(
        url=link,
        key=_key(link, guid, source),
        endpoint=endpoint.key,
        guid=guid,
        title=strip_markup(str(said.get("title", ""))) or None,
        lead=lead,
        text=text,
        published=_moment(str(said.get("date_published", "")), "feed", source),
        modified=_moment(str(said.get("date_modified", "")), "feed", source),
        details={name: said[name] for name in ("tags", "authors", "image") if name in said},
    )
