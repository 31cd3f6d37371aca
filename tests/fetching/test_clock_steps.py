"""The machine's clock is set while seedwatch runs, or while it does not (RELIABILITY R5): no storm and no stall."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from drive import START, Rig

pytestmark = pytest.mark.row("R5")

DAY = 86_400.0
PERIOD = 16  # minutes


async def stepped(rig: Rig, steps: list[float], restart: bool, start: str) -> dict[str, Any]:
    """How often a feed with an interval of five minutes is asked in the minutes before and after each step."""
    rig.clock.advance_to(datetime.fromisoformat(start))
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed")))
    counts, moved, before = [], [], 0
    for step in [0.0, *steps]:
        rig.clock.step(step)
        if restart:
            rig.clock.rebase()
        async with rig.engine() as running:
            if not restart:
                for other in steps if step == 0.0 else ():
                    await running.minutes(PERIOD)
                    counts.append(len(outlet.asked("/feed")) - before)
                    before += counts[-1]
                    rig.clock.step(other)
                    moved.append(await running.engine.follow_clock())
            await running.minutes(PERIOD)
            counts.append(len(outlet.asked("/feed")) - before)
            before += counts[-1]
            links = await running.rows("SELECT state FROM links")
        if not restart:
            break
    return {"counts": counts, "moved": moved, "links": links}


@pytest.mark.parametrize(
    "steps",
    [[DAY, -DAY], [-DAY, DAY], [60.0, -60.0]],
    ids=["forward-corrected", "back-corrected", "a-minute"],
)
def test_a_step_of_the_clock_stops_nothing_and_starts_no_storm(drive: Any, steps: list[float]) -> None:
    found = drive(stepped, steps=steps, restart=False, start=START.isoformat())
    assert found["moved"] == steps
    assert found["links"] == [["done"]]
    assert [count for count in found["counts"] if not 3 <= count <= 4] == [], found["counts"]


def test_a_clock_that_was_set_back_while_it_did_not_run_stops_nothing(drive: Any) -> None:
    found = drive(stepped, steps=[-DAY, DAY, -DAY], restart=True, start=START.isoformat())
    assert [count for count in found["counts"] if not 3 <= count <= 4] == [], found["counts"]


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, 0, 45, tzinfo=UTC), datetime(2026, 10, 25, 0, 45, tzinfo=UTC)])
def test_the_nights_of_daylight_saving_are_like_others(drive: Any, night: datetime) -> None:
    found = drive(stepped, steps=[0.0], restart=False, start=night.isoformat())
    assert [count for count in found["counts"] if not 3 <= count <= 4] == [], found["counts"]
