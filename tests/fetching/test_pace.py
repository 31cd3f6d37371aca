"""When outlets are asked again: their wishes, moved, gone and quiet ones (RELIABILITY P5-P8, P12, P13)."""

from __future__ import annotations

import itertools
from email.utils import format_datetime
from typing import Any

import pytest
from drive import HTML, START, XML, LoopbackAnswer, Rig, rss

DAY = 24 * 60.0


async def wished(rig: Rig, headers: dict[str, str], channel: str) -> list[float]:
    """When a feed with a wish is asked, in whole minutes, over three hours."""
    outlet = rig.outlet()
    body = rss({"link": outlet.url("/a")}).replace(b"<channel>", b"<channel>" + channel.encode())
    said = {name: value.replace("EXPIRES", format_datetime(START, usegmt=True)) for name, value in headers.items()}
    outlet.routes["/feed"] = LoopbackAnswer(headers={**XML, **said}, body=body)
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(180)
    times = outlet.times("/feed")
    return [len(times), round(min(b - a for a, b in itertools.pairwise(times)) / 60)]


@pytest.mark.parametrize(
    ("headers", "channel", "least", "most"),
    [
        ({}, "", 9, 19),
        ({"Cache-Control": "max-age=60"}, "", 9, 19),  # the source's own interval is the later one
        ({"Cache-Control": "max-age=3600"}, "", 60, 3),
        ({"Expires": "EXPIRES"}, "", 9, 19),
        ({}, "<ttl>45</ttl>", 45, 5),
        ({"Cache-Control": "max-age=1800"}, "<ttl>45</ttl>", 45, 5),
    ],
)
def test_a_feed_is_asked_no_sooner_than_it_wishes(
    drive: Any, headers: dict[str, str], channel: str, least: int, most: int
) -> None:
    asked, pause = drive(wished, headers=headers, channel=channel)
    assert least <= pause <= least + 2
    assert most - 2 <= asked <= most + 1


