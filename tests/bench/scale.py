"""Thousands of feeds on hundreds of hosts: how late `seedwatch run` polls them, and what its processes take.

usage: scale.py [--feeds N] [--hosts N] [--every SECONDS] [--seconds S] [--slow SHARE] [--dead SHARE] [--concurrency N]
       scale.py --new [--feeds N] [--items N] [--limit SECONDS]

Real servers on the loopback network: each host is an address in 127.0.0.0/8 with the same port. A slow host takes ten
seconds for an answer, a dead one refuses connections; every other answers a feed that has not changed with 304. The
daemon is a process of its own, `run` without pages. A poll's lag is how long after the source's `next_poll_at` it
began, in seconds. It is measured for `--seconds` from when every source that can be reached was polled once.

With --new all feeds are new, each with `--items` old pieces whose pages are served, no host is slow or dead, and the
last line says after how many seconds each feed had been polled once.

CPU is utime and stime of the daemon and all its children, memory the largest sum of their PSS. The last line is one
JSON object; exit 1 where a goal was missed (lag p99 < 10 s, < 400 MB, ≤ 30 % of a core; with --new: `--limit`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from zlib import crc32

LAG, MEMORY, CPU, NEW = 10.0, 400e6, 0.30, 180.0  # the goals: seconds, bytes, of a core, seconds
SLOW = 10.0  # seconds that a slow host takes
SAMPLE, WEIGH = 1.0, 10.0  # seconds between two looks at the database, and at the processes
WORDS = (
    "harbour",
    "council",
    "quay",
    "storm",
    "winter",
    "engineer",
    "pile",
    "basin",
    "boat",
    "water",
    "repair",
    "berth",
)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is asked of the daemon; `slow` and `dead` are shares of the hosts."""

    feeds: int
    hosts: int
    every: int
    seconds: float
    slow: float
    dead: float
    concurrency: int | None
    new: bool
    items: int
    limit: float

    def kind(self, host: int) -> str:
        """ "slow", "dead" or "well", spread evenly over the hosts."""
        place = (host * 37 % 100) / 100
        return "dead" if place < self.dead else "slow" if place < self.dead + self.slow else "well"


def address(host: int) -> str:
    """The loopback address of a host."""
    return f"127.1.{host // 250}.{host % 250 + 1}"


