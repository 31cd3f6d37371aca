"""Five simulated minutes of an engine that has nothing to do, in its own process, for a reactor starts once.

usage: idle.py

The last line is one JSON object: `writes`, the statements that begin a write transaction or write, with how often they
came, and `workers`, how many processes would read pages.
"""

from __future__ import annotations

import json
import logging
import random
import re
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.clock import SimulatedClock
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.fetching.transport.reactor import run_reactor

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CONFIG = """
[sources.gull]
spider = "feed"
feeds = ["http://127.0.0.1:9/feed"]

[sources.tern]
spider = "feed"
feeds = ["http://tern.example/feed"]

[channels.desk]
kind = "webhook"
url = "http://127.0.0.1:9/hook"
secret_env = "SECRET"

[fetch]
allow = ["127.0.0.1"]

[workers]
count = 3

[topics.strait]
seeds = ""
[topics.strait.rules.any]
query = "strait AND ice"

[alerts.desk]
topics = ["strait"]
channels = ["desk"]
"""
WRITES = re.compile(r"\s*(BEGIN IMMEDIATE|INSERT|UPDATE|DELETE|REPLACE)\b")


async def idle(folder: Path, reactor: Any) -> dict[str, Any]:
    clock, given = SimulatedClock(START), Counter[str]()
    (folder / "config.toml").write_text(CONFIG)
    config = load_config(folder / "config.toml", environment={})
    engine = Engine(config, folder=folder, clock=clock, chance=random.Random(5), reactor=reactor, environ={})

    def settle() -> None:
        """One source is due tomorrow, the other now, but its host asked to be left alone."""
        engine.store.db.execute("UPDATE sources SET next_poll_at = '2026-03-03T06:00:00.000Z' WHERE name = 'gull'")
        engine.store.sources.rest_host("tern.example", START + timedelta(hours=6))

    def heard(statement: str) -> None:
        if WRITES.match(statement):
            given[" ".join(statement.split()[:4])] += 1

    async with engine:
        await engine.store.do(settle)
        engine.store.db.set_trace_callback(heard)
        for second in range(300):
            clock.advance_to(START + timedelta(seconds=second))
            await engine.tick()
            await engine.deliver()
            await engine.delivery.round()
            await engine.next_due()
            if second % 30 == 0:
                await engine.housekeep()
        engine.store.db.set_trace_callback(None)
    return {"workers": engine.workers.count, "writes": given}


def main() -> None:
    logging.basicConfig(level=logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="seedwatch-idle-") as folder:
        print(json.dumps(run_reactor(lambda reactor: idle(Path(folder), reactor))))


if __name__ == "__main__":
    main()
