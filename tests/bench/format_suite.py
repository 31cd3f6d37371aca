"""What the suites of tests/bench/formats.py share: how a feed is read, and whether an entry has what is expected."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from monitor.discovery.formats.feed import parse_feed
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import normalize_line, resolve_link, strip_markup

URL = "http://news.example/feed"
SOURCE = Source(name="peer", spider="feed", title="Peer", address=None, every=600, endpoints=())
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@dataclass(slots=True)
class Suite:
    """What came of one suite of tests."""

    name: str
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def count(self, good: bool, what: str) -> None:
        """One test."""
        if good:
            self.right += 1
        else:
            self.wrong.append(what)


def read_feed(body: bytes, content_type: str = "application/xml") -> Listing | None:
    """What the product reads in a feed; None where it refuses it."""
    found = parse_feed(body, content_type, url=URL, endpoint=Endpoint(kind="feed", url=URL), source=SOURCE)
    return found if isinstance(found, Listing) else None


_ADDRESSED = re.compile(
    rb"<(?:[\w-]+:)?(?:link\b[^<>]*(?:href\s*=|>\s*\w)|(?:guid|id)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*https?:|origlink)"
    rb"|\brdf:about",
    re.I,
)
_ITEM = re.compile(rb"<((?:[\w-]+:)?(item|entry))\b[^<>]*(?<!/)>(.*?)</\1\s*>", re.I | re.S)


def with_links(body: bytes) -> bytes:
    """A feed in which items that have no address get one: peers test titles and dates of such, for us they are none."""
    if body[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in body[:8]:
        return body
    number = iter(range(1, 10_000))

    def linked(found: re.Match[bytes]) -> bytes:
        if _ADDRESSED.search(found[0]):
            return found[0]
        url = b"http://news.example/peer/%d" % next(number)
        link = b"<link>%s</link>" % url if found[2].lower() == b"item" else b'<link href="%s"/>' % url
        at = found[0].rindex(b"</")
        return found[0][:at] + link + found[0][at:]

    return _ITEM.sub(linked, body)


def plain(text: str | None) -> str:
    """A text as this project keeps it, for comparing."""
    return strip_markup(text or "")


def holds(entry: Entry, name: str, wanted: Any) -> bool | None:
    """Whether an entry has what a peer expects of a field; None where the fields do not compare."""
    if name.endswith("_parsed"):
        moment = entry.published if name == "published_parsed" else entry.modified or entry.published
        return moment is not None and moment.at == datetime(*wanted[:6], tzinfo=UTC)
    if name == "title":
        return (entry.title or "") in (plain(wanted), normalize_line(wanted))
    if name == "link":
        return entry.url == (resolve_link(URL, wanted) or entry.url)
    if name == "id":
        return None if str(wanted).startswith("http") else entry.guid == wanted
    return any(normalize_line(got or "") in (plain(wanted), normalize_line(wanted)) for got in (entry.lead, entry.text))
