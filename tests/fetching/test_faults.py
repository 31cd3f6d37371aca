"""Faults of ours and of the whole network: nothing is lost, and a person is told in a line."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from drive import HTML, START, XML, LoopbackAnswer, Rig, rss

from monitor.storage.connection import connect_database

LINKS = "SELECT state, outcome, attempts FROM links ORDER BY id"
POLLS = "SELECT outcome FROM polls ORDER BY id"

# A trigger makes the database fail at one kind of write with an OperationalError, as a full disk would.
FAULTS = {
    "links": "BEFORE INSERT ON links",
    "validators": "BEFORE UPDATE OF etag ON endpoints",
    "sightings": "BEFORE INSERT ON sightings",
    "settling": "BEFORE INSERT ON fetches",
    "article": "BEFORE INSERT ON articles",
}
TRIGGER = "CREATE TRIGGER fault {} BEGIN SELECT json('no room'); END"


async def broken_store(rig: Rig, fault: str) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"}, {"path": "/b"}, headers={"ETag": '"1"'})
    outlet.article("/a")
    outlet.article("/b")
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.do(TRIGGER.format(FAULTS[fault]))
        await running.minutes(0.5)
        during = {
            "links": await running.rows("SELECT state, attempts FROM links"),
            "etag": await running.rows("SELECT etag FROM endpoints WHERE etag IS NOT NULL"),
            "source": await running.rows("SELECT state, reason FROM sources"),
            "polls": await running.rows(POLLS),
            "fetches": await running.rows("SELECT count(*) FROM fetches"),
            "asked": outlet.paths(),
        }
        await running.do("DROP TRIGGER fault")
        await running.minutes(12)
        after = {
            "links": await running.rows(LINKS),
            "articles": await running.rows("SELECT count(*) FROM articles"),
            "fetches": await running.rows("SELECT outcome FROM fetches"),
            "etag": await running.rows("SELECT etag FROM endpoints"),
            "source": await running.rows("SELECT state, reason FROM sources"),
            "open": await running.rows("SELECT count(*) FROM polls WHERE outcome = 'open'"),
        }
    return {"during": during, "after": after, "sent": [a.headers.get("if-none-match") for a in outlet.asked("/feed")]}


@pytest.mark.row("R2")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_cannot_write_loses_nothing_and_says_so(drive: Any, fault: str) -> None:
    result = drive(broken_store, fault=fault)
    recorded = fault in ("settling", "article")
    during = result["during"]
    assert during["etag"] == ([['"1"']] if recorded else [])  # never without the links it stands for
    assert during["polls"] == [["failed"]]
    assert during["fetches"] == [[0]]
    assert during["links"] == ([["pending", 0]] * 2 if recorded else [])
    assert during["source"] == [["unsteady", "internal: OperationalError: malformed JSON"]]
    # What cannot be kept is not asked for again and again; one page may be on its way by then.
    assert during["asked"][:3] == (["/feed", "/robots.txt", "/a"] if recorded else ["/feed"])
    assert during["asked"][3:] in ([], ["/b"])
    assert result["after"] == {
        "links": [["done", "new", 1]] * 2,
        "articles": [[2]],
        "fetches": [["new"]] * 2,
        "etag": [['"1"']],
        "source": [["ok", None]],
        "open": [[0]],
    }
    unconditional = [sent for sent in result["sent"] if sent is None]
    assert len(unconditional) == (1 if recorded else 2)


async def unclosed(rig: Rig) -> dict[str, Any]:
    """The poll's own books cannot be closed for a minute and a half."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), every="2m"))
    during: list[Any] = []

    def mend(now: datetime) -> datetime | None:
        at = START + timedelta(seconds=90)
        if now >= at and not during:
            other = connect_database(rig.folder / "db" / "seedwatch.db")
            during.append([list(row) for row in other.execute("SELECT outcome FROM polls")])
            during.append([list(row) for row in other.execute("SELECT state, outcome FROM links")])
            other.execute("DROP TRIGGER fault")
            other.close()
        return None if during else at

    async with rig.engine() as running:
        await running.do(TRIGGER.format("BEFORE UPDATE OF finished_at ON polls"))
        await running.minutes(2, mend)
        closed = await running.rows("SELECT outcome, reason FROM polls")
        early = len(outlet.asked("/feed"))
        await running.minutes(5)
        after = await running.rows("SELECT outcome FROM polls WHERE id > 1")
        leases = await running.rows("SELECT count(*) FROM hosts WHERE lease IS NOT NULL")
    return {"during": during, "closed": closed, "early": early, "after": after[0], "leases": leases}


def test_a_poll_that_cannot_be_closed_is_closed_later(drive: Any) -> None:
    assert drive(unclosed) == {
        "during": [[["open"]], [["done", "new"]]],
        "closed": [["failed", "internal: OperationalError: malformed JSON"]],
        "early": 1,
        "after": ["ok"],
        "leases": [[0]],
    }


