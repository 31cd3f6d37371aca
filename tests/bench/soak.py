"""RELIABILITY R7: a day of running leaves memory, descriptors and the WAL flat, and the database grows by its rows.

By default 24 hours pass on simulated time in this process: four feeds polled every ten minutes, a new piece every
`--minutes`, each alerted. With `--real SECONDS` it is the daemon as people run it, a process of its own, on wall time.
Samples before the first third are warm-up. The last line is one JSON object; exit 1 where memory or descriptors have a
slope, the WAL grows, bytes a row rise, or an alert is missing.

usage: soak.py [--hours N] [--minutes N] [--real SECONDS]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "fetching"))

from drive import HTML, Rig, page
from house import SECRET, House
from quay_watch import QUAY_DESK

from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.loopback import LoopbackAnswer
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import Receiver
from monitor.pipeline.ingest.workers import Workers

ROW = "R7"  # of docs/rows.toml
FEEDS = 4
MEMORY = 0.03  # of the memory at the end of the warm-up that may be gained over the rest; a sound day gains 0.008
DESCRIPTORS = 3  # that may be gained: a pool that grew by its last connection
WAL = 16_000_000  # bytes: four of SQLite's own checkpoints of 1,000 pages
PER_ROW = 1.5  # bytes a row of the second half over those of the first
SLACK = 256_000  # bytes beside that: each table and index grows by whole pages
TABLES = ("articles", "links", "polls", "fetches", "sightings", "alerts", "attempts", "revisions", "aliases", "bands")
COUNTS = (
    f"SELECT {' + '.join(f'(SELECT count(*) FROM {table})' for table in TABLES)}, "
    "(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look: bytes of memory, open descriptors, bytes of WAL and database, rows in it."""

    memory: int
    descriptors: int
    wal: int
    database: int
    rows: int


