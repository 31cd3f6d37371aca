"""What a source's state says over weeks: quiet days, silence, news again, a change of template."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from drive import HTML, START, XML, LoopbackAnswer, Rig, rss, text

HOUR = timedelta(hours=1)
OPEN = (
    "SELECT kind, detail FROM problems WHERE closed_at IS NULL AND kind IN ('source', 'silent', 'drift') ORDER BY kind"
)


def page(title: str, at: datetime, *, new: bool, lead: bool) -> bytes:
    """A page of the outlet's template, the old one or the `new`: no metadata, and the text in other parts."""
    if new:
        body = "".join(f"<div class='row'><span>{part}.</span></div>" for part in text(title).split(". "))
        head = f"<!DOCTYPE html><html><head><title>{title}</title></head>"
        return f"{head}<body><h2>{title}</h2>{body}</body></html>".encode()
    said = f"<meta name='description' content='The council met on {title}.'>" if lead else ""
    summary = f"<p class='lead'>The council met on {title}.</p>" if lead else ""
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{said}"
        f"<meta property='og:type' content='article'><meta property='og:title' content='{title}'>"
        f"<meta property='article:published_time' content='{at.isoformat()}'>"
        f"<meta property='article:section' content='harbour'>"
        f"</head><body><article><h1>{title}</h1>{summary}<p>{text(title)}</p></article></body></html>"
    ).encode()


async def weeks(rig: Rig) -> dict[str, Any]:
    """Thirty days of eight pieces a day between 06:00 and 18:00; then nothing; then news; then another template."""
    outlet, chance = rig.outlet(), random.Random(4)
    items: list[dict[str, Any]] = []

    def publish(at: datetime, *, new: bool) -> None:
        path = f"/{len(items)}"
        title = f"The quay at {len(items)} metres"
        outlet.routes[path] = LoopbackAnswer(headers=HTML, body=page(title, at, new=new, lead=chance.random() < 0.7))
        items.insert(0, {"path": path, "title": title, "date": at})
        outlet.feed(*items[:60])

    outlet.feed()
    rig.config(rig.feeds(outlet.url("/feed"), every="2h"), fetch="delay = 0.0")
    states: list[str] = []
    async with rig.engine() as running:

        async def until(end: datetime) -> None:
            await running.minutes((end - rig.clock.now()).total_seconds() / 60)
            ((state,),) = await running.rows("SELECT state FROM sources")
            if states[-1:] != [state]:
                states.append(state)

        for day in range(30):
            for hour in (0, 2, 3, 5, 7, 8, 10, 12):
                await until(START + HOUR * (24 * day + hour))
                publish(rig.clock.now(), new=False)
        await until(rig.clock.now() + HOUR * 2)
        quiet = [list(states), await running.rows(OPEN)]
        await until(rig.clock.now() + HOUR * 60)
        silent = await running.rows(OPEN)
        publish(rig.clock.now(), new=False)
        await until(rig.clock.now() + HOUR * 3)
        again = await running.rows(OPEN)
        pieces = 0
        while states[-1] != "drifting" and pieces < 40:
            publish(rig.clock.now(), new=True)
            await until(rig.clock.now() + HOUR * 2.4)
            pieces += 1
        drift = await running.rows(OPEN)
    problems = {"silent": silent, "again": again, "drift": drift}
    return {"quiet": quiet, "pieces": pieces, "states": states, "problems": problems}


@pytest.mark.long
@pytest.mark.slow
def test_quiet_weeks_raise_nothing_a_silence_and_a_new_template_do(drive: Any) -> None:
    found = drive(weeks)
    assert found["quiet"] == [["ok"], []]
    assert found["pieces"] <= 20
    assert found["states"] == ["ok", "silent", "ok", "drifting"]
    ((drift, changed),) = found["problems"]["drift"]
    ((silent, odds),) = found["problems"]["silent"]
    assert (drift, "published from meta" in changed) == ("drift", True)
    assert (silent, odds.startswith("silent for 6") and " h, 1 in " in odds) == ("silent", True)
    assert found["problems"]["again"] == []


async def half_dead(rig: Rig) -> dict[str, Any]:
    """A feed that answers, beside one that is 404 for ever; then one more poll, by hand."""
    outlet = rig.outlet()
    outlet.article("/a")
    outlet.feed({"path": "/a"})
    rig.config(rig.feeds(outlet.url("/feed"), outlet.url("/none"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(60)
        [[state, reason]] = await running.rows("SELECT state, reason FROM sources")
        return {"state": state, "reason": reason.replace(outlet.url(""), ""), "problems": await running.rows(OPEN)}


@pytest.mark.row("R12")
def test_a_second_feed_that_is_never_there_does_not_read_ok(drive: Any) -> None:
    assert drive(half_dead) == {
        "state": "unsteady",
        "reason": "feed /none gives nothing: status 404 from /none",
        "problems": [],
    }


async def all_refused(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.robots("User-agent: *\nDisallow: /n/\n")
    outlet.feed(*({"path": f"/n/{number}"} for number in range(20)))
    rig.config(rig.feeds(outlet.url("/feed"), every="30m"))
    async with rig.engine() as running:
        await running.minutes(40)
        return await running.rows("SELECT state, substr(reason, 1, 61) FROM sources")


def test_a_source_none_of_whose_pages_can_be_read_does_not_read_ok(drive: Any) -> None:
    assert drive(all_refused) == [["unsteady", "none of its last 20 pages could be read; the last: refused: r"]]


async def cut_feed(rig: Rig, *, wire: bool = False) -> list[Any]:
    """A feed whose first answer ends before its end; `wire`: the connection does, and its length says so."""
    outlet = rig.outlet()
    outlet.article("/a")
    outlet.article("/b")
    whole = rss({"link": outlet.url("/a"), "title": "A"}, {"link": outlet.url("/b"), "title": "B"})
    stated = {"Content-Length": str(len(whole)), "Connection": "close"} if wire else {}
    answers = [LoopbackAnswer(headers={**XML, **stated}, body=whole[:-100]), LoopbackAnswer(headers=XML, body=whole)]
    outlet.routes["/feed"] = lambda _: answers.pop(0) if len(answers) > 1 else answers[0]
    rig.config(rig.feeds(outlet.url("/feed"), every="10m"))
    found = []
    async with rig.engine() as running:
        for minutes in (0.5, 10):
            await running.minutes(minutes)
            found.append(await running.rows("SELECT dropped, dropped_because, openings FROM endpoints"))
        return [found, await running.rows("SELECT count(*), sum(backlog) FROM articles")]


async def broken_off_feed(rig: Rig) -> list[Any]:
    return await cut_feed(rig, wire=True)


@pytest.mark.parametrize("scenario", [cut_feed, broken_off_feed])
def test_what_a_list_loses_is_counted_and_a_list_cut_off_is_not_all_that_was_there(drive: Any, scenario: Any) -> None:
    [[[[dropped, because, times]], [after]], articles] = drive(scenario)
    assert (dropped, times) == (1, 0)  # it is asked again before it counts
    assert "cut off" in because
    assert after[:2] == [0, None]
    assert articles == [[2, 2]]
