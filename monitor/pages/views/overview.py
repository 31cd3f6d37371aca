"""The home page: what is wrong first, then what came in, what rises, who is silent and what was not delivered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from monitor.discovery.recall_estimate import compute_percentile
from monitor.model.service_levels import LEVEL_NOTES, say_levels
from monitor.pages.charts.bars import draw_bars, draw_sparkline
from monitor.pages.charts.delays import StepDelay, draw_delays
from monitor.pages.charts.strip import PollHour, draw_poll_strip
from monitor.pages.scale import choose_scale, list_labels
from monitor.pages.serving import PageReading, read_database, respond, topic_classes
from monitor.pages.wording import show_span
from monitor.storage.pages import overview
from monitor.storage.pages.overview import (
    count_day,
    count_matches,
    count_open_gaps,
    count_undelivered,
    list_covered,
    list_delays,
    list_open_gaps,
    list_source_lights,
    list_topics,
    list_undelivered,
    read_beginning,
)
from monitor.storage.pages.state import read_watch_state
from monitor.storage.service_levels import measure_levels
from monitor.storage.timestamps import format_stamp


async def show_overview(datasette: Any, request: Any) -> Any:
    """`/` and `/overview.json`."""
    page = await read_database(datasette, read_overview)
    return respond(
        request, "overview.html", page, title="Overview", classes=topic_classes(page["topics"]), **draw_overview(page)
    )


def read_overview(reading: PageReading) -> dict[str, Any]:
    """The document of the home page."""
    db, now = reading.store.db, reading.now
    state = read_watch_state(reading.store.db, reading.store.path, simulated=reading.simulated)
    began = read_beginning(db)
    long, short = choose_scale(now, began, overview.DAYS), choose_scale(now, began, overview.DELAY_DAYS)
    delays = list_delays(db, short)
    names = list_topics(db)
    levels = measure_levels(db, now)
    said = say_levels(levels, show_span)
    return {
        "at": format_stamp(now),
        "simulated": reading.simulated,
        "running": reading.store.daemon(),
        "level": state.level,
        "sentence": state.sentence,
        "faults": [
            {**asdict(fault), "since": None if fault.since is None else format_stamp(fault.since)}
            for fault in state.faults
        ],
        "day": count_day(db, now),
        "delay": {
            "median": compute_percentile([seconds for _, seconds in delays], 0.5),
            "p95": compute_percentile([seconds for _, seconds in delays], 0.95),
            "steps": [_delay_of(step, delays) for step in short.steps],
        },
        "scale": {"matches": long.span, "delays": short.span, "step": long.word},
        "topics": names,
        "matches": [
            {"topic": name, "steps": list(long.steps), "matched": count_matches(db, name, long)} for name in names
        ],
        "stories": list_covered(db, now),
        "sources": list_source_lights(db, now, short),
        "gaps": list_open_gaps(db),
        "open_gaps": count_open_gaps(db),
        "undelivered": list_undelivered(db),
        "alerts_undelivered": count_undelivered(db),
        "levels": [{"name": name, "said": said[name], **asdict(note)} for name, note in LEVEL_NOTES.items()],
    }


def _delay_of(step: str, delays: list[tuple[str, float]]) -> dict[str, Any]:
    found = [seconds for at, seconds in delays if at == step]
    return {
        "step": step,
        "median": compute_percentile(found, 0.5),
        "p95": compute_percentile(found, 0.95),
        "alerts": len(found),
    }


def draw_overview(page: dict[str, Any]) -> dict[str, Any]:
    """The charts of the home page, as markup, by the name of what they show."""
    classes = topic_classes(page["topics"])
    most = max((value for one in page["matches"] for value in one["matched"]), default=1)
    bars: dict[str, Markup] = {
        one["topic"]: draw_bars(
            list_labels(one["steps"]),
            one["matched"],
            most,
            f"{one['topic']}: {sum(one['matched'])} matched pieces in {page['scale']['matches']}, "
            f"{one['matched'][-1]} in the last",
            classes[one["topic"]],
        )
        for one in page["matches"]
    }
    strips: dict[str, Markup] = {}
    sparks: dict[str, Markup] = {}
    for source in page["sources"]:
        hours = [PollHour(polls=polls, failed=failed) for polls, failed in source["polls_by_hour"]]
        failed = sum(hour.failed for hour in hours)
        strips[source["name"]] = draw_poll_strip(
            hours, f"{sum(hour.polls for hour in hours)} polls in 48 hours, {failed} failed"
        )
        sparks[source["name"]] = draw_sparkline(
            list_labels(source["steps"]),
            source["pieces"],
            f"{sum(source['pieces'])} pieces in {page['scale']['delays']}",
        )
    delay = page["delay"]
    names = list_labels([one["step"] for one in delay["steps"]])
    steps = [
        StepDelay(step=name, median=one["median"], late=one["p95"])
        for name, one in zip(names, delay["steps"], strict=True)
    ]
    alerts = sum(one["alerts"] for one in delay["steps"])
    said = "From publication to alert over time: no alert on a dated piece yet"
    if delay["median"] is not None:
        said = (
            f"From publication to alert: over all, half within {show_span(delay['median'])}, 95 percent within "
            f"{show_span(delay['p95'])}, of {alerts} alerts"
        )
    return {"bars": bars, "strips": strips, "sparks": sparks, "delays": draw_delays(steps, said)}