def look_at(pid: int | str, database: Path, rows: int, size: int) -> Sample:
    """A process and a database as they are now; `size` counts the pages that stand in the WAL only, too."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    wal = database.with_name(f"{database.name}-wal")
    return Sample(
        memory=resident * os.sysconf("SC_PAGE_SIZE"),
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        wal=wal.stat().st_size if wal.exists() else 0,
        database=size,
        rows=rows,
    )


def judge(samples: Sequence[Sample], published: int, alerts: int) -> dict[str, Any]:
    """The figures and whether the row holds."""
    steady = samples[len(samples) // 3 :]
    half = len(steady) // 2
    first, last = steady[:half], steady[half:]
    memory = median(one.memory for one in last) / median(one.memory for one in first) - 1
    descriptors = mean(one.descriptors for one in last) - mean(one.descriptors for one in first)
    growth = [_bytes_a_row(part) for part in (first, last)]
    rows = last[-1].rows - last[0].rows
    allowed = PER_ROW * growth[0] * rows + SLACK
    wal = max(one.wal for one in steady)
    return {
        "samples": len(samples),
        "memory_mb": round(median(one.memory for one in last) / 1e6, 1),
        "memory_gain": round(memory, 4),
        "descriptors": last[-1].descriptors,
        "descriptors_gain": round(descriptors, 2),
        "wal_bytes": wal,
        "database_bytes": last[-1].database,
        "rows": last[-1].rows,
        "bytes_a_row": [round(one) for one in growth],
        "published": published,
        "alerts": alerts,
        "held": memory <= MEMORY
        and descriptors <= DESCRIPTORS
        and wal <= WAL
        and growth[1] * rows <= allowed
        and alerts == published,
    }


def _bytes_a_row(part: Sequence[Sample]) -> float:
    rows = part[-1].rows - part[0].rows
    return (part[-1].database - part[0].database) / rows if rows else 0.0


async def run_simulated(rig: Rig, *, hours: float, minutes: float) -> dict[str, Any]:
    """A watch of so many simulated hours, looked at once each half hour of them."""
    outlets = [rig.outlet(f"news-{number}.test") for number in range(FEEDS)]
    pieces: list[list[str]] = [[] for _ in outlets]
    samples: list[Sample] = []
    tables = "\n".join(
        f'[sources.news-{number}]\nspider = "feed"\nevery = "10m"\nalert_backlog = true\n'
        f'feeds = ["{outlet.url("/feed")}"]'
        for number, outlet in enumerate(outlets)
    )
    published, due = 0, rig.clock.now()

    def publish(now: datetime) -> datetime:
        nonlocal published, due
        while due <= now:
            number = published % FEEDS
            name = f"/quay-{published}"
            outlet, names = outlets[number], pieces[number]
            outlet.routes[name] = LoopbackAnswer(headers=HTML, body=page(f"The quay {published}"))
            names.append(name)
            outlet.feed(*({"path": path, "title": f"The quay at {path}", "guid": path} for path in names[-30:]))
            published += 1
            due += timedelta(minutes=minutes)
        return due

    with Receiver(now=rig.clock.now) as receiver:
        rig.config(
            tables + QUAY_DESK.format(address=receiver.address),
            allow=[*(outlet.name for outlet in outlets), "127.0.0.1"],
            fetch="delay = 0",
        )
        async with rig.engine() as running:
            for _ in range(round(hours * 2)):
                await running.minutes(30, publish)
                await running.engine.housekeep()
                ((rows, size),) = await running.rows(COUNTS)
                samples.append(look_at("self", rig.folder / "db" / "seedwatch.db", rows, size))
                for outlet in outlets:  # what the outlets remember is not what is measured
                    outlet.log.clear()
            due += timedelta(days=1)  # the last pieces get their polls
            await running.minutes(25)
        return judge(samples, published, len({one.webhook_id for one in receiver.accepted}))


def run_real(seconds: float) -> dict[str, Any]:
    """The daemon on wall time: a poll a minute, a piece every 90 seconds, so many that an hour of them is no flood."""

    def now() -> datetime:
        return datetime.now(UTC)

    samples: list[Sample] = []
    published = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Newsroom(now=now, seed=5) as newsroom,
        Receiver(now=now, secret=SECRET) as receiver,
        ExitStack() as stack,
    ):
        house = House(Path(folder), newsroom, receiver, stack)
        house.configure("commonspace")
        asked = house.config.read_text().replace('every = "20h"', 'every = "60s"')
        each = asked.replace('seeds = "seeds"', 'seeds = "seeds"\nwarm_up = false')  # an alert a piece, from the first
        house.config.write_text(each.replace("[alerts.desk]", '[alerts.desk]\nper = "article"'))
        daemon = house.run()
        end, due = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            if time.monotonic() >= due and time.monotonic() < end - 150:  # the last ones get their polls
                newsroom.publish("commonspace", on_topic=True)
                published += 1
                due = time.monotonic() + 90
            ((rows, size),) = house.rows(COUNTS)
            samples.append(look_at(daemon.process.pid, house.database, rows, size))
            time.sleep(5)
        code = daemon.stop()
        found = judge(samples, published, len({one.webhook_id for one in receiver.accepted}))
    return {"bench": "soak", "row": ROW, "clock": "wall", "seconds": seconds, **found, "exit": code}


def run_soak(*, hours: float, minutes: float) -> dict[str, Any]:
    """The simulated part in this process, once: a reactor starts once."""
    found: dict[str, Any] = {}

    async def serve(reactor: Any) -> None:
        with (
            Workers(preload=("monitor.extraction.extract",)) as workers,
            tempfile.TemporaryDirectory() as folder,
            ExitStack() as stack,
        ):
            found.update(await run_simulated(Rig(Path(folder), reactor, workers, stack), hours=hours, minutes=minutes))

    run_reactor(serve)
    return {"bench": "soak", "row": ROW, "clock": "simulated", "hours": hours, **found}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--real", type=float, default=0)
    options = parser.parse_args()
    result = run_real(options.real) if options.real else run_soak(hours=options.hours, minutes=options.minutes)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
