"""Feeds of one outlet in a few words, and what is read in them."""

from __future__ import annotations

from datetime import datetime

from monitor.discovery.formats.feed import parse_feed
from monitor.model.moment import Moment, Precision
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source

URL = "https://www.hills.example/taxonomy/term/24/feed"


ENDPOINT = Endpoint(kind="feed", url=URL)


SOURCE = Source(
    name="hills", spider="feed", title="Hills", address=None, every=600, endpoints=(ENDPOINT,), zone="Europe/Brussels"
)


LINK = "https://www.hills.example/news/goats"


RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="{LINK}"><title>Goats</title><link>{LINK}</link></item></rdf:RDF>"""


ORIGINAL = """<link>https://feeds.example/~r/1</link><f:origLink
xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://www.hills.example/news/b</f:origLink>"""


def read(body: str | bytes, content_type: str = "application/rss+xml", source: Source = SOURCE) -> Listing | Rejection:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, content_type, url=URL, endpoint=ENDPOINT, source=source)


def rss(items: str, channel: str = "") -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}{items}</channel></rss>'


def only(listing: Listing | Rejection) -> Entry:
    assert isinstance(listing, Listing), listing
    (entry,) = listing.entries
    return entry


def moment(at: datetime, raw: str, carrier: str = "feed", zone: str = "offset") -> Moment:
    return Moment(at=at, raw=raw, zone=zone, precision=Precision.SECOND, carrier=carrier)
