"""RELIABILITY R5: the machine's clock is set, forward, back and by daylight saving, while a watch runs.

A watch on simulated time polls a feed every five minutes and delivers alerts while its clock jumps by seconds, hours
and days, both ways, in an order drawn from the seed; half of the steps are corrected again. Between two steps as many
polls must come as on a steady clock, one more or less, and every alert must arrive. The last line is one JSON object;
exit 1 where a period had too many polls (a storm) or too few (a stall), or an alert is missing.

usage: clock.py [--steps N] [--seed S]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "fetching"))

from drive import HTML, Rig, page
from quay_watch import QUAY_DESK

from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.loopback import LoopbackAnswer
from monitor.newsroom.receiver import Receiver
from monitor.pipeline.ingest.workers import Workers

ROW = "R5"  # of docs/rows.toml
SIZES = (30.0, 90.0, 3_600.0, 86_400.0, 30 * 86_400.0)  # seconds a clock is set by
PERIOD = 16  # minutes between two steps: three polls of five minutes, or four
NIGHTS = ("2026-03-29T00:45:00+00:00", "2026-10-25T00:45:00+00:00")  # daylight saving begins and ends in Europe


def draw_steps(count: int, chance: random.Random) -> list[float]:
    """Steps of the clock; about half of them are taken back at once."""
    found: list[float] = []
    while len(found) < count:
        step = chance.choice((-1, 1)) * chance.choice(SIZES)
        found += [step, -step] if chance.random() < 0.5 else [step]
    return found[:count]


async def run_watch(rig: Rig, steps: list[float], start: datetime) -> dict[str, Any]:
    """Polls in each period, pieces published and alerts that came."""
    rig.clock.advance_to(start)
    outlet = rig.outlet()
    counts: list[int] = []
    with Receiver(now=rig.clock.now) as receiver:
        names: list[str] = []
        rig.config(
            rig.feeds(outlet.url("/feed"), more="alert_backlog = true") + QUAY_DESK.format(address=receiver.address),
            allow=("news.test", "127.0.0.1"),
            fetch="delay = 0",
        )
        async with rig.engine() as running:
            for step in [0.0, *steps]:
                names.append(f"/quay-{len(names)}")
                outlet.routes[names[-1]] = LoopbackAnswer(headers=HTML, body=page(f"The quay {len(names)}"))
                outlet.feed(*({"path": name, "title": f"The quay at {name}", "guid": name} for name in names[-20:]))
                rig.clock.step(step)
                await running.engine.follow_clock()
                before = len(outlet.asked("/feed"))
                await running.minutes(PERIOD)
                counts.append(len(outlet.asked("/feed")) - before)
        return {"polls": counts, "published": len(names), "alerts": len(receiver.accepted)}


def judge(found: dict[str, Any]) -> dict[str, Any]:
    """The figures of one watch: periods with more polls than a steady clock has, with fewer, and alerts missing."""
    return {
        "periods": len(found["polls"]),
        "storms": sum(count > 4 for count in found["polls"]),
        "stalls": sum(count < 3 for count in found["polls"]),
        "missing": found["published"] - found["alerts"],
    }


async def _scene(reactor: Any, steps: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    total: dict[str, int] = {}
    with Workers(preload=("monitor.extraction.extract",)) as workers:
        plans = [(draw_steps(steps, chance), datetime(2026, 5, 4, 6, tzinfo=UTC))]
        plans += [([0.0] * 2, datetime.fromisoformat(night)) for night in NIGHTS]
        for plan, start in plans:
            with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
                found = judge(await run_watch(Rig(Path(folder), reactor, workers, stack), plan, start))
            total = {name: total.get(name, 0) + number for name, number in found.items()}
    return total


def run_clock(*, steps: int, seed: int) -> dict[str, Any]:
    """The whole bench in this process, once: a reactor starts once."""
    total: dict[str, int] = {}

    async def serve(reactor: Any) -> None:
        total.update(await _scene(reactor, steps, seed))

    run_reactor(serve)
    held = not (total["storms"] or total["stalls"] or total["missing"])
    return {"bench": "clock", "row": ROW, "steps": steps, "seed": seed, **total, "held": held}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = run_clock(steps=options.steps, seed=options.seed)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
