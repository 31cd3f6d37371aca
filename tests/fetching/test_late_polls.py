"""A crawl that outlasts its lease: what still comes of it is not written, and the next poll keeps the host."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from drive import Rig

pytestmark = pytest.mark.slow


async def a_crawl_whose_host_was_taken(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/1"}, {"path": "/2"})
    outlet.article("/1")
    outlet.article("/2")
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        engine, store = running.engine, running.engine.store
        now = rig.clock.now()
        (late,) = await engine.tick(only=["news"])
        await store.do(store.db.execute, "UPDATE hosts SET leased_until = '2026-01-01T00:00:00.000Z'")
        (turn,) = await store.do(store.sources.claim, now, now + timedelta(hours=2), 1, only=["news"])
        await late
        return {
            "next": turn.poll,
            "polls": await running.rows("SELECT id, outcome, reason, seen FROM polls ORDER BY id"),
            "lease": await running.rows("SELECT lease FROM hosts WHERE lease IS NOT NULL"),
            "links": await running.rows("SELECT url FROM links"),
            "endpoints": await running.rows("SELECT last_at FROM endpoints WHERE last_at IS NOT NULL"),
            "asked": outlet.paths(),
        }


def test_what_comes_after_the_lease_is_not_written(drive: Any) -> None:
    found = drive(a_crawl_whose_host_was_taken)
    assert found == {
        "next": 2,
        "polls": [[1, "aborted", "its lease ran out", 0], [2, "open", None, 0]],
        "lease": [["2"]],
        "links": [],
        "endpoints": [],
        "asked": ["/feed"],
    }
