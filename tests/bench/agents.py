"""Agents, their desk and a real nats-server, killed, stopped and cut off while they crawl; nothing may be lost by it.

usage: agents.py [--hosts N] [--pages N] [--agents N] [--every SECONDS] [--slice] [--ablate lease|recover] [--seed N]

Outlets on loopback addresses list pieces; a fifth of them list one that stands on the host of another. The desk leaves
all crawling to agents. Meanwhile an agent is killed every `--every` seconds, the desk twice, the server once (it keeps
nothing, so that is its wipe, too); one agent is stopped for 30 s and one is cut off for 30 s. `--slice` is what CI
runs: no second kill of the desk, and no agent that is stopped or cut off. `--ablate` leaves out a rule in the processes
under test: `lease`, that an agent begins nothing that could outlast its lease; `recover`, that a desk which starts
frees its own polls only.

The last line is one JSON object: "pages" there were, "lost" of them, "outcomes_twice", "alerts_missing",
"alerts_twice", "gaps", "overlaps" (two requests to one host at a time), "pauses_cut_short", "fetched_again" (percent of
pages), "resumed" (the longest time in seconds from the desk or the server being back to the next settled page),
"desk_ms" (CPU of the desk a poll that finds nothing), "kills". Exit code 1 where a rule was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from agents_world import CutWire, Outlets, address, tells_of_storm  # noqa: E402

OUT = 30.0  # seconds that one agent is stopped, and one cut off
LIMIT = 4.0  # percent of pages that may be fetched again
RESUMES = 5.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


def write_config(folder: Path, outlets: Outlets) -> Path:
    """The desk's configuration: a source a host, and one rule."""
    lines = [
        f'[fetch]\nallow = ["127.0.0.0/8"]\ndelay = {outlets.delay}\ntimeout = "5s"\n',
        f'[store]\npath = "{folder / "agents.db"}"\n[topics.storms]\nseeds = ""\n',
        '[topics.storms.rules.storm]\nquery = "title:storm"\n[channels.none]\nkind = "webhook"\n',
        'url = "http://127.0.0.1:9/"\n[alerts.storms]\ntopics = ["storms"]\nchannels = ["none"]\nper = "article"\n',
    ]
    lines += [
        f'[sources.s{number}]\nspider = "feed"\nevery = "1h"\nalert_backlog = true\n'
        f'feeds = ["http://{address(number)}:{outlets.port}/feed"]\n'
        for number in range(outlets.hosts)
    ]
    path = folder / "config.toml"
    path.write_text("\n".join(lines))
    return path


