"""Gaps in live crawls: found when two answers do not meet, filled at once, closed with a reason or left open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from drive import HTML, START, XML, LoopbackAnswer, Rig, Running, rss, sitemap

from monitor.discovery.gap_detection import RETRIES

EVERY = timedelta(minutes=5)
GAPS = (
    "SELECT state, found, pages, attempts, closed_because FROM gaps JOIN endpoints ON endpoints.id = endpoint_id "
    "ORDER BY gaps.id"
)


class Wire:
    """An outlet with a piece every five minutes; articles are forbidden to us, for only the ledger matters here."""

    def __init__(self, rig: Rig, *, first: int = 40) -> None:
        self.clock = rig.clock
        self.first = first  # pieces before the start
        self.outlet = rig.outlet()
        self.outlet.robots("User-agent: *\nDisallow: /n/")
        self.down = False
        self.until = START + timedelta(days=99)  # nothing is published later

    def pieces(self) -> list[int]:
        """The numbers of what is published, newest first."""
        now = min(self.clock.now(), self.until)
        return list(range(self.first + int((now - START) / EVERY), -1, -1))

    def date(self, number: int) -> datetime:
        return START + EVERY * (number - self.first)

    def serve(self, path: str, make: Callable[[Any], LoopbackAnswer]) -> str:
        self.outlet.routes[path] = lambda asked: LoopbackAnswer(status=503) if self.down else make(asked)
        return self.outlet.url(path)

    def feed(self, window: int = 10, *, dated: bool = True, guid: Callable[[int], str] = str) -> str:
        def make(_: Any) -> LoopbackAnswer:
            items: list[dict[str, Any]] = [
                {"link": self.outlet.url(f"/n/{number}"), "guid": guid(number)}
                | ({"date": self.date(number)} if dated else {})
                for number in self.pieces()[:window]
            ]
            return LoopbackAnswer(headers=XML, body=rss(*items))

        return self.serve("/feed", make)

    def map(self, *, without: Callable[[int], bool] = lambda _: False) -> str:
        def make(_: Any) -> LoopbackAnswer:
            pieces = [number for number in self.pieces() if not without(number)]
            body = sitemap(*((self.outlet.url(f"/n/{number}"), self.date(number)) for number in pieces))
            return LoopbackAnswer(headers=XML, body=body)

        return self.serve("/map.xml", make)

    def listing(self, size: int = 5) -> str:
        """Undated pages of links with a pinned one on each."""

        def make(asked: Any) -> LoopbackAnswer:
            page = int(asked.query.get("page", 0))
            shown = [0, *self.pieces()[page * size : (page + 1) * size]]
            links = "".join(f'<h2><a href="/n/{number}">Piece number {number}</a></h2>' for number in shown)
            body = f'<html><body>{links}<a href="?page={page + 1}">Next</a></body></html>'
            return LoopbackAnswer(headers=HTML, body=body.encode())

        return self.serve("/list", make)

    async def away(self, running: Running, minutes: float = 240) -> None:
        """The outlet answers 503 for a while; the back-off has ended two hours later."""
        self.down = True
        await running.minutes(minutes)
        self.down = False
        await running.minutes(130)


async def missing(running: Running, wire: Wire) -> list[int]:
    """Numbers published and never listed to us."""
    rows = await running.rows("SELECT url FROM links")
    known = {int(url.rpartition("/")[2]) for (url,) in rows}
    return sorted(number for number in set(wire.pieces()[5:]) - known if number > wire.first)


async def gaps_of(running: Running, wire: Wire) -> dict[str, Any]:
    return {
        "gaps": await running.rows(GAPS),
        "missing": len(await missing(running, wire)),
        "problems": await running.rows("SELECT kind, subject, closed_at IS NOT NULL FROM problems WHERE kind = 'gap'"),
    }


async def beside_a_sitemap(rig: Rig, holes: bool) -> dict[str, Any]:
    wire = Wire(rig)
    without = (lambda number: number % 10 == 3) if holes else (lambda _: False)
    rig.config(rig.feeds(wire.feed(4), every="10m", sitemaps=[wire.map(without=without)]))
    async with rig.engine() as running:
        await running.minutes(660)
        quiet = await running.rows("SELECT count(*) FROM gaps")
        await wire.away(running, 45)
        return {"quiet": quiet, **await gaps_of(running, wire)}


def test_a_sitemap_that_lists_the_same_pieces_closes_the_gap_of_a_feed(drive: Any) -> None:
    found = drive(beside_a_sitemap, holes=False)
    [[state, links, pages, attempts, because]] = found.pop("gaps")
    assert found == {"quiet": [[0]], "missing": 0, "problems": []}
    assert (state, pages, attempts) == ("closed", 0, 0)
    assert links > 5
    assert because.startswith("another endpoint was read without a break over it and listed ")


def test_one_that_misses_some_pieces_does_not(drive: Any) -> None:
    found = drive(beside_a_sitemap, holes=True)
    [[state, _, _, _, because]] = found["gaps"]
    assert (state, because, found["problems"]) == ("open", None, [["gap", "news", 0]])
    assert found["missing"] > 0


async def deeper(rig: Rig, break_at: int) -> dict[str, Any]:
    """An undated list is read page by page until known ground; a page that fails is where the next try goes on."""
    wire = Wire(rig)
    rig.config(f'[sources.news]\nspider = "listing"\nevery = "10m"\nlistings = ["{wire.listing()}"]\narticle = "/n/"\n')
    good = wire.outlet.routes["/list"]
    failed: list[str] = []

    def once(asked: Any) -> LoopbackAnswer:
        if break_at and asked.query.get("page") == str(break_at) and not failed:
            failed.append(asked.target)
            return LoopbackAnswer(status=500)
        return good(asked)

    async with rig.engine() as running:
        await running.minutes(270)
        wire.outlet.log.clear()
        await running.minutes(60)
        quiet = {asked.target for asked in wire.outlet.log}
        wire.outlet.routes["/list"] = once
        await wire.away(running)
        return {"quiet": sorted(quiet), **await gaps_of(running, wire)}


def test_deeper_pages_fill_the_gap_of_a_listing(drive: Any) -> None:
    found = drive(deeper, break_at=0)
    [[state, links, pages, attempts, because]] = found.pop("gaps")
    assert found == {"quiet": ["/list"], "missing": 0, "problems": []}  # known ground: no page more is asked for
    assert (state, attempts, because) == ("closed", 0, f"{pages} pages deeper it lists what was known before")
    assert 5 * pages - 5 < links <= 5 * pages


def test_a_page_that_fails_is_asked_again(drive: Any) -> None:
    found = drive(deeper, break_at=4)
    [[state, _, _, attempts, _]] = found["gaps"]
    assert (state, attempts, found["missing"], found["problems"]) == ("closed", 1, 0, [["gap", "news", 1]])


async def with_validators(rig: Rig) -> dict[str, Any]:
    """A list whose pages carry an ETag each; deeper ones are read once, to fill a gap."""
    wire = Wire(rig)
    rig.config(f'[sources.news]\nspider = "listing"\nevery = "10m"\nlistings = ["{wire.listing()}"]\narticle = "/n/"\n')
    good = wire.outlet.routes["/list"]

    def tagged(asked: Any) -> LoopbackAnswer:
        answer = good(asked)
        return replace(answer, headers={**answer.headers, "ETag": f'"page {asked.query.get("page", 0)}"'})

    wire.outlet.routes["/list"] = tagged
    async with rig.engine() as running:
        await running.minutes(30)
        await wire.away(running)
        asked = [one for one in wire.outlet.log if one.target.startswith("/list")]
        pages = {one.query.get("page", "0") for one in asked}
        sent = {one.headers["if-none-match"] for one in asked if "if-none-match" in one.headers}
        kept = await running.rows("SELECT DISTINCT etag FROM endpoints")
        return {"pages": len(pages), "sent": sorted(sent), "kept": kept}


def test_a_further_page_leaves_the_validators_of_the_first(drive: Any) -> None:
    found = drive(with_validators)
    assert found["pages"] > 1
    assert (found["sent"], found["kept"]) == (['"page 0"'], [['"page 0"']])


async def alone(rig: Rig, dated: bool) -> dict[str, Any]:
    wire = Wire(rig)
    rig.config(rig.feeds(wire.feed(dated=dated), every="10m"))
    async with rig.engine() as running:
        await running.minutes(120)
        await wire.away(running)
        soon = await gaps_of(running, wire)
        lost = await missing(running, wire)
        [[since, until]] = await running.rows("SELECT from_at, to_at FROM gaps")
    wire.until = rig.clock.now()
    rig.config(rig.feeds(wire.feed(dated=dated), every="12h"))
    async with rig.engine() as running:
        await running.minutes(60 * 24 * 12)
        late = await gaps_of(running, wire)
        next_try = await running.rows("SELECT next_try_at FROM gaps")
    lost_at = [wire.date(number) for number in lost]
    inside = [datetime.fromisoformat(since) <= at <= datetime.fromisoformat(until) for at in lost_at]
    return {"soon": soon, "late": late, "inside": all(inside), "next": next_try}


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_alone_leaves_its_gap_open_and_a_person_told(drive: Any, dated: bool) -> None:
    found = drive(alone, dated=dated)
    lost = found["soon"]["missing"]
    assert lost > 10
    assert found["inside"]
    assert found["soon"]["problems"] == [["gap", "news", 0]]
    [[state, _, _, attempts, _]] = found["late"]["gaps"]
    # Told for a week; the row stays for good.
    assert (state, attempts, found["next"]) == ("open", len(RETRIES) + 1, [[None]])
    assert found["late"]["problems"] == [["gap", "news", 1]]


async def new_guids(rig: Rig) -> list[Any]:
    wire = Wire(rig)
    rig.config(rig.feeds(wire.feed(), every="10m"))
    async with rig.engine() as running:
        await running.minutes(120)
        wire.feed(guid=lambda number: f"{number} at https://elsewhere.example")
        await running.minutes(120)
        return await running.rows("SELECT (SELECT count(*) FROM gaps), count(*) - count(DISTINCT url) FROM links")


def test_new_guids_for_everything_are_no_gap(drive: Any) -> None:
    assert drive(new_guids) == [[0, 0]]


async def stopped(rig: Rig) -> dict[str, Any]:
    """The daemon is away for six hours and comes back on the same database."""
    wire = Wire(rig)
    rig.config(rig.feeds(wire.feed(4), every="10m", sitemaps=[wire.map()]))
    async with rig.engine() as running:
        await running.minutes(660)
    rig.clock.advance_to(rig.clock.now() + timedelta(hours=1))
    async with rig.engine() as running:
        await running.minutes(20)
        return await gaps_of(running, wire)


def test_after_downtime_it_happens_by_itself(drive: Any) -> None:
    found = drive(stopped)
    [[state, links, *_]] = found.pop("gaps")
    assert (state, links > 5) == ("closed", True)
    assert found == {"missing": 0, "problems": []}


async def two_bursts(rig: Rig) -> dict[str, Any]:
    """Twice within six minutes more comes at once than the feed holds; the sitemap beside it lists all."""
    outlet = rig.outlet()
    outlet.robots("User-agent: *\nDisallow: /n/")

    def publish(count: int) -> None:
        links = [outlet.url(f"/n/{number}") for number in range(count, 0, -1)]
        outlet.xml("/feed", rss(*({"link": link, "date": rig.clock.now()} for link in links[:4])))
        outlet.xml("/map.xml", sitemap(*((link, rig.clock.now()) for link in links)))

    publish(4)
    rig.config(rig.feeds(outlet.url("/feed"), every="1m", sitemaps=[outlet.url("/map.xml")]))
    found = []
    async with rig.engine() as running:
        await running.minutes(2)
        for count in (20, 36):
            publish(count)
            await running.minutes(3)
            found += await running.rows("SELECT count(*) FROM links")
    return {"links": found, "map": len(outlet.asked("/map.xml"))}


def test_a_sitemap_asked_a_minute_ago_is_asked_again_for_a_gap(drive: Any) -> None:
    assert drive(two_bursts) == {"links": [[20], [36]], "map": 3}
