"""A day and a half of an engine at the simulated outlets, and how SQLite carries out each statement that it gave.

usage: statements.py

The last line is one JSON object: each statement, constants left out, with the steps of its plan (EXPLAIN QUERY PLAN).
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from month import SECRET, START, Plot

sys.path.append(str(Path(__file__).parents[1] / "kill"))
from stories import pieces, put

from monitor.clock import SimulatedClock
from monitor.commands.demo import Simulation, write_demo_config
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.daemon.run import learn_missing_profiles
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import Receiver
from monitor.storage import Store

_CONSTANT = re.compile(r"x?'(?:[^']|'')*'|\b\d+(?:\.\d+)?(?:e-?\d+)?\b")
_MANY = re.compile(r"\?(?:, ?\?)+")
# The sizes of bodies and the like are no part of a statement; what an INSERT does about foreign keys is none either:
# SQLite plans a look for children that it never takes, for a row that is new has none.
_TOLD = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")


async def watch(folder: Path, reactor: Any) -> dict[str, list[str]]:
    clock, given = SimulatedClock(START), {}
    with Newsroom(now=clock.now, seed=5) as newsroom, Receiver(now=clock.now, secret=SECRET) as receiver:
        write_demo_config(folder, newsroom, receiver, SECRET)
        words = (folder / "config.toml").read_text().replace('"edit"]', '"edit", "retracted"]')
        (folder / "config.toml").write_text(re.sub(r'every = "\d+m"', 'every = "2h"', words))
        config = load_config(folder / "config.toml", environment={})
        learn_missing_profiles(config, lambda line: None)
        plot = Plot(newsroom, 5, 5, edits=10, deletions=10, reissues=3, copies=6)
        engine = Engine(config, folder=folder, clock=clock, chance=random.Random(5), reactor=reactor)

        def heard(statement: str) -> None:
            if _TOLD.match(statement):
                given.setdefault(_MANY.sub("?", _CONSTANT.sub("?", statement)), statement)

        async with engine:
            engine.store.db.set_trace_callback(heard)
            await Simulation(engine, clock).until(START + timedelta(days=1.5), plot)
            await engine.store.do(_merge, engine.store)
            engine.store.db.set_trace_callback(None)
            return await engine.store.do(_plans, engine.store.db, given)


def _merge(store: Store) -> None:
    """Pieces that bring stories together, of which two days of news have none."""
    for number, article in enumerate(pieces(3)[:60]):
        put(store, article, START + timedelta(days=2, minutes=number))


def _plans(db: Any, given: dict[str, str]) -> dict[str, list[str]]:
    return {
        " ".join(shape.split()): [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        for shape, statement in sorted(given.items())
    }


def main() -> None:
    logging.basicConfig(level=logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="seedwatch-statements-") as folder:
        print(json.dumps(run_reactor(lambda reactor: watch(Path(folder), reactor))))


if __name__ == "__main__":
    main()
