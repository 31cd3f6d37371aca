"""What was there at the first poll is no news, on whatever page and under whatever date; what came after is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from drive import HTML, LoopbackAnswer, Rig, sitemap

OLD, NEW = 12, 1


def listed(*paths: str, following: str = "") -> LoopbackAnswer:
    links = "".join(f'<li><a href="{path}">The story of {path}</a></li>' for path in paths)
    return LoopbackAnswer(headers=HTML, body=f"<html><body><ul>{links}</ul>{following}</body></html>".encode())


async def first_poll(rig: Rig, kind: str) -> dict[str, Any]:
    outlet = rig.outlet()
    paths = [f"/n/{number}" for number in range(100, 100 + OLD)]
    fresh = "/n/900"
    for path in (*paths, fresh):
        outlet.article(path)
    came: list[str] = []

    def lay() -> list[str]:
        """The source's table, over what the outlet lists now."""
        now, every = rig.clock.now(), [*came, *paths]
        if kind == "list":
            pager = '<a href="/list?page=2">2</a>'
            outlet.routes["/list"] = lambda asked: (
                listed(*every[6:]) if asked.query.get("page") else listed(*every[:6], following=pager)
            )
        elif kind == "future":
            outlet.feed(*({"path": path, "date": now + timedelta(hours=4)} for path in every))
        elif kind == "moving":
            outlet.routes["/sitemap.xml"] = lambda _: LoopbackAnswer(
                headers={"content-type": "application/xml"},
                body=sitemap(*((outlet.url(path), rig.clock.now()) for path in every)),
            )
        elif kind == "undated":
            outlet.feed(*({"path": path} for path in every))
        return []

    lay()
    tables = {
        "list": ("listing", f'listings = ["{outlet.url("/list")}"]\narticle = "/n/"\n'),
        "moving": ("sitemap", f'sitemaps = ["{outlet.url("/sitemap.xml")}"]\narticle = "/n/"\n'),
    }
    spider, lines = tables.get(kind, ("feed", f'feeds = ["{outlet.url("/feed")}"]\n'))
    rig.config(f'[sources.news]\nspider = "{spider}"\nevery = "10m"\n{lines}')
    async with rig.engine() as running:
        await running.minutes(90)
        before = await running.rows("SELECT count(*) FROM articles WHERE backlog = 0 AND baseline = 0")
        came.append(fresh)
        lay()
        await running.minutes(150)
        after = await running.rows("SELECT links.key FROM articles JOIN links ON article_id = articles.id "
                                   "WHERE articles.backlog = 0 AND baseline = 0")  # fmt: skip
        asked = sum(len(outlet.times(path)) for path in paths)
    return {"before": before, "after": [key.rpartition("/")[2] for [key] in after], "asked": asked}


@pytest.mark.parametrize("kind", ["list", "future", "moving", "undated"])
def test_the_past_is_no_news_and_what_comes_after_is(drive: Any, kind: str) -> None:
    found = drive(first_poll, kind=kind)
    assert (found["before"], found["after"]) == ([[0]], ["900"])
    # An archive whose dates say nothing is not fetched at all, however often its stamps move.
    assert (found["asked"] == 0) == (kind == "moving")
