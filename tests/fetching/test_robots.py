"""robots.txt by RFC 9309, and the pace a host asks for in it (RELIABILITY P9, P10)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from drive import XML, LoopbackAnswer, Rig, rss


async def robots(rig: Rig, case: str) -> dict[str, Any]:
    """One allowed and one forbidden page; how robots.txt answers is the case."""
    outlet, other = rig.outlet(), rig.outlet("other.test")
    rules = "User-agent: *\nDisallow: /private\nDisallow: /feed\n"
    text = {"Content-Type": "text/plain"}
    # Closed, or Twisted tries a connection that died once more.
    outlet.feed({"path": "/open"}, {"path": "/private/x"}, headers={"Connection": "close"})
    outlet.article("/open")
    outlet.article("/private/x")
    other.robots(rules)
    padding = "# a line of no use\n" * 40_000
    outlet.routes["/robots.txt"] = {
        "rules": LoopbackAnswer(headers=text, body=rules.encode()),
        "bom": LoopbackAnswer(headers=text, body=b"\xef\xbb\xbf" + rules.encode()),
        "another's": LoopbackAnswer(headers=text, body=b"User-agent: github\nUser-agent: http\nDisallow: /\n"),
        "404": LoopbackAnswer(status=404),
        "403": LoopbackAnswer(status=403),
        "500": LoopbackAnswer(status=500),
        "timeout": LoopbackAnswer(delay=3.0),
        "reset": LoopbackAnswer(reset=True),
        "redirect": LoopbackAnswer(status=301, headers={"Location": other.url("/robots.txt")}),
        "huge": LoopbackAnswer(headers=text, body=(rules + padding + "Disallow: /open\n").encode()),
        # The cap falls into the middle of this rule: half of it would forbid everything.
        "cut": LoopbackAnswer(
            headers=text,
            body=(
                "User-agent: *\n#" + "x" * (500 * 1024 - 14 - 1 - 1 - len("Disallow: /")) + "\nDisallow: /private"
            ).encode(),
        ),
    }[case]
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"), allow=["news.test", "other.test"], fetch='timeout = "1s"')
    async with rig.engine() as running:
        await running.minutes(0.6)
        rows = await running.rows("SELECT outcome, reason FROM links ORDER BY id")
    return {"rows": [[o, (r or "").replace(f":{outlet.port}", "")] for o, r in rows], "asked": outlet.paths()}


OPEN, REFUSED = ["new", ""], ["refused", "robots.txt of news.test forbids /private/x"]
UNREAD = ["failed", "robots.txt of news.test could not be read, so nothing is fetched there for now"]


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        ("rules", [OPEN, REFUSED]),
        ("bom", [OPEN, REFUSED]),
        ("another's", [OPEN, OPEN]),
        ("404", [OPEN, OPEN]),
        ("403", [OPEN, OPEN]),
        ("redirect", [OPEN, REFUSED]),
        ("huge", [OPEN, REFUSED]),
        ("cut", [OPEN, OPEN]),
        ("500", [UNREAD, UNREAD]),
        ("timeout", [UNREAD, UNREAD]),
        ("reset", [UNREAD, UNREAD]),
    ],
)
def test_robots(drive: Any, case: str, rows: list[Any]) -> None:
    """RFC 9309. The feed is forbidden by the rules and fetched all the same: a person subscribed to it."""
    result = drive(robots, case=case)
    assert result["rows"] == rows
    pages = [path for path, row in zip(("/open", "/private/x"), rows, strict=True) if row == OPEN]
    assert result["asked"] == ["/feed", "/robots.txt", *pages]


async def robots_age(rig: Rig) -> dict[str, Any]:
    """robots.txt is kept for a day, over a restart; then its new rules hold, and an old copy serves while it fails."""
    outlet = rig.outlet()
    published = 0

    def feed(_: Any) -> LoopbackAnswer:
        nonlocal published
        published += 1
        outlet.article(f"/p{published}")
        return LoopbackAnswer(headers=XML, body=rss({"link": outlet.url(f"/p{published}")}))

    outlet.routes["/feed"] = feed
    outlet.robots("")
    rig.config(rig.feeds(outlet.url("/feed"), every="6h"))
    async with rig.engine() as running:
        await running.minutes(12 * 60)
    async with rig.engine() as running:
        await running.minutes(11 * 60)
        kept = len(outlet.asked("/robots.txt"))
        outlet.robots("User-agent: seedwatch\nDisallow: /")
        await running.minutes(26 * 60)
        outlet.routes["/robots.txt"] = LoopbackAnswer(status=500)
        await running.minutes(24 * 60)
        rows = await running.rows("SELECT outcome FROM links ORDER BY id")
    new = [row[0] for row in rows].index("refused")
    return {"kept": kept, "then": {row[0] for row in rows[new:]} == {"refused"}, "at": outlet.times("/robots.txt")[1]}


def test_robots_are_kept_for_a_day(drive: Any) -> None:
    result = drive(robots_age)
    assert result.pop("at") > 24 * 3600
    assert result == {"kept": 1, "then": True}


async def robots_back(rig: Rig) -> list[Any]:
    """robots.txt cannot be read for a moment: how long until the page is fetched?"""
    outlet = rig.outlet()
    failures = [LoopbackAnswer(status=500)]
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    outlet.robots("")
    good = outlet.routes["/robots.txt"]
    outlet.routes["/robots.txt"] = lambda _: failures.pop() if failures else good
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    async with rig.engine() as running:
        await running.minutes(5)
        rows = await running.rows("SELECT outcome, attempts FROM links")
    return [rows, outlet.times("/a")[0] < 90]


def test_an_unreadable_robots_file_costs_about_a_minute(drive: Any) -> None:
    assert drive(robots_back) == [[["new", 2]], True]


async def crowd(rig: Rig, crawl_delay: str | None) -> dict[str, Any]:
    """Twelve sources on one host, each with three pieces."""
    outlet = rig.outlet()
    tables = []
    for source in range(12):
        outlet.feed(*({"path": f"/{source}/{n}"} for n in range(3)), path=f"/feed{source}")
        for n in range(3):
            outlet.article(f"/{source}/{n}")
        tables.append(
            f'[sources.s{source}]\nspider = "feed"\nevery = "10m"\nfeeds = ["{outlet.url(f"/feed{source}")}"]\n'
        )
    outlet.robots(f"User-agent: *\nCrawl-delay: {crawl_delay}\n" if crawl_delay else "")
    rig.config("".join(tables), fetch="delay = 2.0")
    async with rig.engine() as running:
        await running.minutes(9)
        stored = await running.rows("SELECT count(*) FROM articles")
    times = outlet.times()
    gaps = [round(b - a, 3) for a, b in pairwise(times)]
    return {"stored": stored[0][0], "most": outlet.most_at_once, "first": gaps[0], "least": min(gaps[1:])}


@pytest.mark.parametrize(
    ("crawl_delay", "stored", "least"), [(None, 36, 2.0), ("7", 36, 7.0), ("nan", 36, 2.0), ("-5", 36, 2.0)]
)
def test_a_host_is_asked_one_thing_at_a_time(drive: Any, crawl_delay: str | None, stored: int, least: float) -> None:
    result = drive(crowd, crawl_delay=crawl_delay)
    assert result.pop("least") >= least
    assert result == {"stored": stored, "most": 1, "first": 2.0}


async def long_delay(rig: Rig) -> dict[str, Any]:
    """A Crawl-delay of a week is cut to ten minutes, and a crawl ends within its lease for all that."""
    outlet = rig.outlet()
    outlet.feed(*({"path": f"/{n}"} for n in range(15)))
    for n in range(15):
        outlet.article(f"/{n}")
    outlet.robots("User-agent: *\nCrawl-delay: 604800\n")
    rig.config(rig.feeds(outlet.url("/feed"), every="1d"))
    async with rig.engine() as running:
        await running.minutes(3.5 * 60)
        polls = await running.rows("SELECT outcome, started_at, finished_at FROM polls ORDER BY id")
        links = await running.rows("SELECT outcome, attempts FROM links")
        longest = await running.rows(
            "SELECT max((julianday(finished_at) - julianday(started_at)) * 24) < 1.3 FROM polls"
        )
    gaps = [b - a for a, b in pairwise(outlet.times())]
    return {"polls": {p[0] for p in polls} == {"ok"}, "links": links, "gap": min(gaps[1:]), "short": longest[0][0]}


@pytest.mark.long
def test_a_crawl_ends_before_its_lease(drive: Any) -> None:
    assert drive(long_delay) == {"polls": True, "links": [["new", 1]] * 15, "gap": 600.0, "short": 1}
