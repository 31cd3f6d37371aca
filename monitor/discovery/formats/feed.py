"""RSS 0.9x to 2.0, Atom and JSON Feed become entries; it must not fetch, nor trust markup a feed carries.

feedparser's own sanitiser is off because it takes away the RDFa attributes in which Drupal states its dates.
Nothing it would protect leaves here: markup becomes plain text (`monitor.text.html_text`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import Any

import feedparser

from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source
from monitor.text.bytes.charset import decode_text
from monitor.text.bytes.json_text import load_json
from monitor.text.bytes.xml_repair import repair_xml
from monitor.text.html_text import (
    normalize_line,
    parse_html,
    resolve_link,
    resolve_stated_link,
    split_paragraphs,
    strip_markup,
)
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, find_outlet_id, has_same_site, is_article_url, is_web_url, parse_host

MAX_ITEMS = 2_000  # twenty times what TASS lists; parsing so many takes 0.44 s
MAX_WAIT = 24 * 3600  # RELIABILITY.md, P5: what a server asks for is capped at a day
# "13348 at https://www.commonspace.eu"; feedparser takes one without isPermaLink="false" for a relative address.
_DRUPAL_GUID = re.compile(r"(?:^|/)(\d{1,12}) at (https?):/{1,2}([^\s/]+)$")
_UNFINISHED = re.compile(r"(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3}|\b(?:read more|continue reading)\b.{0,80})\W*$", re.I)
_WHOLE = 1_000  # characters over three paragraphs: a description that long is a body, not a lead
_HEAD = 65_536  # characters in which a channel speaks of itself before its items
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|rdf|feed|channel)[\s>]", re.I)
_END = re.compile(r"</(?:\w+:)?(?:rss|rdf|feed|channel)\s*>", re.I)
_MEDIA = re.compile(r"""xmlns:([\w.-]{1,40})\s*=\s*["']https?://search\.yahoo\.com/mrss/?["']""")
_ODD_LINK = re.compile(r"""(<(?:\w+:)?link\b[^<>]*?)\suri\s*=\s*(?:"(?!https?:)[^"<>]*"|'(?!https?:)[^'<>]*')""", re.I)
# Whole texts for search engines: Yandex, Rambler, Mail.ru, and those who left the prefix out.
_WHOLE_TEXTS = ("yandex_full-text", "rambler_fulltext", "mailru_full-text", "turbo_content", "full-text", "fulltext")
_JSON_FEED = "jsonfeed.org/version"
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")  # a section that was escaped, or wrapped in another
_CAPTIONS = "//figcaption | //*[contains(@class, 'wp-caption-text')]"
_CUT = DroppedItem(reason="the feed is cut off: its last item may be incomplete", unread=True)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What an item says, whatever the format.

    `link` and `own` are absolute, the latter the address in its guid, which is `permanent` where the feed does not say
    otherwise; `plain` is a body without markup; `published`
    are its dates as printed, in the order in which they are believed.
    """

    link: str | None
    own: str | None
    permanent: bool
    guid: str | None
    title: str | None
    summary: str
    content: str
    plain: str | None
    published: tuple[str, ...]
    updated: str | None
    details: Mapping[str, Any]


def parse_feed(body: bytes, content_type: str, *, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """The items of a feed in its order, each piece once; of more than 2,000 the newest.

    `url` is the address that answered. Relative links are joined to it, in RSS to the channel's own link. Broken XML
    is mended (`xml_repair`) or gives the items that can be read; a feed cut off before its closing tag counts one
    item as dropped. Items that share one link are told apart by the addresses in their guids. An entry's `lead` is
    its description, its `text` the whole body where description or content carry it; captions are neither.
    `published` is Drupal's RDFa date inside the description (carrier "rdfa"), else the first of the feed's own dates
    that can be read (carrier "feed").
    """
    text = decode_text(body, content_type)
    if text.lstrip().startswith("{") or (_JSON_FEED in text[:_HEAD] and not _ROOT.search(text[:_HEAD])):
        return _json_feed(body, content_type, url, endpoint, source)
    text = _without_captions(repair_xml(text))
    try:
        parsed = feedparser.parse(
            BytesIO(text.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser leaks what its parts raise: OverflowError at &#99999999999;, ...
        return Rejection(outcome=Outcome.FAILED, reason=f"unreadable feed: {type(error).__name__}: {error}"[:200])
    if not parsed.get("version"):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="neither RSS, Atom nor JSON Feed")
    atom = str(parsed.version).startswith("atom")
    base = url if atom else resolve_link(url, parsed.feed.get("link")) or url
    language = source.language or parsed.feed.get("language")
    items = [_xml_item(item, base, atom=atom, language=language) for item in parsed.entries]
    cut = parsed.bozo and _END.search(text) is None
    more = _further(parsed.feed, url)
    listing = _listing(items, url, endpoint, source, wait=_wait(parsed.feed), more=more)
    if cut:
        noted = any(item.unread for item in listing.dropped)
        listing = replace(
            listing, more=(), dropped=listing.dropped if noted else (*listing.dropped, _CUT), cut_off=True
        )
    return replace(listing, closed=_closed(text[:_HEAD]), title=strip_markup(parsed.feed.get("title") or "") or None)


def _further(feed: Mapping[str, Any], url: str) -> tuple[Endpoint, ...]:
    """The feed's next page or the archive before it (RFC 5005, 3 and 4), of its own site."""
    stated = {link.get("rel"): resolve_link(url, link.get("href")) for link in feed.get("links", ())}
    following = stated.get("next") or stated.get("prev-archive")
    if following is None or following == url or not has_same_site(following, url):
        return ()
    return (Endpoint(kind="feed", url=following),)


def _without_captions(text: str) -> str:
    """A feed without what feedparser mistakes: captions for the lead, an address of another protocol for the link."""
    for prefix in {"media", *_MEDIA.findall(text[:_HEAD])}:
        text = re.sub(rf"(</?{re.escape(prefix)}:)(?:description|text)(?=[\s/>])", r"\1caption", text)
    return _ODD_LINK.sub(r"\1", text)


def _xml_item(item: feedparser.FeedParserDict, base: str, *, atom: bool, language: str | None) -> _Item:
    guid = item.get("id")
    pages = (part.get("src") for part in item.get("content", ()) if "html" in str(part.get("type")))
    named = item.get("link") or None  # feedparser may give a key without a value
    named = named if not item.get("guidislink") or re.search("[./]", named or "") else None
    stated = (item.get("feedburner_origlink"), _alternate(item, language), named, *pages)
    link = next((full for each in stated if (full := resolve_stated_link(base, each))), None)
    title = _CDATA.sub("", item.get("title") or "")
    plain = atom and (item.get("title_detail") or {}).get("type") == "text/plain"
    details = {
        "tags": [tag.term for tag in item.get("tags", ()) if tag.get("term")],
        "author": item.get("author"),
        "enclosures": [
            {"url": part.get("href"), "type": part.get("type")} for part in item.get("links", ()) if _is_enclosure(part)
        ],
    }
    updated = item.get("updated") if "updated" in item else None
    return _Item(
        link=link,
        own=resolve_link(base, guid)
        if guid and (is_web_url(guid) or guid.startswith("/") or (item.get("guidislink") and re.search("[./]", guid)))
        else None,
        permanent=bool(item.get("guidislink")) or "guidislink" not in item,  # absent: rdf:about
        guid=guid,
        title=(normalize_line(title) if plain else strip_markup(title)) or None,
        summary=_CDATA.sub("", item.get("summary") or ""),
        content=max(_whole_texts(item), key=len),
        plain=None,
        published=tuple(raw for raw in (item.get("published"), updated, item.get("created")) if raw),
        updated=updated,
        details={name: value for name, value in details.items() if value},
    )


def _whole_texts(item: Mapping[str, Any]) -> Iterable[str]:
    """What the item carries as its content and for search engines, as markup; a plain line is a paragraph."""
    yield ""
    yield from (_CDATA.sub("", part.get("value") or "") for part in item.get("content", ()))
    for text in filter(None, map(item.get, _WHOLE_TEXTS)):
        yield str(text) if "<" in text else str(text).replace("\n", "<br>")


def _alternate(item: feedparser.FeedParserDict, language: str | None) -> str | None:
    """The address of the item's page in `language`, where it names one in each of several; else its first page."""
    pages = [
        part
        for part in item.get("links", ())
        if part.get("rel") == "alternate" and part.get("href") and "html" in str(part.get("type", "html"))
    ]
    if len(pages) < 2:
        return None
    own = (part["href"] for part in pages if language and str(part.get("hreflang", "")).startswith(language[:2]))
    first: str = next(own, pages[0]["href"])
    return first


def _listing(
    items: Sequence[_Item],
    url: str,
    endpoint: Endpoint,
    source: Source,
    *,
    wait: int | None,
    more: tuple[Endpoint, ...] = (),
) -> Listing:
    kept = _newest(items, source)
    lost = [DroppedItem(reason=f"the feed has more than {MAX_ITEMS} items")] * (len(items) - len(kept))
    shared = {link for link, times in Counter(item.link for item in kept).items() if times > 1}
    found: dict[str, Entry] = {}
    for item in kept:
        link = item.link or (item.own if item.permanent or has_same_site(item.own or "", url) else None)
        if item.link in shared and item.own and has_same_site(item.own, item.link or ""):
            link = item.own
        if link is None:
            lost.append(DroppedItem(reason="it names no web address", title=item.title, unread=True))
        elif is_article_url(link, source):
            entry = _entry(item, link, endpoint, source)
            first = found.setdefault(entry.key, entry)
            if first is not entry and (first.guid, first.title) != (entry.guid, entry.title):
                # The newest speaks for the page: its new words are why the page is fetched again.
                newer = _is_newer(entry, first)
                found[entry.key] = entry if newer else first
                title = first.title if newer else entry.title
                lost.append(DroppedItem(reason=f"another item has the same address: {link}", title=title))
    return Listing(entries=tuple(found.values()), more=more, dropped=tuple(lost), wait=wait)


def _is_newer(entry: Entry, other: Entry) -> bool:
    stated, known = entry.published, other.published
    return stated is not None and known is not None and stated.at > known.at


def _newest(items: Sequence[_Item], source: Source) -> Sequence[_Item]:
    """At most 2,000 items in their order: the newest where most are dated, else those with a date and the first others.

    Of those without dates the last are the newest where the numbers in the addresses go up.
    """
    if len(items) <= MAX_ITEMS:
        return items
    dated = [(_first(item.published, source), place) for place, item in enumerate(items)]
    known = sorted(((at, -place) for at, place in dated if at is not None), reverse=True)
    others: list[int] = []  # the places of those without a date that are kept
    if 2 * len(known) < len(items):
        numbers = [int(found[-1][-18:]) for item in items if (found := re.findall(r"\d+", item.link or ""))]
        rising = sum(one < other for one, other in pairwise(numbers))
        others = [place for at, place in dated if at is None]
        room = max(MAX_ITEMS - len(known), 0)
        others = others[len(others) - room :] if rising > 0.9 * len(items) else others[:room]
    places = sorted([*(-place for _, place in known[:MAX_ITEMS]), *others])
    return [items[place] for place in places]


def _first(stated: Iterable[str], source: Source) -> datetime | None:
    moment = next(filter(None, (_moment(raw, "feed", source) for raw in stated)), None)
    return moment.at if moment else None


def _entry(item: _Item, link: str, endpoint: Endpoint, source: Source) -> Entry:
    lead, text, created = _body(item.summary, item.content)
    stated = (_moment(raw, "feed", source) for raw in item.published)
    return Entry(
        url=link,
        key=_key(link, item.guid, source),
        endpoint=endpoint.key,
        guid=item.guid,
        title=item.title,
        lead=lead,
        text=item.plain or text,
        published=_moment(created, "rdfa", source) or next(filter(None, stated), None),
        modified=_moment(item.updated, "feed", source) if item.updated != next(iter(item.published), None) else None,
        details=item.details,
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
    for caption in root.xpath(_CAPTIONS):
        caption.drop_tree()
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


def _closed(head: str) -> frozenset[int]:
    """Hours of the week that RSS skipHours and skipDays name (GMT); feedparser keeps but the last of each."""
    hours = {hour for said in _skipped(head, "hours", r"\d{1,2}") if (hour := int(said)) < 24}
    names = {name.lower() for name in _skipped(head, "days", "[a-z]{6,9}")}
    return frozenset(
        day * 24 + hour for day, name in enumerate(_DAYS) for hour in range(24) if hour in hours or name in names
    )


def _skipped(head: str, what: str, value: str) -> list[str]:
    found = re.search(rf"<skip{what}>([^&]{{0,2000}}?)</skip{what}>", head, re.I)
    return re.findall(rf">\s*({value})\s*</", found[1], re.I) if found else []


def _moment(raw: str | None, carrier: str, source: Source) -> Moment | None:
    return parse_date(raw, carrier=carrier, zone=source.zone) if raw else None


def _json_feed(body: bytes, content_type: str, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org); its `next_url` is the next page."""
    try:
        feed = load_json(body, content_type)
    except (ValueError, RecursionError) as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"broken JSON where a feed should be: {error}"[:200])
    items = feed.get("items") if isinstance(feed, dict) else None  # a list may follow a broken beginning
    if not isinstance(items, list):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="JSON, but no JSON Feed: it has no items")
    following = resolve_link(url, feed.get("next_url"))
    more = (Endpoint(kind="feed", url=following),) if following and following != url else ()
    found = [_json_item(item, url) for item in items]
    title = normalize_line(unescape(_words(feed, "title"))) or None
    return replace(_listing(found, url, endpoint, source, wait=None, more=more), title=title)


def _json_item(item: object, url: str) -> _Item:
    said = {key: value for key, value in item.items() if value} if isinstance(item, dict) else {}
    guid = _words(said, "id") or None
    content = _words(said, "content_html")
    plain = None
    if not content and (whole := _words(said, "content_text")):
        plain = "\n\n".join(filter(None, map(normalize_line, whole.split("\n"))))
    published, updated = (_words(said, name) or None for name in ("date_published", "date_modified"))
    return _Item(
        link=resolve_link(url, said.get("url")) or resolve_link(url, said.get("external_url")),
        own=resolve_link(url, guid) if guid and is_web_url(guid) else None,
        permanent=True,
        guid=guid,
        title=normalize_line(unescape(_words(said, "title"))) or None,  # plain text, by jsonfeed.org
        summary=_words(said, "summary"),
        content=content,
        plain=plain,
        published=tuple(raw for raw in (published, updated) if raw),
        updated=updated,
        details={name: said[name] for name in ("tags", "authors", "image") if name in said},
    )


def _words(said: Mapping[str, Any], name: str) -> str:
    """A field that should be text, "" where it is none; a number stands for its digits."""
    value = said.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