class Play:
    """The processes of one run."""

    def __init__(self, folder: Path, outlets: Outlets, wanted: argparse.Namespace) -> None:
        self.folder = folder
        self.outlets = outlets
        self.wanted = wanted
        self.chance = random.Random(wanted.seed)
        self.names = [f"a{number}" for number in range(wanted.agents)]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: Counter[str] = Counter()
        self.resumed: list[float] = []
        self.port = 0
        self.wire: CutWire | None = None

    async def prepare(self) -> None:
        """Configuration, keys and the wire that can be cut."""
        config = write_config(self.folder, self.outlets)
        self.port = _free_port()
        self._call("agents", "init", *self.names, "--port", str(self.port))
        text = config.read_text()
        config.write_text(text.replace("[agents]\n", "[agents]\nown = false\n"))
        self.wire = CutWire(self.port)
        await self.wire.start()

    def _call(self, *words: str) -> None:
        subprocess.run(self._command(*words), check=True, capture_output=True)

    def _command(self, *words: str) -> list[str]:
        ablate = self.wanted.ablate or ""
        whole = ["--config", str(self.folder / "config.toml"), *words]
        return [sys.executable, str(Path(__file__).resolve()), "--as", ablate, *whole]

    def start(self, name: str) -> None:
        """Start the server, the desk or an agent; the last agent stands behind the wire that is cut."""
        if name == "server":
            command = ["nats-server", "-c", str(self.folder / "agents/server.conf")]
        elif name == "desk":
            command = self._command("run")
        else:
            assert self.wire is not None
            port = self.wire.port if name == self.names[-1] else self.port
            key = str(self.folder / f"agents/{name}.key")
            command = self._command("agent", "--desk", f"tls://127.0.0.1:{port}", "--key", key, "--workers", "1")
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def kill(self, name: str) -> None:
        """Kill it with all its workers, as a machine that is switched off."""
        self.kills["agent" if name in self.names else name] += 1
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for name in tuple(self.running):
            process = self.running.pop(name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # — what is looked at —————————————————————————————————————————————————————————————————————————————————————————

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the desk's database says; nothing where there is none yet."""
        try:
            with sqlite3.connect(f"file:{self.folder / 'agents.db'}?mode=ro", uri=True, timeout=5) as db:
                return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def settled(self) -> int:
        """Links that are done."""
        return sum(count for (count,) in self.rows("SELECT count(*) FROM links WHERE state <> 'pending'"))

    def _said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    async def restart(self, name: str) -> None:
        """Kill the desk or the server, begin it again, and note how long it takes until pages are settled again."""
        ready = "agents-served" if name == "desk" else "Server is ready"
        before = self._said(name).count(ready)
        self.kill(name)
        await asyncio.sleep(1.0)
        self.start(name)
        while self._said(name).count(ready) <= before:
            await asyncio.sleep(0.05)
        began, done = time.monotonic(), self.settled()
        left = self.outlets.hosts * self.outlets.pages - done
        while left and self.settled() == done and time.monotonic() - began < 60:
            await asyncio.sleep(0.1)
        if left:
            self.resumed.append(round(time.monotonic() - began, 1))

    async def harm_agents(self) -> None:
        """Kill one agent after the other, begun anew a second later."""
        while True:
            await asyncio.sleep(self.wanted.every)
            name = self.chance.choice(self.names[: max(1, len(self.names) - 2)])
            self.kill(name)
            await asyncio.sleep(1.0)
            self.start(name)

    async def leave_out(self, at: float) -> None:
        """Stop the last agent but one, then cut off the last."""
        await asyncio.sleep(at)
        stopped = self.running[self.names[-2]].pid
        os.killpg(stopped, signal.SIGSTOP)
        await asyncio.sleep(OUT)
        os.killpg(stopped, signal.SIGCONT)
        assert self.wire is not None
        self.wire.cut()
        await asyncio.sleep(OUT)
        self.wire.mend()

    async def harm_rest(self) -> None:
        """Kill the desk at a quarter and at three quarters of the pages, the server at half."""
        whole = self.outlets.hosts * self.outlets.pages
        harm = ((1 / 4, "desk"), (1 / 2, "server"), (3 / 4, "desk"))
        for share, name in harm[:2] if self.wanted.slice else harm:
            while self.settled() < share * whole:
                await asyncio.sleep(0.2)
            await self.restart(name)

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is owed any more."""
        whole, began = self.outlets.hosts * self.outlets.pages, time.monotonic()
        while time.monotonic() - began < seconds:
            open_polls = self.rows("SELECT count(*) FROM polls WHERE outcome = 'open'")
            if self.settled() >= whole and open_polls == [(0,)]:
                return
            await asyncio.sleep(0.25)

    async def weigh_polls(self) -> float | None:
        """CPU of the desk a poll that finds nothing, in milliseconds."""
        desk = self.running["desk"].pid
        polls = self.rows("SELECT count(*) FROM polls WHERE outcome <> 'open'")[0][0]
        with sqlite3.connect(self.folder / "agents.db", timeout=10) as db:
            db.execute("UPDATE endpoints SET next_at = NULL")
            db.execute("UPDATE sources SET next_poll_at = '2026-01-01T00:00:00.000Z'")
        before, wanted = _cpu(desk), polls + self.outlets.hosts
        for _ in range(240):
            await asyncio.sleep(0.25)
            found = self.rows("SELECT count(*) FROM polls WHERE outcome <> 'open'")[0][0]
            if found >= wanted:
                break
        return round(1000 * (_cpu(desk) - before) / max(1, found - polls), 2)

    def judge(self) -> dict[str, Any]:
        """What came of it."""
        urls = {url for number in range(self.outlets.hosts) for url in self.outlets.urls(number)}
        stored = {url for (url,) in self.rows("SELECT url FROM links WHERE state = 'done' AND article_id IS NOT NULL")}
        twice = self.rows(
            "SELECT link_id FROM fetches WHERE outcome NOT IN ('failed', 'blocked') "
            "GROUP BY link_id HAVING count(*) > 1"
        )
        told = Counter(
            url
            for (url,) in self.rows("SELECT links.url FROM alerts JOIN links ON links.article_id = alerts.article_id")
        )
        storms = {url for url in urls if tells_of_storm(url)}
        again = sum(count - 1 for count in self.outlets.fetched.values())
        return {
            "pages": len(urls),
            "lost": len(urls - stored),
            "outcomes_twice": len(twice),
            "alerts_missing": len(storms - set(told)),
            "alerts_twice": sum(count - 1 for count in told.values()) + len(set(told) - storms),
            "gaps": self.rows("SELECT count(*) FROM gaps")[0][0],
            "overlaps": self.outlets.overlaps,
            "pauses_cut_short": self.outlets.cut_short,
            "fetched_again": round(100 * again / len(urls), 2),
            "resumed": max(self.resumed, default=None),
            "kills": dict(self.kills),
        }


def _cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def play(folder: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """One run; what came of it."""
    outlets = Outlets(wanted.hosts, wanted.pages, seconds=wanted.answer, delay=wanted.delay, rest=wanted.rest)
    await outlets.start()
    scene = Play(folder, outlets, wanted)
    await scene.prepare()
    began = time.monotonic()
    try:
        scene.start("server")
        for name in ("desk", *scene.names):
            scene.start(name)
        harm = [asyncio.create_task(scene.harm_agents()), asyncio.create_task(scene.harm_rest())]
        if not wanted.slice:
            harm.append(asyncio.create_task(scene.leave_out(wanted.every)))
        await scene.finish(wanted.limit)
        for task in harm:
            task.cancel()
        ended = await asyncio.gather(*harm, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error
        seconds = time.monotonic() - began
        found = scene.judge()
        desk_ms = None if wanted.slice or "desk" not in scene.running else await scene.weigh_polls()
    finally:
        scene.end()
    return {**found, "desk_ms": desk_ms, "seconds": round(seconds, 1)}


def is_good(found: dict[str, Any]) -> bool:
    """Whether no rule was broken."""
    none = ("lost", "outcomes_twice", "alerts_missing", "alerts_twice", "gaps", "overlaps", "pauses_cut_short")
    return not any(found[key] for key in none) and found["fetched_again"] <= LIMIT


def run_ablated(ablate: str) -> None:
    """A command of the product, perhaps without one of its rules."""
    from monitor.commands.cli import main
    from monitor.fetching.agents.lease_clock import LeaseClock
    from monitor.storage.leases.host_leases import HostLeases

    if ablate == "lease":
        LeaseClock.lasts = lambda self, seconds: True  # type: ignore[method-assign]
    if ablate == "recover":
        recover = HostLeases.recover

        def free_all(self: HostLeases, now: Any) -> int:
            self.db.execute("UPDATE polls SET agent = NULL WHERE outcome = 'open'")
            return recover(self, now)

        HostLeases.recover = free_all  # type: ignore[method-assign]
    main()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        ablation = sys.argv[2]
        sys.argv[1:3] = []
        run_ablated(ablation)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--agents", type=int, default=5)
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between two requests to one host")
    parser.add_argument("--answer", type=float, default=0.5, help="seconds that an answer takes")
    parser.add_argument("--rest", type=int, default=20, help="seconds that some hosts ask for")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds after which the run ends")
    parser.add_argument("--slice", action="store_true")
    parser.add_argument("--ablate", choices=("lease", "recover"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that is removed")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(play(given.keep, given))
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            result = asyncio.run(play(Path(place), given))
    print(json.dumps(result))
    sys.exit(0 if is_good(result) else 1)
