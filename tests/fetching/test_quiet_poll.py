"""What a poll that finds nothing costs the database: its claim, its order, its answer and its end."""

from __future__ import annotations

from typing import Any

import pytest
from drive import XML, Rig, rss

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest

pytestmark = pytest.mark.slow


async def a_poll_that_finds_nothing(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.article("/1")
    body = rss({"link": outlet.url("/1"), "title": "The quay"})

    def feed(asked: LoopbackRequest) -> LoopbackAnswer:
        if asked.headers.get("if-none-match") == '"one"':
            return LoopbackAnswer(status=304)
        return LoopbackAnswer(headers={**XML, "ETag": '"one"'}, body=body)

    outlet.routes["/feed"] = feed
    rig.config(rig.feeds(outlet.url("/feed")))
    begun: list[str] = []

    def note(statement: str) -> None:
        begun.extend([statement] if statement.startswith("BEGIN") else [])

    async with rig.engine() as running:
        await running.minutes(8)
        store = running.engine.store
        await store.do(store.db.set_trace_callback, note)
        begun.clear()
        (task,) = await running.engine.tick(only=["news"])
        crawl = await task
        found = list(begun)
        await store.do(store.db.set_trace_callback, None)
        (status,) = await running.rows("SELECT last_status FROM endpoints")
        return {"seen": crawl.seen, "reason": crawl.reason, "begun": found, "status": status}


def test_a_poll_that_finds_nothing_makes_two_transactions_beside_its_claim(drive: Any) -> None:
    found = drive(a_poll_that_finds_nothing)
    assert found == {
        "seen": 0,
        "reason": None,
        "begun": ["BEGIN", "BEGIN IMMEDIATE", "BEGIN IMMEDIATE"],
        "status": [304],
    }
