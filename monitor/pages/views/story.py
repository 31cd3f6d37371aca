"""One story: a lane for each outlet, who was first, who copied whom, how the headline travelled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from monitor.pages.charts.lanes import LanePiece, StoryLane, draw_lanes
from monitor.pages.feed_address import list_feed_links
from monitor.pages.serving import PageReading, read_database, respond, respond_missing, topic_classes
from monitor.pages.wording import clean_line, read_stamp, show_span
from monitor.storage.pages.overview import list_topics
from monitor.storage.pages.story import read_story
from monitor.storage.timestamps import format_stamp

_LANES = 24


async def show_story(datasette: Any, request: Any) -> Any:
    """`/story/N`."""
    number = int(request.url_vars["number"])

    def read(reading: PageReading) -> dict[str, Any] | None:
        found = read_story(reading.store, number)
        if found is None:
            return None
        return {
            "at": format_stamp(reading.now),
            "simulated": reading.simulated,
            "topics": list_topics(reading.store.db),
            **found,
            "headlines": list_headlines(found["pieces"]),
            **_ends(found["pieces"], found["articles"]),
        }

    page = await read_database(datasette, read)
    if page is None:
        return respond_missing(request, f"No story has the number {number}.")
    return respond(
        request,
        "story.html",
        page,
        title=clean_line(page["title"]) or f"Story {number}",
        classes=topic_classes(page["topics"]),
        chart=draw_story(page["pieces"]) if page["pieces"] else "",
        feeds=list_feed_links(datasette, f"story/{page['story']}"),
        late={piece["id"]: _behind(piece, page["pieces"][0]) for piece in page["pieces"]},
        waited={piece["id"]: _waited(piece) for piece in page["pieces"]},
    )


def _ends(pieces: list[dict[str, Any]], articles: int) -> dict[str, Any]:
    """Who was first, how long after the second outlet followed and the first alert went out; texts or None."""
    if not pieces:
        return {"first": None, "second": None, "second_after": None, "alert_after": None, "span": None}
    first = pieces[0]
    began = _moment(first["at"])
    second = next((piece for piece in pieces if piece["source"] != first["source"]), None)
    alerts = sorted(_moment(at) for piece in pieces for at in piece["alerts"] if at)
    return {
        "first": {"id": first["id"], "outlet": first["outlet"], "at": first["at"], "precision": first["precision"]},
        "second": None if second is None else second["outlet"],
        "second_after": None if second is None else _behind(second, first),
        "alert_after": show_span((alerts[0] - began).total_seconds()) if alerts and alerts[0] >= began else None,
        "span": show_span((_moment(pieces[-1]["at"]) - began).total_seconds()) if len(pieces) >= articles else None,
    }


def _behind(piece: dict[str, Any], first: dict[str, Any]) -> str:
    """How long a piece came after the first: "first", "+21 min", "the same day" where only a day is known."""
    if piece["id"] == first["id"]:
        return "first"
    late = (_moment(piece["at"]) - _moment(first["at"])).total_seconds()
    if piece["precision"] in ("day", "month") or first["precision"] in ("day", "month"):
        return f"day only, ≤ +{show_span(late)}"
    return f"+{show_span(late)}"


def _waited(piece: dict[str, Any]) -> str | None:
    """How long a piece was out when the monitor saw it; None where its time is not known."""
    if piece["published_at"] is None or piece["precision"] in ("day", "month"):
        return None
    seconds = (_moment(piece["first_seen_at"]) - _moment(piece["published_at"])).total_seconds()
    return f"{show_span(seconds)} later" if seconds >= 0 else None


def _moment(at: str) -> datetime:
    found = read_stamp(at)
    if found is None:
        raise ValueError(f"{at!r} is no time")
    return found


def draw_story(pieces: list[dict[str, Any]]) -> Any:
    """The lanes of a story, the first outlet on top; at most 24 outlets are drawn, the list below has them all."""
    first = pieces[0]
    lanes: dict[str, list[dict[str, Any]]] = {}
    for piece in pieces:
        lanes.setdefault(piece["outlet"], []).append(piece)
    shown = [
        StoryLane(
            outlet=clean_line(outlet),
            behind="first" if told[0]["id"] == first["id"] else _behind(told[0], first),
            pieces=tuple(_drawn(piece, first) for piece in told),
        )
        for outlet, told in list(lanes.items())[:_LANES]
    ]
    return draw_lanes(
        shown, f"{len(pieces)} pieces in {len(lanes)} outlets over time, {clean_line(first['outlet'])} first"
    )


def _drawn(piece: dict[str, Any], first: dict[str, Any]) -> LanePiece:
    """A piece with a day for a date is a bar from its midnight to `at`, the end of the day or when it was seen."""
    at = _moment(piece["at"])
    day = piece["precision"] in ("day", "month") and piece["published_at"] is not None
    start = min(_moment(piece["published_at"]), at) if day else at
    return LanePiece(
        at=start,
        until=max(at, start + timedelta(minutes=1)) if day else None,
        seen=_moment(piece["first_seen_at"]),
        css="copy" if piece["copy_of"] is not None else "first" if piece["id"] == first["id"] else "own",
        title=clean_line(piece["title"]),
        edits=tuple(_moment(edit) for edit in piece["edits"]),
        alerts=tuple(_moment(alert) for alert in piece["alerts"] if alert),
    )


def list_headlines(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each headline of a story once, in the order of its first use, with who used it."""
    found: dict[str, dict[str, Any]] = {}
    for piece in pieces:
        words = " ".join(clean_line(piece["title"]).casefold().split())
        one = found.setdefault(
            words, {"title": piece["title"], "id": piece["id"], "at": piece["published_at"] or piece["at"],
                    "precision": piece["precision"], "first": piece["outlet"], "outlets": [], "pieces": 0}
        )  # fmt: skip
        one["pieces"] += 1
        if piece["outlet"] not in one["outlets"]:
            one["outlets"].append(piece["outlet"])
    return list(found.values())
