"""`seedwatch demo`: simulated outlets, simulated hours, real HTTP on loopback, and ledgers that are not ours.

`Simulation` drives an engine on simulated time: time stands still while anything works and then jumps to whatever
is due next. Tests and benches use it too.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.clock import SimulatedClock
from monitor.config.load import load_config
from monitor.config.schema import Config
from monitor.config.starter import find_starter_root
from monitor.daemon.engine import Engine
from monitor.daemon.pages_process import start_pages
from monitor.daemon.run import learn_missing_profiles
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import ReceivedDelivery, Receiver
from monitor.newsroom.script import Script

# What `demo --json` prints: a promise to those who evaluate the product.
FIGURES = (
    *("published", "stored", "duplicates", "revisions", "matched"),
    *("alerts", "delivered", "lost", "repeated"),
)
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday; any moment would do
# How long the loop is given to hand work from one task to the next before it counts as idle.
_SETTLE = 5


class Simulation:
    """An engine on simulated time, one step after the other."""

    def __init__(self, engine: Engine, clock: SimulatedClock) -> None:
        self.engine = engine
        self.clock = clock

    async def until(self, end: datetime, events: Callable[[datetime], datetime | None]) -> None:
        """Let everything happen up to `end`.

        `events(now)` makes the outside world's due events happen and says when the next one is due.
        """
        while True:
            await self._work()
            upcoming = events(self.clock.now())
            await self.engine.tick()
            await self.engine.deliver()
            await self._work()
            moments = [self.clock.next_wake(), upcoming, await self.engine.next_due()]
            now = self.clock.now()
            # What is due and yet cannot begin (its host rests, its crawl runs) is looked at again in a second.
            least = now + timedelta(seconds=1)
            wake = self.clock.next_wake()
            due = min((max(at, least) for at in moments if at is not None), default=end + timedelta(seconds=1))
            target = min(due, wake) if wake is not None else due
            if target > end and not self.engine.busy:
                self.clock.advance_to(end)
                return
            self.clock.advance_to(target)

    async def _work(self) -> None:
        """Wait until nobody holds time."""
        quiet = 0
        while quiet < _SETTLE:
            await asyncio.sleep(0 if self.clock.idle else 0.001)
            quiet = quiet + 1 if self.clock.idle else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """What the newsroom put out and the receiver got, compared; neither is our database."""

    published: int
    lost: tuple[str, ...]  # keys of on-topic pieces nobody was alerted of
    repeated: tuple[str, ...]  # webhook-ids of alerts with nothing new
    delivered: int


def compare_ledgers(newsroom: Newsroom, accepted: Sequence[ReceivedDelivery], since: datetime) -> Ledgers:
    """Hold the two ledgers against each other.

    Owed is an alert for every on-topic piece first put out at or after `since`; one for any copy of its text pays
    for all of them. An alert has nothing new when its text was alerted before and was not edited in between.
    """
    published = newsroom.published()
    roots = {piece.key: piece.copy_of or piece.key for piece in published}
    keys = {newsroom.url(piece): piece.key for piece in published}
    edits = Counter(record.piece.key for record in newsroom.ledger if record.kind == "edited")
    told: Counter[str] = Counter()
    edited: Counter[str] = Counter()
    repeated: list[str] = []
    for delivery in accepted:
        event, url = delivery.body["type"], delivery.body["data"]["article"]["url"]
        key = keys.get(url, url)
        if event == "article.edited":
            edited[key] += 1
            fresh = edited[key] <= edits[key]
        else:
            told[roots.get(key, key)] += 1
            fresh = told[roots.get(key, key)] == 1
        if not fresh:
            repeated.append(delivery.webhook_id or "")
    owed = [piece.key for piece in published if piece.on_topic and piece.published_at >= since]
    lost = [key for key in owed if not told[roots[key]]]
    return Ledgers(
        published=len(published),
        lost=tuple(lost),
        repeated=tuple(repeated),
        delivered=len(accepted),
    )


def write_demo_config(folder: Path, newsroom: Newsroom, receiver: Receiver, secret: str) -> Config:
    """A configuration for simulated outlets in `folder`, through the same file and loader as a real one."""
    shutil.copytree(find_starter_root() / "seeds", folder / "seeds")
    (folder / "receiver.secret").write_text(secret)
    (folder / "receiver.secret").chmod(0o600)
    # `allow` is the one place where loopback is let through: the newsroom and its receiver live there.
    words = f"""{newsroom.sources_toml()}
[fetch]
allow = ["127.0.0.1"]

[topics.karabakh]
seeds = "seeds"

