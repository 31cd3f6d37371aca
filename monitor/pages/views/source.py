"""One source: its polls, endpoints and their overlap, gaps, completeness, what was read lately, templates."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any
from urllib.parse import unquote

from monitor.pages.charts.bars import draw_bars
from monitor.pages.charts.strip import PollHour, draw_poll_strip
from monitor.pages.scale import choose_scale, list_labels
from monitor.pages.serving import PageReading, read_database, respond, respond_missing
from monitor.pages.wording import clean_line
from monitor.storage.pages.overview import DELAY_DAYS, list_source_lights, read_beginning
from monitor.storage.pages.source import list_extraction_samples, list_polls, list_recent_links, read_lessons
from monitor.storage.timestamps import format_stamp


async def show_source(datasette: Any, request: Any) -> Any:
    """`/source/NAME`."""
    # All of extraction comes with it, which takes a second: once, before the time that a reading may take begins.
    await asyncio.to_thread(importlib.import_module, "monitor.commands.reports.explain")
    name = unquote(request.url_vars["name"])

    page = await read_database(datasette, lambda reading: read_source(reading, name))
    if page is None:
        return respond_missing(request, f"No source is called {clean_line(name)}.")
    hours = [PollHour(polls=polls, failed=failed) for polls, failed in page["polls_by_hour"]]
    pieces = page["pieces"]
    return respond(
        request,
        "source.html",
        page,
        title=clean_line(page["title"]),
        strip=draw_poll_strip(
            hours, f"{sum(hour.polls for hour in hours)} polls in 48 hours, {sum(hour.failed for hour in hours)} failed"
        ),
        bars=draw_bars(
            list_labels(page["steps"]),
            pieces,
            max([*pieces, 1]),
            f"{sum(pieces)} pieces stored in {page['span']}",
            "plain",
        ),
    )


def read_source(reading: PageReading, name: str) -> dict[str, Any] | None:
    """The document of a source's page; None for a name the database does not know."""
    from monitor.commands.reports.explain import explain_source  # late: see above

    found = explain_source(reading.store, name, reading.now)
    if found is None:
        return None
    scale = choose_scale(reading.now, read_beginning(reading.store.db), DELAY_DAYS)
    light = list_source_lights(reading.store.db, reading.now, scale, name)[0]
    return {
        "at": format_stamp(reading.now),
        "simulated": reading.simulated,
        **found,
        **{key: light[key] for key in ("polls_by_hour", "pieces", "steps", "good_24h", "newest")},
        "span": scale.span,
        "polls": list_polls(reading.store, name),
        "samples": list_extraction_samples(reading.store, name),
        "recent_links": list_recent_links(reading.store, name),
        "lessons": read_lessons(reading.store, name),
    }
