"""TASS's `categoryNewsList`, the list API behind its section pages; it must not send, nor use the site's search.

A POST of `{"sectionId", "limit", "type", "timestamp"}` answers `{"newsList": [...], "lastTime": <unix s>}` with
pieces older than `timestamp`; `lastTime` is the cursor to the next page. Undocumented (outlet facts, TASS 2).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source
from monitor.text.bytes.json_text import load_json
from monitor.text.html_text import resolve_link, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, is_article_url


def build_request_body(endpoint: Endpoint, now: datetime) -> str:
    """The body to send: that of `endpoint`, asking for what is older than `now` where it names no cursor."""
    return json.dumps({"timestamp": int(now.timestamp()), **json.loads(endpoint.body or "{}")})


def parse_news_list(body: bytes, *, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """The pieces of one answer in its order; `more` is the next page where `lastTime` leads further back.

    `url` is the address that answered, which relative links are joined to. A bare list of items is taken too.
    Entry details carry the item's other fields under their own names (id, type, mark, subtitle, image, ...).
    """
    try:
        answer = load_json(body)
    except (ValueError, RecursionError) as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"no JSON where the list API should be: {error}"[:200])
    items = answer.get("newsList") if isinstance(answer, dict) else answer
    if not isinstance(items, list):
        return Rejection(outcome=Outcome.FAILED, reason="the list API's answer has no newsList")
    found: dict[str, Entry] = {}
    dropped: list[DroppedItem] = []
    for item in items:
        entry = _entry(item, url, endpoint, source) if isinstance(item, dict) else None
        if entry is None:
            dropped.append(DroppedItem(reason="it names no web address", title=_title(item), unread=True))
        elif is_article_url(entry.url, source):
            found.setdefault(entry.key, entry)
    cursor = answer.get("lastTime") if isinstance(answer, dict) else None
    return Listing(
        entries=tuple(found.values()), more=_older(endpoint, cursor) if found else (), dropped=tuple(dropped)
    )


def _entry(item: dict[str, Any], url: str, endpoint: Endpoint, source: Source) -> Entry | None:
    link = resolve_link(url, item.get("link"))
    if link is None:
        return None
    taken = ("title", "lead", "link", "date")
    stamp = item.get("date")
    return Entry(
        url=link,
        key=build_link_key(link, source),
        endpoint=endpoint.key,
        title=_title(item),
        lead=strip_markup(str(item.get("lead") or "")) or None,
        published=None if stamp is None else parse_date(str(stamp), carrier="api"),
        details={key: value for key, value in item.items() if key not in taken and value not in (None, "")},
    )


def _title(item: object) -> str | None:
    said = item.get("title") if isinstance(item, dict) else None
    return strip_markup(str(said or "")) or None


def _older(endpoint: Endpoint, cursor: object) -> tuple[Endpoint, ...]:
    """The page before this one; none where the cursor is no number or does not move back."""
    if not isinstance(cursor, int) or cursor <= 0:
        return ()
    body = json.loads(endpoint.body or "{}")
    if cursor >= body.get("timestamp", cursor + 1):
        return ()
    return (Endpoint(kind="api", url=endpoint.url, body=json.dumps({**body, "timestamp": cursor})),)