[channels.receiver]
kind = "webhook"
url = {json.dumps(receiver.address)}
secret_file = "receiver.secret"

[alerts.desk]
topics = ["karabakh"]
channels = ["receiver"]
per = "story"
on = ["new", "edit"]

[pages]
port = 0
"""
    (folder / "config.toml").write_text(words)
    return load_config(folder / "config.toml", environment={})


def run_demo(*, hours: int, seed: int, announce: Callable[[str], None], serve: bool) -> dict[str, Any]:
    """Run the demo and give back its figures; `serve` keeps the pages up until Ctrl-C."""
    folder = Path(tempfile.mkdtemp(prefix="seedwatch-demo-"))
    try:
        result, config = run_reactor(lambda reactor: _demo(folder, hours, seed, reactor, announce))
        announce(
            f"{result['published']} published, {result['found']} found, {result['stored']} stored, "
            f"{result['duplicates']} duplicates, {result['revisions']} revisions, {result['matched']} matched, "
            f"{result['alerts']} alerted, {result['delivered']} delivered, "
            f"{result['lost']} lost, {result['repeated']} repeated"
        )
        for line in explain_figures(result):
            announce(line)
        if serve:
            with start_pages(config) as pages, suppress(KeyboardInterrupt):
                announce(f"look at it: {pages.address} (Ctrl-C ends the demo)")
                pages.wait()
        return result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def introduce_demo(outlets: int, hours: int) -> list[str]:
    """What a person is about to see."""
    return [
        f"{outlets} simulated outlets on 127.0.0.1 put out {hours} h of news; nothing leaves this machine",
        "their time jumps to whatever is due next, so an hour takes some seconds",
        "the topic karabakh is learned from the five articles in seeds/; a receiver takes the signed alerts:",
    ]


def explain_figures(result: Mapping[str, Any]) -> list[str]:
    """What the last line means: who counted, and why a piece that matched has no alert of its own."""
    lines = [
        "  published, lost and repeated are by the outlets' and the receiver's own ledgers, not by the database:",
        "  lost is a piece on the subject of which nobody was alerted, repeated an alert with nothing new",
    ]
    held = result["held"]
    if held:
        lines.append(f"  held: {sum(held.values())} alerts that were decided not to be sent, each with its reason:")
        lines += [f"  {number:5} {reason}" for reason, number in sorted(held.items(), key=lambda one: -one[1])]
    return lines


async def _demo(
    folder: Path, hours: int, seed: int, reactor: Any, announce: Callable[[str], None]
) -> tuple[dict[str, Any], Config]:
    clock = SimulatedClock(START)
    secret = "whsec_" + secrets.token_urlsafe(33).replace("-", "A").replace("_", "B")
    script = Script.of_hours(start=START, seed=seed, hours=hours)
    with Newsroom(now=clock.now, seed=seed) as newsroom, Receiver(now=clock.now, secret=secret) as receiver:
        config = write_demo_config(folder, newsroom, receiver, secret)
        for line in introduce_demo(len(config.sources), hours):
            announce(line)
        learn_missing_profiles(config, announce)
        chance = random.Random(seed)  # noqa: S311  jitter, not secrets
        engine = Engine(config, folder=folder, clock=clock, chance=chance, reactor=reactor)
        async with engine:
            simulation = Simulation(engine, clock)
            shown = 0

            def events(now: datetime) -> datetime | None:
                nonlocal shown
                for event in script.due(now):
                    script.apply(newsroom, event)
                for delivery in receiver.accepted[shown:]:
                    headline = delivery.body["data"]["article"]["title"]
                    announce(f"{delivery.at:%H:%M:%S} {delivery.body['type']}: {headline}")
                    shown += 1
                return script.next_at()

            # An hour beyond the script for the slowest source's last poll and for retries.
            await simulation.until(script.end + timedelta(hours=1), events)
            counts = await engine.store.read(engine.store.articles.totals)
            await engine.store.do(engine.store.set_simulated_time, clock.now())
            alerts = await engine.store.read(engine.store.alerts.counts)
            held = await engine.store.read(engine.store.alerts.count_held_reasons)
        ledgers = compare_ledgers(newsroom, receiver.accepted, START)
    result = {
        "published": ledgers.published,
        "found": counts["found"],
        "stored": counts["stored"],
        "duplicates": counts["duplicates"],
        "revisions": counts["revisions"],
        "matched": counts["matched"],
        "alerts": sum(number for state, number in alerts.items() if state != "held"),
        "delivered": ledgers.delivered,
        "lost": len(ledgers.lost),
        "repeated": len(ledgers.repeated),
        "held": held,
    }
    return result, config
