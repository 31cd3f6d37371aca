"""New sources while others wait for room: all are looked at before the backlog of the first is read."""

from __future__ import annotations

from typing import Any

import pytest
from drive import HTML, XML, LoopbackAnswer, Rig, rss

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
