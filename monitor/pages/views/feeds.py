"""The addresses of feeds: of all matches, a topic, a story and a kept search, each as Atom and as JSON Feed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from datasette import Response  # type: ignore[import-untyped]

from monitor.pages.feed_address import is_feed_open
from monitor.pages.feed_format import ATOM, JSON_FEED, Feed, FeedEntry, write_atom, write_json_feed
from monitor.pages.serving import POLICY, PUBLIC, PageReading, link_to, read_database, respond, respond_missing
from monitor.pages.views.matches import read_cards, read_query
from monitor.pages.wording import clean_line, read_stamp
from monitor.storage.pages.cards import CardFilter, read_card
from monitor.storage.pages.story import read_story

ENTRIES = 50
_START = datetime(2020, 1, 1, tzinfo=UTC)  # the `updated` of a feed that never had an entry


async def feed_matches(datasette: Any, request: Any) -> Any:
    """`/matches.atom` and `/matches.feed`, with what narrows the page as well."""
    return await _list(datasette, request, "matches", read_query(request))


async def feed_search(datasette: Any, request: Any) -> Any:
    """`/search.atom?q=…`: a kept search."""
    return await _list(datasette, request, "search", read_query(request))


async def feed_topic(datasette: Any, request: Any) -> Any:
    """`/topic/NAME.atom`."""
    name = unquote(request.url_vars["name"])
    asked = dict.fromkeys(("q", "source", "language", "period", "before", "name"), "") | {"topic": name}
    return await _list(datasette, request, "matches", asked, page=link_to("topic", name), title=f"Topic {name}")


async def feed_story(datasette: Any, request: Any) -> Any:
    """`/story/N.atom`."""
    if not is_feed_open(datasette, request):
        return _refuse(request)
    number = int(request.url_vars["number"])

    def read(reading: PageReading) -> tuple[str, list[dict[str, Any]]] | None:
        found = read_story(reading.store, number)
        if found is None:
            return None
        cards = [read_card(reading.store.db, piece["id"], CardFilter()) for piece in found["pieces"][-ENTRIES:][::-1]]
        return found["title"], [card for card in cards if card is not None]

    found = await read_database(datasette, read)
    if found is None:
        return respond_missing(request, f"No story has the number {number}.")
    return _respond(request, f"Story: {clean_line(found[0])}", link_to("story", number), found[1])


async def _list(
    datasette: Any,
    request: Any,
    kind: str,
    asked: Mapping[str, str],
    *,
    page: str | None = None,
    title: str | None = None,
) -> Any:
    if not is_feed_open(datasette, request):
        return _refuse(request)
    asked = {**asked, "before": ""}
    found = await read_database(datasette, lambda reading: read_cards(reading, kind, asked, ENTRIES))
    if page is not None and asked["topic"] not in found["topics"]:  # the feed of a topic that was renamed or misspelt
        return respond_missing(request, f"No topic called {clean_line(asked['topic'])} was ever loaded.")
    return _respond(request, title or found["title"], page or link_to(kind, **asked), found["cards"])


def _refuse(request: Any) -> Any:
    said = "This feed has a private address, whose key this one lacks: take it anew from the page of the feed."
    return respond(request, "missing.html", {"error": said}, title="Not open", status=403)


def _respond(request: Any, title: str, page: str, cards: list[dict[str, Any]]) -> Any:
    """The feed, or 304 where the reader has these bytes already."""
    base = base_address(request)
    name = request.path.lstrip("/") + (f"?{request.query_string}" if request.query_string else "")
    feed = Feed(
        key=f"seedwatch:{page}",
        title=f"{title} – seedwatch",
        address=base + name,
        page=base + page,
        entries=tuple(_entry(card, base) for card in cards),
        empty_at=_START,
    )
    atom = request.path.endswith(".atom")
    body = write_atom(feed) if atom else write_json_feed(feed)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache", "content-security-policy": POLICY}
    asked = [one.strip().removeprefix("W/") for one in (request.headers.get("if-none-match") or "").split(",")]
    if tag in asked:
        return Response(b"", status=304, headers=headers)
    return Response(body, headers=headers, content_type=ATOM if atom else JSON_FEED)


def base_address(request: Any) -> str:
    """Where the pages are reached, with a slash at the end: `[pages] public`, else as the reader asked."""
    public = os.environ.get(PUBLIC)
    if public:
        return public.rstrip("/") + "/"
    return f"{request.scheme}://{request.host}/"


def _entry(card: dict[str, Any], base: str) -> FeedEntry:
    stored = read_stamp(card["changed_at"]) or _START
    return FeedEntry(
        key=card["identity"] or card["url"],
        url=card["url"] if card["url"].startswith(("https://", "http://")) else None,
        page=base + link_to("article", card["id"]),
        title=card["title"],
        summary=_summary(card),
        outlet=card["outlet"],
        topics=tuple(verdict["topic"] for verdict in card["verdicts"]),
        published=read_stamp(card["published_at"]) or read_stamp(card["first_seen_at"]) or stored,
        updated=stored,
    )


def _summary(card: dict[str, Any]) -> str:
    words = [clean_line(card["lead"] or card["opening"])]
    for verdict in card["verdicts"]:
        found = list(dict.fromkeys(item["found"] for item in verdict["evidence"]))[:8]
        words.append(f"{verdict['topic']} {verdict['score']:.2f}" + (f": {', '.join(found)}" if found else ""))
    return "\n".join(words)
