"""Feeds as bytes: Atom (RFC 4287) and JSON Feed 1.1; whatever an outlet wrote, what is written here is valid.

The same feed gives the same bytes, so that its hash serves as a validator (RFC 9110 § 8.8.3).
"""

from __future__ import annotations

import json
import uuid
import xml.etree.ElementTree as tree
from dataclasses import dataclass
from datetime import datetime

from monitor.pages.wording import clean_line, clean_lines

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One piece: `key` names it for ever, `url` is the outlet's page, None where that is no web address."""

    key: str
    url: str | None
    page: str
    title: str
    summary: str
    outlet: str
    topics: tuple[str, ...]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed with absolute addresses: of itself and of the page it belongs to. `key` names it for ever."""

    key: str
    title: str
    address: str
    page: str
    entries: tuple[FeedEntry, ...]
    empty_at: datetime

    @property
    def updated(self) -> datetime:
        """When its newest entry changed; of an empty one `empty_at`."""
        return max((entry.updated for entry in self.entries), default=self.empty_at)


def name_entry(key: str) -> str:
    """An id that stays the same wherever and whenever the piece is stored: a UUID of its name (RFC 9562 § 5.5)."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, key)}"


def write_atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    tree.register_namespace("", _NAMESPACE)
    root = _element("feed")
    _add(root, "id", name_entry(feed.key))
    _add(root, "title", clean_line(feed.title))
    _add(root, "updated", _time(feed.updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "seedwatch")
    for entry in feed.entries:
        one = _add(root, "entry")
        _add(one, "id", name_entry(entry.key))
        _add(one, "title", clean_line(entry.title) or "Untitled")
        _add(one, "published", _time(entry.published))
        _add(one, "updated", _time(entry.updated))
        _add(one, "link", rel="alternate", href=entry.url or entry.page)
        _add(one, "link", rel="related", type="text/html", href=entry.page)
        _add(_add(one, "author"), "name", clean_line(entry.outlet) or "unknown")
        for topic in entry.topics:
            _add(one, "category", term=topic)
        _add(one, "summary", _clean_xml(clean_lines(entry.summary)), type="text")
    text: str = tree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def write_json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_line(feed.title),
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "items": [
            {
                "id": name_entry(entry.key),
                **({"url": entry.url} if entry.url else {"url": entry.page}),
                "title": clean_line(entry.title) or "Untitled",
                "content_text": clean_lines(entry.summary),
                "date_published": _time(entry.published),
                "date_modified": _time(entry.updated),
                "authors": [{"name": clean_line(entry.outlet) or "unknown"}],
                **({"tags": list(entry.topics)} if entry.topics else {}),
                "_seedwatch": {"page": entry.page},
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _element(name: str, **attributes: str) -> tree.Element:
    return tree.Element(f"{{{_NAMESPACE}}}{name}", {key: _clean_xml(value) for key, value in attributes.items()})


def _add(parent: tree.Element, name: str, text: str | None = None, **attributes: str) -> tree.Element:
    child = _element(name, **attributes)
    child.text = None if text is None else _clean_xml(text)
    parent.append(child)
    return child


def _clean_xml(text: str) -> str:
    """Only what XML 1.0 has a character for (§ 2.2): no control but a line break, no surrogate, no U+FFFE or U+FFFF."""
    return clean_lines(text)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