async def unreached(rig: Rig) -> dict[str, Any]:
    """Twelve endpoints of one outlet, and nobody home: no name, later no connection; then it is back."""
    outlet = rig.outlet()
    outlet.article("/a")
    feeds = [f"/feed{n}" for n in range(12)]
    for path in feeds:
        outlet.feed({"path": "/a"}, path=path)
    rig.config(rig.feeds(*(outlet.url(path) for path in feeds), every="1m"))
    rig.names["news.test"] = []
    async with rig.engine() as running:
        await running.minutes(1)
        first = await running.rows("SELECT state, reason, failures FROM sources")
        await running.minutes(8)
        await running.engine.housekeep()
        failing = await running.rows("SELECT state, failures >= 1.5 FROM sources")
        problems = await running.rows("SELECT kind, detail FROM problems WHERE closed_at IS NULL ORDER BY kind")
        polls = await running.rows("SELECT DISTINCT outcome, seen FROM polls")
        rig.names["news.test"] = ["127.0.0.1"]
        await running.minutes(6)
        await running.engine.housekeep()
        again = await running.rows("SELECT state, reason, failures FROM sources")
        closed = await running.rows("SELECT count(*) FROM problems WHERE closed_at IS NULL")
        links = await running.rows("SELECT status, outcome, reason FROM fetches")
    return {
        "first": first,
        "failing": failing,
        "problems": problems,
        "polls": polls,
        "again": again,
        "closed": closed,
        "links": links,
    }


def test_a_source_nobody_answers_for_has_failed_and_says_why_in_a_line(drive: Any) -> None:
    why = "its name is not found: DNS has no news.test (12 endpoints)"
    assert drive(unreached) == {
        "first": [["unsteady", why, 0.25]],
        "failing": [["failing", 1]],
        "problems": [
            ["network", f"none of 1 sources could be reached at their last poll: {why}"],
            ["source", why],
        ],
        "polls": [["failed", 0]],
        "again": [["ok", None, 0]],
        "closed": [[0]],
        "links": [[200, "new", None]],  # listed twelve times, fetched once
    }


async def partly(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    outlet.routes["/bad1"] = outlet.routes["/bad2"] = LoopbackAnswer(status=500)
    outlet.routes["/html"] = LoopbackAnswer(headers=HTML, body=b"<!DOCTYPE html><html><body>Hello</body></html>")
    rig.config(rig.feeds(*(outlet.url(path) for path in ("/bad1", "/feed", "/bad2", "/html"))))
    async with rig.engine() as running:
        await running.minutes(0.5)
        ((outcome, reason),) = await running.rows("SELECT outcome, reason FROM polls")
        state = await running.rows("SELECT state, failures FROM sources")
    return [outcome, reason.replace(outlet.url(""), "http://OUTLET"), state]


def test_a_source_that_answers_in_part_says_which_part(drive: Any) -> None:
    reason = "status 500 from … (2 endpoints); HTML where a feed should be: http://OUTLET/html"
    assert drive(partly) == ["partial", reason, [["ok", 0]]]


async def stopped(rig: Rig, early: bool) -> dict[str, Any]:
    """The daemon stops in the middle of a crawl, then starts again."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a"}, {"path": "/slow"}, {"path": "/b"})
    for path in ("/a", "/slow", "/b"):
        outlet.article(path)
    good = outlet.routes["/slow"]
    assert isinstance(good, LoopbackAnswer)
    outlet.routes["/slow"] = LoopbackAnswer(headers=good.headers, body=good.body, delay=30.0)
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"), fetch="delay = 0.0")
    async with rig.engine() as running:
        begun = await running.engine.tick()
        while not early and not outlet.asked("/slow"):
            await asyncio.sleep(0.01)
        await running.engine.stop(1.0)
        done = [task.done() and not task.cancelled() for task in begun]
    outlet.routes["/slow"] = good
    stopped = len(outlet.paths())
    async with rig.engine() as running:
        links = await running.rows("SELECT state, attempts FROM links ORDER BY id")
        polls = await running.rows("SELECT outcome, reason FROM polls")
        source = await running.rows("SELECT state, reason, failures FROM sources")
        await running.minutes(2)
        after = await running.rows(LINKS)
    return {
        "done": done,
        "links": links,
        "polls": polls,
        "source": source,
        "after": after,
        "again": outlet.paths()[stopped:],
    }


def test_a_crawl_that_is_stopped_is_closed_as_aborted_and_loses_nothing(drive: Any) -> None:
    assert drive(stopped, early=False) == {
        "done": [True],
        "links": [["done", 1], ["pending", 0], ["pending", 0]],
        "polls": [["aborted", "seedwatch stopped in the middle of it"]],
        "source": [["new", None, 0]],
        "after": [["done", "new", 1]] * 3,
        "again": ["/feed", "/slow", "/b"],
    }


def test_a_crawl_that_is_stopped_before_it_began_is_begun_again(drive: Any) -> None:
    result = drive(stopped, early=True)
    assert (result["links"], result["polls"][0][0]) == ([], "aborted")
    assert result["after"] == [["done", "new", 1]] * 3


async def silent_endpoint(rig: Rig) -> dict[str, Any]:
    """The first of two feeds is busy: the second is not asked, and nothing ill is said of it."""
    outlet = rig.outlet()
    outlet.routes["/busy"] = LoopbackAnswer(status=429, headers={**XML, "Retry-After": "120"}, body=rss())
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/busy"), outlet.url("/feed"), every="1m"))
    async with rig.engine() as running:
        await running.minutes(1.5)
        rows = await running.rows("SELECT last_status, failures FROM endpoints ORDER BY url")
        polls = await running.rows(POLLS)
        outlet.routes["/busy"] = LoopbackAnswer(headers=XML, body=rss({"link": outlet.url("/a")}))
        await running.minutes(3)
        links = await running.rows(LINKS)
    return {"rows": rows, "polls": polls, "links": links, "asked": outlet.paths()[:2]}


def test_an_endpoint_that_was_not_asked_has_not_failed(drive: Any) -> None:
    assert drive(silent_endpoint) == {
        "rows": [[429, 0.5], [None, 0]],
        "polls": [["failed"]],
        "links": [["done", "new", 1]],
        "asked": ["/busy", "/busy"],
    }
