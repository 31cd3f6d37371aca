"""Publish → alert at TASS's real pace: what we add after the poll that saw a piece; it measures, and judges nothing.

usage: delay.py [--hours N] [--on-topic SHARE] [--seed S]

The daemon's own engine watches the newsroom's four outlets on a clock that jumps over idle time and runs in real time
while anything works, so that every parse, commit and request counts as long as it really took on this machine. Measured
for each alert, on that clock, in seconds:

- `added`: from the outlet having the request of the poll that saw the piece to the receiver having the alert, less the
  pauses between two requests to one host that politeness owes the outlet (`[fetch] delay`, 1.5 s);
- `whole`: the same with those pauses; `published`: from publication, the polling interval included.

An alert's delay also holds whatever other work this one process does meanwhile. Beside it stands a plain httpx POST of
the same bytes to the same receiver. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from monitor.clock import SimulatedClock
from monitor.commands.demo import START, Simulation, write_demo_config
from monitor.daemon.engine import Engine
from monitor.daemon.run import learn_missing_profiles
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import ReceivedDelivery, Receiver
from monitor.newsroom.script import Script

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class RunningClock(SimulatedClock):
    """Simulated time that also runs: waiting is jumped over, work takes as long as it takes."""

    @property
    def _now(self) -> datetime:  # type: ignore[override]
        moment, mark = self._base
        return moment + timedelta(seconds=time.monotonic() - mark)

    @_now.setter
    def _now(self, moment: datetime) -> None:
        self._base = (moment, time.monotonic())


class PauseClock(RunningClock):
    """Keeps the intervals that somebody slept: with nothing but the pacer asleep here, the pauses owed to hosts."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.pauses: list[tuple[datetime, datetime]] = []

    async def sleep(self, seconds: float) -> None:
        began = self.now()
        await super().sleep(seconds)
        if seconds > 0:
            self.pauses.append((began, began + timedelta(seconds=seconds)))


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def paused(pauses: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> float:
    """Seconds of [start, end] that at least one pause covers."""
    covered, reached = 0.0, start
    for began, ended in sorted(pauses):
        low, high = max(began, reached), min(ended, end)
        if low < high:
            covered += (high - low).total_seconds()
            reached = high
    return covered


async def measure(folder: Path, hours: float, on_topic: float, seed: int, reactor: Any) -> dict[str, Any]:
    clock = PauseClock(START)
    script = Script.of_hours(start=START, seed=seed, hours=hours, on_topic=on_topic, faults=False)
    with Newsroom(now=clock.now, seed=seed) as newsroom, Receiver(now=clock.now, secret=SECRET) as receiver:
        config = write_demo_config(folder, newsroom, receiver, SECRET)
        learn_missing_profiles(config, lambda line: None)
        engine = Engine(config, folder=folder, clock=clock, chance=random.Random(seed), reactor=reactor)
        async with engine:

            def events(now: datetime) -> datetime | None:
                for event in script.due(now):
                    script.apply(newsroom, event)
                return script.next_at()

            began = time.monotonic()
            await Simulation(engine, clock).until(script.end + timedelta(hours=1), events)
            spent = time.monotonic() - began
        accepted = [delivery for delivery in receiver.accepted if delivery.body["type"] != "article.edited"]
        pieces = {urlsplit(newsroom.url(piece)).path for piece in newsroom.published()} | {"/robots.txt"}
        polls = {
            name: [each.at for each in outlet.log if urlsplit(each.path).path not in pieces]
            for name, outlet in newsroom.outlets.items()
        }
        figures = [delays(delivery, polls, clock.pauses) for delivery in accepted]
        posts = plain(receiver.address, [delivery.raw for delivery in accepted])
    return report(figures, posts) | {"hours": hours, "pieces": len(newsroom.published()), "ran_for": round(spent, 1)}


def delays(
    delivery: ReceivedDelivery, polls: dict[str, list[datetime]], pauses: Sequence[tuple[datetime, datetime]]
) -> dict[str, float]:
    article = delivery.body["data"]["article"]
    seen = datetime.fromisoformat(article["seen"])
    poll = max(at for at in polls[delivery.body["data"]["outlet"]["name"]] if at <= seen)
    whole = (delivery.at - poll).total_seconds()
    return {
        "added": whole - paused(pauses, poll, delivery.at),
        "whole": whole,
        "published": (delivery.at - datetime.fromisoformat(article["published"]["at"])).total_seconds(),
    }


def plain(url: str, bodies: Sequence[bytes]) -> list[float]:
    """Seconds of a POST of each body by one httpx client, a connection each, as delivery makes them."""
    spent = []
    with httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        for body in bodies:
            began = time.monotonic()
            client.post(url, content=body, headers={"content-type": "application/json"})
            spent.append(time.monotonic() - began)
    return spent


def report(figures: Sequence[dict[str, float]], posts: Sequence[float]) -> dict[str, Any]:
    found: dict[str, Any] = {"alerts": len(figures)}
    for name in ("added", "whole", "published"):
        values = [figure[name] for figure in figures]
        found |= {f"{name}_p50": round(percentile(values, 0.5), 3), f"{name}_p95": round(percentile(values, 0.95), 3)}
    found["httpx_p50"] = round(percentile(posts, 0.5), 4)
    found["times_httpx_p50"] = round(found["added_p50"] / found["httpx_p50"], 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--on-topic", type=float, default=1.0, help="share of pieces that alert")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="seedwatch-delay-") as folder:
        print(
            json.dumps(
                run_reactor(lambda reactor: measure(Path(folder), given.hours, given.on_topic, given.seed, reactor))
            )
        )


if __name__ == "__main__":
    main()
