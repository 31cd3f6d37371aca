"""New sources while others wait for room: all are looked at before the backlog of the first is read."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from drive import HTML, XML, LoopbackAnswer, Rig, page, rss

from monitor.fetching.context import BACKLOG_CROWDED

SOURCES, OLD = 10, 12


async def crowded(rig: Rig, hops: int = 0) -> dict[str, Any]:
    """Ten new feeds with twelve old pieces each, behind so many redirects; one request on the wire, so that four may be
    under way."""
    lines, outlets = [], []
    for number in range(SOURCES):
        outlet = rig.outlet(f"news{number}.test")
        outlets.append(outlet)
        outlet.routes["/feed"] = _list(outlet)
        for piece in range(OLD):
            for hop in range(hops):
                target = outlet.url(f"/{piece}{'x' * (hop + 1)}")
                outlet.routes[f"/{piece}{'x' * hop}"] = LoopbackAnswer(status=302, headers={"Location": target, **HTML})
            outlet.article(f"/{piece}{'x' * hops}", f"The quay of day {piece} at port {number}")
        lines.append(f'[sources.s{number}]\nspider = "feed"\nevery = "2h"\nfeeds = ["{outlet.url("/feed")}"]')
    names = [f"news{number}.test" for number in range(SOURCES)]
    rig.config("\n".join(lines), allow=names, fetch="concurrency = 1")
    async with rig.engine() as running:
        await running.minutes(30)
        polls = await running.rows("SELECT source, count(*) FROM polls WHERE seen > 0 GROUP BY source ORDER BY source")
        links = await running.rows("SELECT state, count(*) FROM links GROUP BY state")
    pages = [sorted(outlet.times(f"/{piece}")[0] for piece in range(OLD)) for outlet in outlets]
    asked = [len(outlet.asked(f"/{piece}")) for outlet in outlets for piece in range(OLD)]
    return {
        "polls": polls,
        "links": links,
        "asked": [min(asked), max(asked)],
        "last list": max(outlet.times("/feed")[0] for outlet in outlets),
        "third page": min(times[2] for times in pages),
    }


def _list(outlet: Any) -> Any:
    items = ({"link": outlet.url(f"/{piece}"), "title": f"Day {piece}"} for piece in range(OLD))
    return LoopbackAnswer(headers=XML, body=rss(*items))


@pytest.mark.parametrize("hops", [0, 3])
def test_backlog_waits_for_the_first_look_at_every_source(drive: Any, hops: int) -> None:
    found = drive(crowded, hops=hops)
    assert found.pop("last list") <= found.pop("third page")
    assert found == {
        "polls": [[f"s{number}", 1] for number in range(SOURCES)],
        "links": [["done", SOURCES * OLD]],
        "asked": [1, 1],
    }


async def crowded_hosts(rig: Rig) -> dict[str, Any]:
    """Ten new feeds whose old pieces stand on a host each; one request on the wire. The first feed's hosts hang."""
    lines, outlets, names = [], [], []
    order: list[tuple[int, str]] = []  # sources, and whether their list or a robots.txt was asked for

    def noted(number: int, what: str, answer: LoopbackAnswer) -> Any:
        return lambda _: order.append((number, what)) or answer

    for number in range(SOURCES):
        outlet = rig.outlet(f"news{number}.test")
        outlets.append(outlet)
        hosts = [f"day{piece}.news{number}.test" for piece in range(OLD)] if number else [outlet.name] * OLD
        names += [outlet.name, *hosts]
        rig.names.update((host, ["127.0.0.1"]) for host in hosts)
        items = [{"link": f"http://{host}:{outlet.port}/{piece}"} for piece, host in enumerate(hosts)]
        outlet.routes["/feed"] = noted(number, "list", LoopbackAnswer(headers=XML, body=rss(*items)))
        outlet.routes["/robots.txt"] = noted(number, "robots", LoopbackAnswer(headers={"Content-Type": "text/plain"}))
        outlet.otherwise = LoopbackAnswer(headers=HTML, body=page(f"The quay {number}"), delay=0 if number else 9.0)
        lines.append(f'[sources.s{number}]\nspider = "feed"\nevery = "2h"\nfeeds = ["{outlet.url("/feed")}"]')
    rig.config("\n".join(lines), allow=names, fetch='concurrency = 1\ntimeout = "3s"')
    async with rig.engine() as running:
        while any(not outlet.asked("/feed") for outlet in outlets):
            await running.minutes(0.1)
        await running.minutes(1)
        problems = await running.rows("SELECT kind, subject FROM problems WHERE kind = 'hanging'")
    # Up to the last four lists, whose crawls are under way together when nobody waits for room any more.
    lists = [place for place, (_, what) in enumerate(order) if what == "list"]
    crowd = Counter(number for number, what in order[: lists[-4]] if what == "robots")
    return {"robots": max(crowd.values()), "problems": problems}


def test_a_crowd_asks_no_robots_of_what_it_leaves_and_sees_a_host_that_hangs(drive: Any) -> None:
    """Until every source was looked at, no source's backlog had more hosts asked for their rules than pages read."""
    found = drive(crowded_hosts)
    assert found.pop("robots") <= BACKLOG_CROWDED
    assert found == {"problems": [["hanging", "s0"]]}
