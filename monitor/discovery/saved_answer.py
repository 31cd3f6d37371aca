"""What stands in a feed, sitemap, list page or API answer that somebody saved; it must not fetch.

The parsers are those of the crawls; only a sitemap's old addresses, which no poll needs, are left in here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import datetime

from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.discovery.formats.sitemap import parse_sitemap
from monitor.discovery.formats.tass_api import parse_news_list
from monitor.discovery.formats.wordpress_api import parse_posts
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Listing, Source
from monitor.text.bytes.charset import decode_text
from monitor.text.bytes.json_text import load_json
from monitor.text.html_text import is_html

KINDS = ("feed", "sitemap", "listing", "api")
_HEAD = 65_536  # bytes in which a document shows what it is
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed)[\s/>]", re.I)
_SITEMAP = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]", re.I)
_ADDRESS = re.compile(r"\s*https?://\S+\s*(?:\n|$)", re.I)


def detect_kind(body: bytes, content_type: str) -> str | None:
    """The kind of endpoint that answers so: "feed", "sitemap", "listing" or "api"; None for none of them."""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, _HEAD)
        except zlib.error:
            return None
    text = decode_text(body[:_HEAD], content_type).lstrip()
    if text.startswith(("{", "[")) or ("jsonfeed.org/version" in text and not _FEED.search(text)):
        return "feed" if "jsonfeed.org/version" in text else "api"
    if is_html(body):
        return "listing"
    if _FEED.search(text):
        return "feed"
    if _SITEMAP.search(text) or _ADDRESS.match(text):
        return "sitemap"
    return "listing" if re.search(r"<a\s", text, re.I) else None


def read_saved_answer(
    body: bytes, content_type: str, kind: str | None, url: str, source: Source, now: datetime
) -> tuple[str | None, Listing | Rejection]:
    """The kind of a saved answer, detected where it is not given, and what it lists or why it lists nothing.

    `url` is the address it came from; `now` stands for the moment it was fetched.
    """
    kind = kind or detect_kind(body, content_type)
    if kind is None:
        return None, Rejection(outcome=Outcome.NOT_ARTICLE, reason="neither a feed, a sitemap, a list page nor an API")
    endpoint = Endpoint(kind=kind, url=url)
    if kind == "sitemap" and not is_html(body):
        return kind, parse_sitemap(body, content_type, url=url, endpoint=endpoint, source=source, now=now, recent=None)
    return kind, read_endpoint(endpoint, body, content_type, 200, source, now, api=_api(body, content_type))


def _api(body: bytes, content_type: str) -> Callable[..., Listing | Rejection]:
    """The parser of the list API whose answer this is, by its shape."""
    try:
        answer = load_json(body, content_type)
    except (ValueError, RecursionError):
        return parse_news_list
    if isinstance(answer, dict) and isinstance(answer.get("data"), list):
        return parse_nodes
    if isinstance(answer, dict) and "newsList" not in answer:
        return _no_list
    first = answer[0] if isinstance(answer, list) and answer else None
    return parse_posts if isinstance(first, dict) and ("date_gmt" in first or "guid" in first) else parse_news_list


def _no_list(body: bytes, **_: object) -> Rejection:
    """JSON of an API that has no parser, or an API's refusal, with the words that it gives."""
    said = load_json(body).get("message")
    reason = "JSON of no list API that is known (WordPress's posts, Drupal's JSON:API, TASS's newsList)"
    return Rejection(
        outcome=Outcome.FAILED, reason=f"{reason}: {said[:100]}" if isinstance(said, str) and said else reason
    )
