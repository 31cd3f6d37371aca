"""Workers that die one after another are a problem with its cause, and the pages that met them are read later."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drive import Rig

from monitor.pipeline.ingest.workers import Workers

PROBLEM = "SELECT detail, cure, closed_at IS NOT NULL FROM problems WHERE kind = 'workers'"
FIRST, LATER = 7, 3


async def deaths(rig: Rig) -> dict[str, Any]:
    """Seven pieces come while no worker can live, three when they can again."""
    outlet = rig.outlet()
    paths = [f"/n/{n}" for n in range(FIRST + LATER)]
    for path in paths:
        outlet.article(path, f"The quay, part {path[3:]}", f"Boat number {path[3:]} came home to the quay. " * 20)
    outlet.feed({"path": "/old"})
    outlet.article("/old", "An old day at the quay")
    rig.config(rig.feeds(outlet.url("/feed")), fetch="delay = 0")
    with Workers(1, memory=64_000_000) as starved:  # the reader's libraries need more
        async with rig.engine() as running:
            await running.minutes(6)
            sound, running.engine.ingest.workers = running.engine.ingest.workers, starved
            mine, running.engine.workers = running.engine.workers, starved
            outlet.feed(*({"path": path} for path in paths[:FIRST]))
            await running.minutes(30)
            await running.engine.housekeep()
            opened = await running.rows(PROBLEM)
            running.engine.ingest.workers, running.engine.workers = sound, mine
            outlet.feed(*({"path": path} for path in paths))
            await running.minutes(180)
            await running.engine.housekeep()
            closed = await running.rows(PROBLEM)
            stored = await running.rows("SELECT title FROM articles WHERE title LIKE 'The quay%' ORDER BY title")
    return {"opened": opened, "closed": closed, "stored": [title for (title,) in stored]}


@pytest.mark.slow
def test_dying_workers_are_told_with_their_cause_and_nothing_is_lost(drive: Any) -> None:
    found = drive(deaths)
    ((detail, cure, closed),) = found["opened"]
    assert re.fullmatch(
        r"reading the page failed \d+ times in a row: (MemoryError|ImportError|no worker could be started)( .*)?",
        detail,
    ), detail
    assert cure == "give it more memory (LimitAS=, RLIMIT_AS), see the log; pages wait and are tried again"
    assert not closed
    assert [row[2] for row in found["closed"]] == [1]
    assert found["stored"] == [f"The quay, part {n}" for n in range(FIRST + LATER)]
