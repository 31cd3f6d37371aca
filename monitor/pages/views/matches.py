"""The latest matches and the search: cards by day, copies folded under the first, chips that narrow the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from monitor.pages.feed_address import list_feed_links
from monitor.pages.highlight import collect_spans, mark_hits, mark_spans
from monitor.pages.mark_desk import MarkDesk, open_mark_desk
from monitor.pages.serving import PageReading, link_to, read_database, respond, topic_classes
from monitor.pages.wording import clean_line, cut_text, read_stamp
from monitor.storage.pages import cards
from monitor.storage.pages.cards import (
    CardFilter,
    CardPage,
    list_languages,
    list_match_cards,
    list_outlets,
    search_cards,
)
from monitor.storage.pages.overview import list_topics
from monitor.storage.timestamps import format_stamp

PERIODS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "365d": "a year"}
_HOURS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24, "365d": 365 * 24}
_OPENING = 280  # characters of a text shown on a card


async def show_matches(datasette: Any, request: Any) -> Any:
    """`/matches`."""
    return await _show(datasette, request, "matches")


async def show_search(datasette: Any, request: Any) -> Any:
    """`/search?q=…`: words in headline, lead or text of all pieces."""
    return await _show(datasette, request, "search")


async def _show(datasette: Any, request: Any, kind: str) -> Any:
    asked = read_query(request)
    page = await read_database(datasette, lambda reading: read_cards(reading, kind, asked))
    classes = topic_classes(page["topics"])
    desk = None if page["simulated"] else open_mark_desk(datasette, request)
    chips = _chips(kind, page)
    keep = {key: value for key, value in page["asked"].items() if key != "before"}
    return respond(
        request,
        "matches.html",
        page,
        title=page["title"],
        classes=classes,
        days=fold_cards(page["cards"], classes, desk),
        back=link_to(kind, **page["asked"]),
        chips=chips,
        periods=PERIODS,
        feeds=list_feed_links(datasette, kind, **keep),
        older=None if page["next"] is None else link_to(kind, **{**page["asked"], "before": page["next"]}),
    )


def read_query(request: Any) -> dict[str, str]:
    """What an address asks of a list; `name` is what a kept search is called."""
    names = ("q", "topic", "source", "language", "period", "before", "name")
    return {name: clean_line(request.args.get(name) or "")[:300] for name in names}


def read_cards(reading: PageReading, kind: str, asked: Mapping[str, str], size: int = cards.PAGE) -> dict[str, Any]:
    """The document of a list of pieces; `kind` is matches or search."""
    hours = _HOURS.get(asked["period"])
    wanted = CardFilter(
        topic=asked["topic"] or None,
        source=asked["source"] or None,
        language=asked["language"] or None,
        since=None if hours is None else format_stamp(reading.now - timedelta(hours=hours)),
        before=asked["before"] or None,
    )
    db = reading.store.db
    if kind == "search":
        found: CardPage = search_cards(db, asked["q"], wanted, size)
    else:
        found = list_match_cards(db, wanted, size)
    title = asked["name"] or (f"Pieces with “{asked['q']}”" if kind == "search" and asked["q"] else "")
    return {
        "at": format_stamp(reading.now),
        "simulated": reading.simulated,
        "kind": kind,
        "title": title or ("Search" if kind == "search" else "Latest matches"),
        "asked": dict(asked),
        "topics": list_topics(db),
        "sources": list_outlets(db),
        "languages": list_languages(db),
        "cards": found.cards,
        "next": found.next,
    }


def _chips(kind: str, page: dict[str, Any]) -> list[dict[str, Any]]:
    """A link for each topic that keeps what else was asked."""
    kept = {**page["asked"], "before": ""}
    return [
        {"name": name or "All topics", "topic": name, "on": page["asked"]["topic"] == name,
         "href": link_to(kind, **{**kept, "topic": name})}
        for name in ("", *page["topics"])
    ]  # fmt: skip


def fold_cards(
    cards: list[dict[str, Any]], classes: Mapping[str, str], desk: MarkDesk | None = None
) -> list[dict[str, Any]]:
    """Cards by day, newest first; further pieces of a story on one day stand as `also` under its newest own report."""
    days: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for card in cards:
        days.setdefault(card["at"][:10], {}).setdefault(card["story_id"], []).append(card)
    found = []
    for day, stories in days.items():
        shown = []
        for pieces in stories.values():
            first = next((piece for piece in pieces if piece["copy_of"] is None), pieces[0])
            shown.append({**draw_card(first, classes, desk), "also": [piece for piece in pieces if piece is not first]})
        shown.sort(key=lambda card: card["at"], reverse=True)
        found.append({"day": day, "cards": shown})
    return found


def draw_card(card: dict[str, Any], classes: Mapping[str, str], desk: MarkDesk | None = None) -> dict[str, Any]:
    """A card with its headline and text as markup, what was found highlighted; with a `desk` its buttons that mark."""
    title = mark_spans(card["title"], collect_spans(card["verdicts"], "title", classes))
    if card.get("title_hits"):
        title = mark_hits(card["title_hits"])
    if card.get("snippet"):
        words = mark_hits(card["snippet"])
    else:
        part = "lead" if card["lead"] else "text"
        text = card["lead"] or card["opening"]
        spans = collect_spans(card["verdicts"], part, classes)
        cut = cut_text(text, _OPENING)
        words = mark_spans(cut, [span for span in spans if span.end <= len(cut) - 2 or cut is text])
    moment = read_stamp(card["at"])
    topics = [verdict["topic"] for verdict in card["verdicts"]]
    return {
        **card,
        "title_html": title,
        "words_html": words,
        "clock": "" if moment is None else f"{moment:%H:%M}",
        "choices": [] if desk is None else desk.offer(card["id"], topics, card["marks"]),
    }
