"""One topic: what it looks for and which seeds say so, its matches over time, near misses, precision on marks."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import unquote

from monitor.pages.charts.bars import draw_bars
from monitor.pages.feed_address import list_feed_links
from monitor.pages.mark_desk import open_mark_desk
from monitor.pages.scale import choose_scale, list_labels
from monitor.pages.serving import PageReading, link_to, read_database, respond, respond_missing, topic_classes
from monitor.pages.views.matches import draw_card, read_cards
from monitor.pages.wording import clean_line
from monitor.storage.pages.overview import DAYS, count_matches, list_topics, read_beginning
from monitor.storage.pages.topic import read_topic
from monitor.storage.timestamps import format_stamp

_LATEST = 8
_FURTHER = 180  # days, where too few pieces of the usual thirty matched


async def show_topic(datasette: Any, request: Any) -> Any:
    """`/topic/NAME`."""
    name = unquote(request.url_vars["name"])

    page = await read_database(datasette, lambda reading: read_topic_page(reading, name))
    if page is None:
        return respond_missing(request, f"No topic called {clean_line(name)} was ever loaded.")
    classes = topic_classes(page["topics"])
    matched = page["matched"]
    desk = None if page["simulated"] else open_mark_desk(datasette, request)
    return respond(
        request,
        "topic.html",
        page,
        title=f"Topic {name}",
        classes=classes,
        bars=draw_bars(
            list_labels(page["steps"]), matched, max([*matched, 1]), f"{sum(matched)} matched pieces in {page['span']}",
            classes[name],
        ),
        cards=[draw_card(card, classes, desk) for card in page["latest"]],
        back=link_to("topic", name),
        marked_here=desk is not None,
        feeds=list_feed_links(datasette, f"topic/{name}"),
    )  # fmt: skip


def read_topic_page(reading: PageReading, name: str) -> dict[str, Any] | None:
    """The document of a topic's page; None for a topic that was never loaded."""
    found = read_topic(reading.store, name, reading.now)
    if found is None:
        return None
    for term in (found["suggested"] or {"terms": ()})["terms"]:
        term["take"] = shlex.join(["seedwatch", "topics", "add", name, term["term"]])
    scale = choose_scale(reading.now, read_beginning(reading.store.db), DAYS)
    asked = dict.fromkeys(("q", "source", "language", "period", "before", "name"), "") | {"topic": name}
    return {
        "at": format_stamp(reading.now),
        "simulated": reading.simulated,
        "topics": list_topics(reading.store.db),
        **found,
        "look": shlex.join(["seedwatch", "topics", "suggest", name]),
        "look_further": shlex.join(["seedwatch", "topics", "suggest", name, "--days", str(_FURTHER)]),
        "steps": list(scale.steps),
        "span": scale.span,
        "matched": count_matches(reading.store.db, name, scale),
        "latest": read_cards(reading, "matches", asked, _LATEST)["cards"],
    }
