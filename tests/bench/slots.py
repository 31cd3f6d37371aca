"""RELIABILITY R6: outlets whose pages hang keep every slot busy, and keep nobody else waiting.

As many hanging outlets as there are slots, each with a dozen links that run into the timeout, beside one that answers.
The last line is one JSON object; exit 1 where the healthy outlet was not read whole, or a hanging one was asked for
more than three pages of a crawl – it held a slot for the others – or opened no problem. How long the healthy one
took is told in timeouts and not judged: a busy machine is no fault.

usage: slots.py [--slots N] [--hung N] [--timeout SECONDS] [--links N]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "fetching"))

from drive import Rig

from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest
from monitor.pipeline.ingest.workers import Workers

ROW = "R6"  # of docs/rows.toml
MOST = 3  # pages of a hanging host that one crawl asks for


async def run_outlets(rig: Rig, *, slots: int, hung: int, timeout: int, links: int) -> dict[str, Any]:
    """Requests for pages by outlet, when the healthy one's last page was asked for, and the problems."""
    asked: list[tuple[str, float]] = []
    names = [*(f"hung-{number}.test" for number in range(hung)), "well.test"]
    sources = []
    for name in names:
        outlet = rig.outlet(name)
        outlet.feed(*({"path": f"/{number}", "title": f"{name} {number}"} for number in range(links)))
        outlet.robots("")

        def page(_: LoopbackRequest, name: str = name) -> LoopbackAnswer:
            asked.append((name, time.monotonic()))
            return LoopbackAnswer(delay=0.0 if name == "well.test" else 3.0 * timeout)

        for number in range(links):
            outlet.routes[f"/{number}"] = page
        table = name.removesuffix(".test")
        sources.append(f'[sources.{table}]\nspider = "feed"\nevery = "20h"\nfeeds = ["{outlet.url("/feed")}"]')
    rig.config("\n".join(sources), allow=names, fetch=f'concurrency = {slots}\ntimeout = "{timeout}s"\ndelay = 0')
    async with rig.engine() as running:
        began = time.monotonic()
        await running.minutes(0.5)  # less than the first step of the ladder: each outlet is crawled once
        rows = await running.rows("SELECT kind FROM problems WHERE closed_at IS NULL")
    times = [at for name, at in asked if name == "well.test"]
    by_name = [sum(name == other for other, _ in asked) for name in names[:-1]]
    return {
        "healthy_pages": len(times),
        "healthy_timeouts": round((max(times) - began) / timeout, 2) if times else None,
        "hung_pages_most": max(by_name, default=0),
        "problems": sum(row[0] == "hanging" for row in rows),
    }


def run_slots(*, slots: int, hung: int, timeout: int, links: int) -> dict[str, Any]:
    """The whole bench in this process, once: a reactor starts once."""
    found: dict[str, Any] = {}

    async def serve(reactor: Any) -> None:
        with (
            Workers(preload=("monitor.extraction.extract",)) as workers,
            tempfile.TemporaryDirectory() as folder,
            ExitStack() as stack,
        ):
            rig = Rig(Path(folder), reactor, workers, stack)
            found.update(await run_outlets(rig, slots=slots, hung=hung, timeout=timeout, links=links))

    run_reactor(serve)
    held = found["healthy_pages"] == links and found["hung_pages_most"] <= MOST and found["problems"] == hung
    return {"bench": "slots", "row": ROW, "slots": slots, "hung": hung, "links": links, **found, "held": held}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--hung", type=int, default=16)
    parser.add_argument("--timeout", type=int, default=10)
    parser.add_argument("--links", type=int, default=12)
    options = parser.parse_args()
    result = run_slots(slots=options.slots, hung=options.hung, timeout=options.timeout, links=options.links)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
