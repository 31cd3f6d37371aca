"""Agents, their desk and a real nats-server, killed, stopped and cut off while they crawl; nothing may be lost by it.

usage: agents.py [--hosts N] [--pages N] [--agents N] [--every SECONDS] [--slice] [--ablate RULE] [--seed N]
                 [--like FILE]
       agents.py --alone FILE [--hosts N] [--pages N]
       agents.py --calm [--hosts N]

Outlets on loopback addresses list pieces; a fifth of them list one that stands on the host of another, a tenth list
their later half in a second answer that does not meet the first, a ninth take `--slow` seconds for each answer. The
desk leaves all crawling to agents. Meanwhile an agent is killed every `--every` seconds, the desk twice, the server
once (it keeps nothing, so that is its wipe, too); one agent is stopped for 30 s, and one is cut off for 30 s as the
desk dies. `--slice` is what CI runs: no second kill of the desk, no agent stopped or cut off, and no comparison.
`--calm` kills nobody: it weighs polls only. `--ablate` leaves out a rule in the processes under test: `lease`, that an
agent begins nothing that could outlast its lease; `recover`, that a desk which starts frees its own polls only;
`reconnect`, that a server which is gone is tried again after a second (8 s).
`--alone` has one process without agents read the same outlets, and keeps its alerts and gaps in FILE; `--like` compares
with those. Without it they are compared with a process alone that is run afterwards.

The last line is one JSON object: "pages" there were, "lost" of them, "outcomes_twice", "alerts_missing",
"alerts_twice", "gaps" and "gaps_missing", "differences" of alerts and gaps to one process alone, "overlaps" (two
requests to one host at a time), "pauses_cut_short", "fetched_again" (percent of pages), "resumed" (the longest time in
seconds to the next commit of what an agent asked or told, from the desk or the server being back or, later, from when
an agent that is neither stopped nor cut off has a page to tell of, or room for a source that is due), "workless" (the
longest from being back to that), "settling" (from being back to the next settled page, for which an agent may have to
read first), "desk_ms" (CPU of the desk a poll that finds nothing), "kills". Exit code 1 where a rule was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import signal
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

from agents_record import Record, Told, count_differences, load_told  # noqa: E402
from agents_world import CutWire, Outlets, address  # noqa: E402

OUT = 30.0  # seconds that one agent is stopped, and one cut off
LIMIT = 4.0  # percent of pages that may be fetched again
RESUMES = 5.0  # seconds
WEIGHS = 2.5  # milliseconds of the desk a poll that finds nothing
WEIGHED = 1_000  # polls
CRAWLS_A_SLOT = 4  # that an agent takes at most (monitor/daemon/agents/agent.py)
ALONE = {"seconds": 0.05, "delay": 0.2}  # the pace of the outlets for one process alone
COMMAND = (sys.executable, str(Path(__file__).with_name("agents_ablated.py").resolve()))
TICKS = os.sysconf("SC_CLK_TCK")


def write_config(folder: Path, outlets: Outlets, name: str) -> Path:
    """A configuration with a source a host, and one rule; its database is called as it is."""
    lines = [
        f'[fetch]\nallow = ["127.0.0.0/8"]\ndelay = {outlets.delay}\ntimeout = "{outlets.timeout}s"\n',
        f'[store]\npath = "{folder / name}.db"\n[topics.storms]\nseeds = ""\n',
        '[topics.storms.rules.storm]\nquery = "title:storm"\n[channels.none]\nkind = "webhook"\n',
        'url = "http://127.0.0.1:9/"\n[alerts.storms]\ntopics = ["storms"]\nchannels = ["none"]\nper = "article"\n',
    ]
    lines += [
        f'[sources.s{number}]\nspider = "feed"\nevery = "{"1m" if outlets.is_quick(number) else "1h"}"\n'
        f'alert_backlog = true\nfeeds = ["http://{address(number)}:{outlets.port}/feed"]\n'
        for number in range(outlets.hosts)
    ]
    path = folder / f"{name}.toml"
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
        self.record = Record(folder / "agents.db", outlets)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: Counter[str] = Counter()
        self.begun: dict[str, tuple[float, int]] = {}  # when an agent was begun, and how long its log was then
        self.out: set[str] = set()  # agents that are stopped or cut off
        self.resumed: list[float] = []
        self.workless: list[float] = []
        self.settling: list[float] = []
        self.port = 0
        self.wire: CutWire | None = None
        self.cut: list[asyncio.Task[None]] = []

    async def prepare(self) -> None:
        """Configuration, keys and the wire that can be cut."""
        config = write_config(self.folder, self.outlets, "agents")
        self.port = _free_port()
        self._call("agents", "init", *self.names, "--port", str(self.port))
        text = config.read_text()
        config.write_text(text.replace("[agents]\n", "[agents]\nown = false\n"))
        self.wire = CutWire(self.port)
        await self.wire.start()

    def _call(self, *words: str) -> None:
        subprocess.run(self._command(*words), check=True, capture_output=True)

    def _command(self, *words: str) -> list[str]:
        return [*COMMAND, self.wanted.ablate or "", "--config", str(self.folder / "agents.toml"), *words]

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
            more = ("--concurrency", str(self.wanted.concurrency))
            command = self._command("agent", "--desk", f"tls://127.0.0.1:{port}", "--key", key, "--workers", "1", *more)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.begun[name] = time.time(), log.tell()
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

    def _said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    async def restart(self, name: str) -> None:
        """Kill the desk or the server, begin it again, and note how long it takes until work is committed again."""
        ready = "agents-served" if name == "desk" else "Server is ready"
        before = self._said(name).count(ready)
        self.kill(name)
        self.start(name)
        while self._said(name).count(ready) <= before:
            await asyncio.sleep(0.05)
        back, work, done = time.monotonic(), self.record.list_work(), self.record.settled()
        if done == self.record.whole:
            return
        since: float | None = None  # when there was work, without a break
        while self.record.list_work() == work and time.monotonic() - (since or math.inf) < 60:
            since = (since or time.monotonic()) if self._has_work() else None
            await asyncio.sleep(0.1)
        now = time.monotonic()
        self.workless.append(round((since or now) - back, 1))
        self.resumed.append(round(now - (since or now), 1))
        while self.record.settled() <= done and time.monotonic() - back < 60:
            await asyncio.sleep(0.1)
        self.settling.append(round(time.monotonic() - back, 1))

    def _has_work(self) -> bool:
        """Whether an agent that runs, and is neither stopped nor cut off, could have something committed."""
        agents = {}
        for name in set(self.names) & self.running.keys() - self.out:
            began, size = self.begun[name]
            if b"event=agent-start" in (self.folder / f"{name}.log").read_bytes()[size:]:
                agents[name] = began
        return self.record.has_work(agents, CRAWLS_A_SLOT * self.wanted.concurrency)

    async def harm_agents(self) -> None:
        """Kill one agent after the other, begun anew a second later."""
        while True:
            await asyncio.sleep(self.wanted.every)
            name = self.chance.choice(self.names[: max(1, len(self.names) - 2)])
            self.kill(name)
            await asyncio.sleep(1.0)
            self.start(name)

    async def leave_out(self, at: float) -> None:
        """Stop the last agent but one for a while."""
        await asyncio.sleep(at)
        stopped = self.running[self.names[-2]].pid
        self.out.add(self.names[-2])
        os.killpg(stopped, signal.SIGSTOP)
        try:
            await asyncio.sleep(OUT)
        finally:
            os.killpg(stopped, signal.SIGCONT)
            self.out.discard(self.names[-2])
        self.kills["stopped"] += 1

    async def cut_off(self) -> None:
        """Cut off the last agent for a while."""
        assert self.wire is not None
        self.out.add(self.names[-1])
        self.wire.cut()
        try:
            await asyncio.sleep(OUT)
        finally:
            self.wire.mend()
        self.kills["cut"] += 1
        mended = time.time()
        while not self.record.was_heard(self.names[-1], mended):  # its tries to connect came to nothing till now
            await asyncio.sleep(0.5)
        self.out.discard(self.names[-1])

    async def harm_rest(self) -> None:
        """Kill the desk at a quarter and at three quarters of the pages, the server at half.

        As the desk dies first an agent is cut off: it crawls by its leases, and hears nothing of the next desk.
        """
        harm = ((1 / 4, "desk"), (1 / 2, "server"), (3 / 4, "desk"))
        for share, name in harm[:2] if self.wanted.slice else harm:
            while self.record.settled() < share * self.record.whole:
                await asyncio.sleep(0.5)
            if not (self.wanted.slice or self.cut):
                self.cut.append(asyncio.create_task(self.cut_off()))
            await self.restart(name)

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is owed any more."""
        began = told = time.monotonic()
        while time.monotonic() - began < seconds and not self.record.is_done():
            await asyncio.sleep(0.5)
            if time.monotonic() - told > 30:
                told = time.monotonic()
                so_far = (f"{told - began:.0f} s", f"{self.record.settled()} pages", dict(self.kills), self.resumed)
                print(*so_far, f"overlaps {self.outlets.overlaps}", file=sys.stderr, flush=True)

    async def weigh_polls(self) -> float | None:
        """CPU of the desk a poll that finds nothing, in milliseconds, over `WEIGHED` polls at least.

        Of few polls it would be what the desk does beside them; so it is while outlets take their time.
        """
        desk, polls = self.running["desk"].pid, self.record.count("polls WHERE outcome <> 'open'")
        self.outlets.slow, before, found, began = self.outlets.seconds, _cpu(desk), 0, time.monotonic()
        while found < WEIGHED and time.monotonic() - began < 300:
            self.record.make_due()
            wanted = found + self.outlets.hosts
            while found < wanted and time.monotonic() - began < 300:
                await asyncio.sleep(0.25)
                found = self.record.count("polls WHERE outcome <> 'open'") - polls
        return round(1000 * (_cpu(desk) - before) / max(1, found), 2)


