"""What a poll that finds nothing costs, beside a crawl of Scrapy's own in the same process.

usage: polls.py [--polls N] [--rounds N] [--profile]

Each of `--polls` feeds is a host of its own, an address in 127.0.0.0/8, served by a process of its own, which answers a
conditional request with 304. A poll is one turn of the daemon's engine: claimed, asked with what its last answer gave,
its books closed in the database. Scrapy's own crawl is a crawler with Scrapy's settings (without logs and the telnet
console) and a spider that sends the same request and does nothing with the answer. Both are played `--rounds` times in
turn with as many under way at once as the daemon has slots; CPU is that of all threads of this process, and of the
rounds the least counts. The last line is one JSON object; exit 1 where a poll costs more than GOAL times the crawl.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import logging
import pstats
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import scrapy
from scale import Servers, Setting, address, write_config
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response

from monitor.clock import WallClock
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.fetching.transport.reactor import run_reactor

GOAL = 1.15
AT_ONCE = 16


class OneRequest(scrapy.Spider):
    """One conditional request; whatever is answered is counted."""

    name = "one"
    answered = 0

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(
            self.url, headers={"If-None-Match": '"one"'}, meta={"handle_httpstatus_list": [304]}, dont_filter=True
        )

    def parse(self, response: Response) -> None:
        OneRequest.answered += response.status == 304


async def measure(count: int, work: Callable[[int], Awaitable[object]]) -> float:
    """Milliseconds of CPU of this process for each of `count` calls of `work`, `AT_ONCE` of them at once."""
    numbers = iter(range(count))

    async def take() -> None:
        for number in numbers:
            await work(number)

    begun = time.process_time()
    await asyncio.gather(*(take() for _ in range(AT_ONCE)))
    return 1000 * (time.process_time() - begun) / count


async def play(reactor: Any, path: Path, port: int, polls: int, rounds: int, *, profile: bool) -> dict[str, Any]:
    """The least of each kind, and by round."""
    logging.disable(logging.CRITICAL)
    runner = AsyncCrawlerRunner({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": False})
    config = load_config(path, environment={})
    engine = Engine(config, folder=path.parent, clock=WallClock(), chance=random.Random(1), reactor=reactor)

    async def poll(number: int) -> None:
        (crawl,) = await engine.tick(only=(f"s{number}",))
        await crawl

    async def crawl(number: int) -> None:
        await runner.crawl(OneRequest, url=f"http://{address(number)}:{port}/feed/{number}")

    async with engine:
        await measure(polls, poll)  # the answers that are whole
        await measure(polls, crawl)
        ours, own = [], []
        if profile:
            profiler = cProfile.Profile()
            profiler.enable()
            await measure(polls, poll)
            profiler.disable()
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
        OneRequest.answered = 0
        for _ in range(rounds):
            ours.append(await measure(polls, poll))
            own.append(await measure(polls, crawl))
        db = engine.store.db
        unchanged = db.execute("SELECT count(*) FROM polls WHERE outcome = 'ok' AND requests = 1").fetchone()[0]
        whole = db.execute("SELECT count(*) FROM endpoints WHERE last_status = 304").fetchone()[0]
    if (unchanged, whole, OneRequest.answered) != (polls * (rounds + profile), polls, polls * rounds):
        raise SystemExit(f"not every poll was answered: {unchanged}, {whole}, {OneRequest.answered}")
    return {
        "bench": "polls",
        "polls": polls,
        "poll_ms": round(min(ours), 2),
        "crawl_ms": round(min(own), 2),
        "ratio": round(min(ours) / min(own), 3),
        "polls_ms": [round(value, 2) for value in ours],
        "crawls_ms": [round(value, 2) for value in own],
    }


def describe_hosts(polls: int) -> Setting:
    """A host for each feed; none is slow or dead."""
    return Setting(
        feeds=polls, hosts=polls, every=60, seconds=0, slow=0, dead=0, concurrency=AT_ONCE, new=False, items=1, limit=0
    )


async def serve(polls: int) -> None:
    """The hosts, until standard input closes; prints their port."""
    servers = Servers(describe_hosts(polls))
    await servers.start()
    sys.stdout.write(f"{servers.port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve, play, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.polls))
        return
    command = [sys.executable, __file__, "--serve", "--polls", str(options.polls)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        path = write_config(Path(folder), describe_hosts(options.polls), port)
        found = run_reactor(
            lambda reactor: play(reactor, path, port, options.polls, options.rounds, profile=options.profile)
        )
        server.stdin.close()
    sys.stdout.write(json.dumps(found) + "\n")
    sys.exit(found["ratio"] > GOAL)


if __name__ == "__main__":
    main()