class Servers:
    """All hosts on one port; `requests` counts what was answered."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.requests = 0
        self.port = 0
        self._slow = {address(host) for host in range(setting.hosts) if setting.kind(host) == "slow"}

    async def start(self) -> asyncio.Server:
        """Listen on every host that is not dead."""
        alive = [address(host) for host in range(self.setting.hosts) if self.setting.kind(host) != "dead"]
        first = await asyncio.start_server(self._serve, alive[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        self._rest = await asyncio.start_server(self._serve, alive[1:] or ["127.2.0.1"], self.port, backlog=256)
        return first

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                if host in self._slow:
                    await asyncio.sleep(SLOW)
                writer.write(self._answer(host, head.split(b" ", 2)[1].decode(), head.lower()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has what it wants, or the bench ends
        finally:
            writer.close()

    def _answer(self, host: str, path: str, head: bytes) -> bytes:
        if path.startswith("/feed/"):
            if b"if-none-match" in head:
                return b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'
            return _pack("200 OK", "application/rss+xml", self._feed(host, path.removeprefix("/feed/")))
        if path.startswith("/piece/"):
            return _pack("200 OK", "text/html; charset=utf-8", _piece(path))
        return _pack("404 Not Found", "text/html", b"<html><body>There is nothing here.</body></html>")

    def _feed(self, host: str, number: str) -> bytes:
        root = f"http://{host}:{self.port}"
        items = "".join(
            f"<item><title>The {_pick(number, item, 4)}</title><link>{root}/piece/{number}/{item}</link>"
            f"<pubDate>Mon, 02 Feb 2026 {item % 24:02}:00:00 GMT</pubDate></item>"
            for item in range(self.setting.items)
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>{number}</title>{items}</channel></rss>".encode()
        )


def _pick(number: str, item: int | str, count: int) -> str:
    start = crc32(f"{number} {item}".encode()) % 9973
    return " ".join(WORDS[(start * (place + 3) + place) % len(WORDS)] for place in range(count))


def _piece(path: str) -> bytes:
    _, _, number, item = path.split("/")
    title = f"The {_pick(number, item, 4)}"
    paragraphs = "".join(f"<p>The {_pick(number, f'{item} {row}', 30)} near {number}.</p>" for row in range(5))
    body = f"<article><h1>{title}</h1>{paragraphs}</article>"
    return f"<html lang='en'><head><title>{title}</title></head><body>{body}</body></html>".encode()


def _pack(status: str, kind: str, body: bytes) -> bytes:
    etag = 'ETag: "one"\r\n' if "rss" in kind else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{etag}Content-Length: {len(body)}\r\n\r\n".encode() + body


def write_config(folder: Path, setting: Setting, port: int) -> Path:
    """The configuration of all feeds."""
    wire = "" if setting.concurrency is None else f"concurrency = {setting.concurrency}\n"
    lines = [f'[fetch]\nallow = ["127.0.0.0/8"]\n{wire}[store]\npath = "{folder / "scale.db"}"']
    lines += [
        f'[sources.s{number}]\nspider = "feed"\nevery = "{setting.every}s"\n'
        f'feeds = ["http://{address(number % setting.hosts)}:{port}/feed/{number}"]'
        for number in range(setting.feeds)
    ]
    path = folder / "config.toml"
    path.write_text("\n".join(lines))
    return path


def find_processes(root: int) -> list[int]:
    """A process and all its children's."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def weigh(root: int) -> tuple[float, int]:
    """CPU seconds so far, those of ended children included, and bytes of PSS."""
    spent, size = 0.0, 0
    for process in find_processes(root):
        try:
            times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:  # it has ended
            continue
        spent += sum(map(int, times)) / TICKS
        size += next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return spent, size


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Reads the daemon's database from beside it."""

    database: Path
    last: int = 0
    due: dict[str, str] = field(default_factory=dict)
    polled: set[str] = field(default_factory=set)
    lags: list[tuple[float, float]] = field(default_factory=list)  # by a steady clock, and seconds

    def look(self) -> None:
        """Take in the polls that began since the last look, and what is due when."""
        if not self.database.exists():
            return
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as db:
            try:
                polls = db.execute("SELECT id, source, started_at FROM polls WHERE id > ? ORDER BY id", (self.last,))
                for number, source, started in polls.fetchall():
                    self.last = number
                    self.polled.add(source)
                    if (due := self.due.get(source)) is not None:
                        lag = (_stamp(started) - _stamp(due)).total_seconds()
                        self.lags.append((time.monotonic(), max(0.0, lag)))
                self.due = dict(db.execute("SELECT name, next_poll_at FROM sources"))
            except sqlite3.OperationalError as error:  # no tables yet
                if "no such table" not in str(error):
                    raise

    def count_pages(self) -> int:
        """Pieces stored."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as db:
            return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


def _stamp(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


async def run(setting: Setting, folder: Path) -> dict[str, Any]:
    """The daemon against the servers, until it was measured."""
    servers = Servers(setting)
    await servers.start()
    config = write_config(folder, setting, servers.port)
    program = "import sys; from monitor.commands.cli import main; sys.argv[0] = 'seedwatch'; main()"
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-c", program, "--config", str(config), "run"], stdout=log, stderr=log, cwd=folder
        )
    watcher = Watcher(database=folder / "scale.db")
    begun = time.monotonic()
    measured: float | None = None
    spent = most = 0.0
    weighed = -WEIGH
    try:
        while daemon.poll() is None:
            await asyncio.sleep(SAMPLE)
            await asyncio.to_thread(watcher.look)
            now = time.monotonic()
            if now - weighed >= WEIGH:
                weighed = now
                used, size = await asyncio.to_thread(weigh, daemon.pid)
                most = max(most, size)
            if measured is None and len(watcher.polled) == setting.feeds:
                measured = time.monotonic()
                spent, _ = weigh(daemon.pid)
                if setting.new:
                    break
            if (measured is not None and now - measured >= setting.seconds) or (setting.new and now - begun > 900):
                break
        if daemon.poll() is not None:
            raise SystemExit((folder / "log").read_text()[-3000:])
        used, size = weigh(daemon.pid)
        most = max(most, size)
        ended = time.monotonic()
        found: dict[str, Any] = {"bench": "scale", "feeds": setting.feeds, "hosts": setting.hosts, "new": setting.new}
        found |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[1], 1), "memory_mb": round(most / 1e6)}
        if setting.new:
            took = None if measured is None else round(measured - begun, 1)
            found |= {"items": setting.items, "all_polled_seconds": took, "pieces": watcher.count_pages()}
            return found | {"cpu": round(used / (ended - begun), 3), "held": took is not None and took <= setting.limit}
        since = measured or ended
        lags = sorted(lag for at, lag in watcher.lags if at >= since)
        cuts = quantiles(lags, n=100) if len(lags) > 1 else [0.0] * 99
        found |= {"polls": len(lags), "polls_per_second": round(len(lags) / (ended - since), 2)}
        found |= {"lag_p50": round(cuts[49], 2), "lag_p99": round(cuts[98], 2)}
        found |= {"cpu": round((used - spent) / (ended - since), 3)}
        return found | {"held": found["lag_p99"] < LAG and most < MEMORY and found["cpu"] <= CPU}
    finally:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--every", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--slow", type=float, default=0.05)
    parser.add_argument("--dead", type=float, default=0.05)
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--new", action="store_true")
    parser.add_argument("--items", type=int, default=0)
    parser.add_argument("--limit", type=float, default=NEW)
    options = vars(parser.parse_args())
    if options["new"]:
        options |= {"slow": 0.0, "dead": 0.0}
    with tempfile.TemporaryDirectory() as place:
        result = asyncio.run(run(Setting(**options), Path(place)))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