def _cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def play(folder: Path, wanted: argparse.Namespace, outlets: Outlets) -> dict[str, Any]:
    """One run; what came of it."""
    scene = Play(folder, outlets, wanted)
    await scene.prepare()
    began = time.monotonic()
    try:
        scene.start("server")
        for name in ("desk", *scene.names):
            scene.start(name)
        harm = []
        if not wanted.calm:
            harm += [asyncio.create_task(scene.harm_agents()), asyncio.create_task(scene.harm_rest())]
        if not (wanted.slice or wanted.calm):
            harm.append(asyncio.create_task(scene.leave_out(wanted.every)))
        await scene.finish(wanted.limit)
        harm += scene.cut
        for task in harm:
            task.cancel()
        ended = await asyncio.gather(*harm, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error
        seconds = time.monotonic() - began
        found = {**scene.record.judge(), "resumed": max(scene.resumed, default=None)}
        found |= {"workless": max(scene.workless, default=None), "settling": max(scene.settling, default=None)}
        found |= {"kills": dict(scene.kills)}
        desk_ms = None if wanted.slice or "desk" not in scene.running else await scene.weigh_polls()
    finally:
        scene.end()
    if wanted.like is not None:
        found["differences"] = count_differences(scene.record.told(), load_told(wanted.like))
    elif not (wanted.slice or wanted.calm):
        found["differences"] = count_differences(scene.record.told(), await play_alone(folder, outlets, wanted.limit))
    return {**found, "desk_ms": desk_ms, "seconds": round(seconds, 1)}


async def play_alone(folder: Path, outlets: Outlets, limit: float) -> Told:
    """What one process tells that reads the same outlets without agents."""
    outlets.forget(**ALONE)
    config, record = write_config(folder, outlets, "alone"), Record(folder / "alone.db", outlets)
    command = [*COMMAND, "", "--config", str(config), "run"]
    with (folder / "alone.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        began = time.monotonic()
        while not record.is_done() and time.monotonic() - began < limit:
            await asyncio.sleep(0.5)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return record.told()


def is_good(found: dict[str, Any], wanted: argparse.Namespace) -> bool:
    """Whether no rule was broken; a slice is too small to say how long something takes."""
    none = ("lost", "outcomes_twice", "alerts_missing", "alerts_twice", "gaps_missing", "overlaps", "pauses_cut_short")
    if any(found[key] for key in none) or found.get("differences"):
        return False
    if wanted.slice or wanted.calm:
        return True
    played = {name: found["kills"].get(name) for name in ("desk", "server", "stopped", "cut")}
    quick = (found["resumed"] or 0) <= RESUMES and (found["desk_ms"] or 99) <= WEIGHS
    return played == {"desk": 2, "server": 1, "stopped": 1, "cut": 1} and quick and found["fetched_again"] <= LIMIT


async def run_bench(wanted: argparse.Namespace, place: Path) -> int:
    """The exit code; `place` is for what nobody wants to keep."""
    folder = wanted.keep or place
    folder.mkdir(parents=True, exist_ok=True)
    pace = {"seconds": wanted.answer, "delay": wanted.delay, "slow": wanted.slow, "rest": wanted.rest}
    outlets = Outlets(wanted.hosts, wanted.pages, timeout=wanted.timeout, slow_nth=wanted.slow_nth, **pace)
    await outlets.start()
    if wanted.alone is not None:
        told = await play_alone(folder, outlets, wanted.limit)
        told.save(wanted.alone)
        print(json.dumps({"alerts": told.alerts.total(), "gaps": told.gaps.total()}))
        return 0
    found = await play(folder, wanted, outlets)
    print(json.dumps(found))
    return 0 if is_good(found, wanted) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--agents", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=6, help="of each agent")
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--delay", type=float, default=1.5, help="seconds between two requests to one host")
    parser.add_argument("--slow", type=float, default=8.0, help="seconds that an answer of slow outlets takes")
    parser.add_argument("--slow-nth", type=int, default=9, help="of so many outlets one is slow")
    parser.add_argument("--timeout", type=int, default=10, help="seconds, of which a lease is twice, and 15 at least")
    parser.add_argument("--answer", type=float, default=0.5, help="seconds that an answer takes")
    parser.add_argument("--rest", type=int, default=20, help="seconds that some hosts ask for")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds after which the run ends")
    parser.add_argument("--slice", action="store_true")
    parser.add_argument("--calm", action="store_true")
    parser.add_argument("--ablate", choices=("lease", "recover", "reconnect"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", type=Path)
    parser.add_argument("--like", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that is removed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        sys.exit(asyncio.run(run_bench(parser.parse_args(), Path(place))))