async def skipped(rig: Rig) -> list[float]:
    outlet = rig.outlet()
    hours = "".join(f"<hour>{hour}</hour>" for hour in (7, 8))
    body = rss({"link": outlet.url("/a")}).replace(b"<channel>", f"<channel><skipHours>{hours}</skipHours>".encode())
    outlet.routes["/feed"] = LoopbackAnswer(headers=XML, body=body)
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(240)
    return [second // 3600 for second in outlet.times("/feed")]


def test_a_feed_is_left_alone_in_the_hours_it_names(drive: Any) -> None:
    hours = drive(skipped)  # from 06:00 on
    assert set(hours) == {0, 3}


async def moved(rig: Rig, status: int, back: bool) -> dict[str, Any]:
    """A feed that redirects, asked every five hours for three days; `back`: then its new address is gone."""
    outlet = rig.outlet()
    outlet.routes["/old"] = LoopbackAnswer(
        status=status, headers={"Location": outlet.url("/new"), **HTML}, body=b"moved"
    )
    outlet.feed({"path": "/a"}, path="/new", headers={"ETag": '"1"'})
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/old"), every="5h"))
    async with rig.engine() as running:
        await running.minutes(3 * DAY)
        problems = await running.rows("SELECT kind, cure FROM problems WHERE closed_at IS NULL")
        asked = len(outlet.asked("/old")), len(outlet.asked("/new"))
        if back:
            outlet.routes["/new"] = LoopbackAnswer(status=404, headers=HTML)
            outlet.feed({"path": "/a"}, path="/old")
            await running.minutes(DAY)
    tags = {asked.headers.get("if-none-match") for asked in outlet.asked("/new")[1:]}
    return {
        "before": asked[0],
        "more": asked[1] > asked[0] + 5,
        "problems": [[kind, cure.replace(outlet.url(""), "")] for kind, cure in problems],
        "tags": list(tags),
        "old": len(outlet.asked("/old")) > asked[0],
    }


def test_a_permanent_move_is_believed_after_a_day_and_told(drive: Any) -> None:
    assert drive(moved, status=308, back=False) == {
        "before": 6,  # at 0, 5, 10 … 25 hours
        "more": True,
        "problems": [["moved", "write /new for /old into config.toml"]],
        "tags": ['"1"'],
        "old": False,
    }


def test_an_address_that_gives_nothing_is_given_up_for_the_configured_one(drive: Any) -> None:
    assert drive(moved, status=301, back=True)["old"] is True


@pytest.mark.parametrize("status", [302, 307])
def test_a_passing_redirect_is_followed_and_never_believed(drive: Any, status: int) -> None:
    found = drive(moved, status=status, back=False)
    assert (found["before"] > 12, found["more"], found["problems"]) == (True, False, [])


async def inwards(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.routes["/old"] = LoopbackAnswer(status=301, headers={"Location": "http://10.0.0.1/feed", **HTML})
    rig.config(rig.feeds(outlet.url("/old"), every="5h"))
    async with rig.engine() as running:
        await running.minutes(2 * DAY)
        return await running.rows("SELECT moved_to, last_error LIKE '%leads to 10.0.0.1%' FROM endpoints")


def test_a_permanent_move_inwards_is_refused(drive: Any) -> None:
    assert drive(inwards) == [[None, 1]]


async def gone(rig: Rig, both: bool) -> dict[str, Any]:
    """One of two feeds, or both, answer 410; then a person has it tried again."""
    outlet = rig.outlet()
    outlet.routes["/feed"] = LoopbackAnswer(status=410, headers=HTML)
    outlet.feed({"path": "/a"}, path="/other")
    outlet.article("/a")
    if both:
        outlet.routes["/other"] = outlet.routes["/feed"]
    rig.config(rig.feeds(outlet.url("/feed"), outlet.url("/other"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(DAY)
        asked = [len(outlet.asked("/feed")), len(outlet.asked("/other")) > 100]
        state = await running.rows("SELECT state FROM sources")
        problems = await running.rows("SELECT DISTINCT kind FROM problems WHERE closed_at IS NULL ORDER BY kind")
        outlet.feed({"path": "/a"})
        await running.engine.store.do(running.engine.store.sources.resume, "news", rig.clock.now())
        await running.minutes(30)
        after = await running.rows("SELECT state FROM sources")
        open_ = await running.rows("SELECT DISTINCT kind FROM problems WHERE closed_at IS NULL ORDER BY kind")
    return {"asked": asked, "state": state, "problems": problems, "after": after, "open": open_}


def test_an_endpoint_that_is_gone_is_asked_no_more_and_told(drive: Any) -> None:
    assert drive(gone, both=False) == {
        "asked": [1, True],
        "state": [["ok"]],
        "problems": [["gone"]],
        "after": [["ok"]],
        "open": [],
    }


def test_a_source_that_is_gone_stops_until_a_person_resumes_it(drive: Any) -> None:
    assert drive(gone, both=True) == {
        "asked": [1, False],
        "state": [["stopped"]],
        "problems": [["gone"], ["source"]],
        "after": [["ok"]],
        "open": [["gone"]],  # /other, once more
    }


async def missing(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"}, path="/other")
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), outlet.url("/other"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(DAY)
        lost, good = len(outlet.asked("/feed")), len(outlet.asked("/other"))
        outlet.feed({"path": "/a"})
        await running.minutes(1.2 * DAY)
        return [lost, good > 130, await running.rows("SELECT failures, last_status FROM endpoints ORDER BY url")]


@pytest.mark.row("R12")
@pytest.mark.long
def test_an_endpoint_that_is_missing_is_asked_less_and_never_given_up(drive: Any) -> None:
    lost, good, rows = drive(missing)
    assert (6 <= lost <= 10, good, rows) == (True, True, [[0, 200], [0, 200]])


async def quiet(rig: Rig) -> list[Any]:
    """A feed with one piece, quiet for weeks, then news."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    for path in ("/a", "/b"):
        outlet.article(path)
    rig.config(rig.feeds(outlet.url("/feed"), every="2h"))
    async with rig.engine() as running:
        await running.minutes(13.9 * DAY)
        before = len(outlet.asked("/feed"))
        await running.minutes(10 * DAY)
        at = len(outlet.asked("/feed"))
        outlet.feed({"path": "/a"}, {"path": "/b"})
        await running.minutes(2 * DAY)
        stored = await running.rows("SELECT count(*) FROM articles")
    times = outlet.times("/feed")
    pauses = [round((b - a) / 3600) for a, b in itertools.pairwise(times)]
    return [before, at - before, max(pauses), pauses[-3:], stored]


def test_only_a_source_long_without_news_is_asked_less_until_there_is_some(drive: Any) -> None:
    before, then, longest, last, stored = drive(quiet)
    assert (160 <= before <= 175, 8 <= then <= 25, 22 <= longest <= 27, last, stored) == (
        *(True, True, True),
        [2, 2, 2],
        [[2]],
    )


async def crowd(rig: Rig) -> list[int]:
    """First polls of two thousand sources that are asked every ten minutes, by the minute."""
    names = "".join(
        f'[sources.s{n}]\nspider = "feed"\nevery = "10m"\nfeeds = ["http://h{n}.test/feed"]\n' for n in range(2000)
    )
    rig.config(names)
    async with rig.engine() as running:
        rows = await running.rows("SELECT next_poll_at FROM sources")
    minutes = [row[0][11:16] for row in rows]
    return [minutes.count(minute) for minute in sorted(set(minutes))]


def test_many_sources_begin_after_each_other(drive: Any) -> None:
    assert drive(crowd) == [500] * 4


async def behind(rig: Rig) -> list[int]:
    """When a feed is asked, in seconds after each other: its other lists and its pages take 90 s."""
    outlet = rig.outlet()
    paths = [f"/{number}" for number in range(4)]
    outlet.feed(*({"path": path} for path in paths))
    for path in paths:
        outlet.article(path)
    others = [f"/feed{number}" for number in range(5)]
    for path in others:
        outlet.feed(path=path)
    rig.config(rig.feeds(*map(outlet.url, ("/feed", *others)), every="2m"), fetch="delay = 10")
    async with rig.engine() as running:
        await running.minutes(5)
    times = outlet.times("/feed")
    return [round(b - a) for a, b in itertools.pairwise(times)]


def test_the_interval_counts_from_when_the_first_list_was_asked(drive: Any) -> None:
    first, second, *_ = drive(behind)  # the other lists of the first poll and its pages take 90 s
    assert 108 <= first <= 140
    assert 108 <= second <= 140
