"""Workers that keep dying are a problem with its cause, until one lives (issue of memory limits)."""

from __future__ import annotations

import math
import os
from typing import Any

from drive import Rig

from monitor.pipeline.ingest.workers import ENOUGH_DEATHS


async def dying(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed()
    rig.config(rig.feeds(outlet.url("/feed")))
    asked = "SELECT kind, subject, substr(detail, 1, 22), closed_at IS NULL FROM problems WHERE kind = 'workers'"
    async with rig.engine() as running:
        engine, found = running.engine, []
        for _ in range(ENOUGH_DEATHS):
            await engine.workers.call(os._exit, 7)
        await engine.housekeep()
        found.append(await running.rows(asked))
        await engine.workers.call(math.hypot, 3, 4)
        await engine.housekeep()
        found.append(await running.rows(asked))
    return found


def test_workers_that_keep_dying_are_a_problem_until_one_lives(drive: Any) -> None:
    begun, ended = drive(dying)
    assert [row[:2] + row[3:] for row in begun] == [["workers", "reading", 1]]
    assert [row[:2] + row[3:] for row in ended] == [["workers", "reading", 0]]
