"""Servers that hang keep nobody else waiting (RELIABILITY R6)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from drive import Rig

from monitor.fetching.transport import wire_slots
from monitor.fetching.transport.wire_slots import WireSlots
from monitor.newsroom.loopback import LoopbackAnswer

pytestmark = pytest.mark.row("R6")

LINKS = 12


async def hanging(rig: Rig) -> dict[str, Any]:
    """Two sources whose links hang, beside a healthy one, on a single slot."""
    order: list[str] = []
    sources = []
    names = ("hung-a.test", "hung-b.test", "well.test")
    for name in names:
        outlet = rig.outlet(name)
        outlet.feed(*({"path": f"/{number}", "title": f"{name} {number}"} for number in range(LINKS)))
        outlet.robots("")

        def page(asked: Any, name: str = name) -> LoopbackAnswer:
            order.append(name)
            return LoopbackAnswer(delay=0.0 if name == "well.test" else 9.0)

        for number in range(LINKS):
            outlet.routes[f"/{number}"] = page
        feed = outlet.url("/feed")
        sources.append(f'[sources.{name.removesuffix(".test")}]\nspider = "feed"\nevery = "20h"\nfeeds = ["{feed}"]')
    rig.config("\n".join(sources), allow=names, fetch='concurrency = 1\ntimeout = "3s"\ndelay = 0')
    async with rig.engine() as running:
        await running.minutes(0.5)  # less than the first step of the ladder
        links = await running.rows(
            "SELECT source, sum(outcome IS NOT NULL), count(*), max(next_attempt_at) FROM links GROUP BY source"
        )
        problems = await running.rows("SELECT kind, subject FROM problems WHERE closed_at IS NULL ORDER BY subject")
    return {"order": order, "links": [row[:3] for row in links], "problems": problems}


def test_sources_whose_links_hang_are_put_off_and_starve_nobody(drive: Any) -> None:
    found = drive(hanging)
    assert [found["order"].count(name) for name in ("hung-a.test", "hung-b.test", "well.test")] == [3, 3, LINKS]
    assert sorted(row[1] for row in found["links"]) == [3, 3, LINKS]
    assert [kind for kind, _ in found["problems"]] == ["hanging", "hanging"]


def test_a_slot_comes_back_from_a_request_that_takes_long(monkeypatch: Any) -> None:
    monkeypatch.setattr(wire_slots, "SLOW", 0.01)

    async def scene() -> list[str]:
        slots, said, ends = WireSlots(1), [], asyncio.Event()

        async def slow() -> None:
            async with slots.take():
                said.append("slow begins")
                await ends.wait()
            said.append("slow ends")

        async def other(name: str) -> None:
            async with slots.take():
                said.append(name)

        task = asyncio.create_task(slow())
        await asyncio.sleep(0)
        await other("first")
        ends.set()
        await task
        await other("second")
        return said

    assert asyncio.run(scene()) == ["slow begins", "first", "slow ends", "second"]
