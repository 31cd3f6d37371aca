"""Ten thousand sources: what it costs to read their configuration, to look at them, and what an idle daemon takes.

usage: commands.py [--sources N] [--articles N] [--rounds N] [--idle SECONDS] [--folder FOLDER] [--other FOLDER]

An archive (tests/archive.py) whose pieces, links and sightings are spread over the sources and end now, each twentieth
source failing, and its configuration are laid once; a folder keeps them for another run within the hour. Then
`load_config` and `resolve_sources`, beside what tomllib alone takes, each command as a process of its own, and `run`
without pages with nothing to watch: its CPU and wake-ups once it has started, for `--idle` seconds. The least of the
rounds counts; `--other` is a checkout of another version, which takes turns with this one in the same environment. It
is CPU time, user and system, in seconds; times of commands on the wall stand beside. The last line is one JSON object
by version.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive import NOW, ArchiveSize, fill_archive

from monitor.storage.connection import connect_database
from monitor.storage.timestamps import format_stamp

ROOT = Path(__file__).resolve().parents[2]
SETTLE, STARTED = 15.0, 0.02  # seconds a daemon is left alone, and of a core what it takes less of once it has started
HOSTS, FAILING = 500, 20  # hosts of all sources; each so-many-th source fails
COMMANDS = (("status",), ("status", "--json"), ("sources", "list"), ("doctor",))
PROGRAM = "import sys; sys.argv[0] = 'seedwatch'; from monitor.commands.cli import main; main()"
# Least CPU seconds of three rounds in one process.
READING = """
import sys, tomllib
from pathlib import Path
from time import process_time
from monitor.config.load import load_config, resolve_sources

def least(work):
    times = []
    for _ in range(3):
        begun = process_time()
        found = work()
        times.append(process_time() - begun)
    return min(times), found

path = Path(sys.argv[1])
toml, _ = least(lambda: tomllib.loads(path.read_text("utf-8")))
load, config = least(lambda: load_config(path))
resolve, _ = least(lambda: resolve_sources(config))
print(toml, load, resolve)
"""
TICKS = os.sysconf("SC_CLK_TCK")


def write_config(path: Path, database: Path, sources: int) -> None:
    """A configuration of so many feeds, as `sources import` and a person write them."""
    tables = [
        f'[sources.s{number:05}]\nspider = "feed"\nfeeds = ["https://h{number % HOSTS}.example/feed/{number}"]\n'
        f'address = "https://h{number % HOSTS}.example/"\ntitle = "Outlet {number}"\nevery = "10m"\n'
        for number in range(sources)
    ]
    path.write_text("\n".join([f"[store]\npath = {json.dumps(str(database))}\n", *tables]), "utf-8")


def spread_archive(path: Path, sources: int) -> None:
    """Give the pieces of an archive to so many sources, each polled, and let the last piece be of this minute."""
    now = datetime.now(UTC)
    stamp, shift = format_stamp(now), f"+{(now - NOW).total_seconds():.0f} seconds"
    soon = format_stamp(now + timedelta(hours=1))
    rows = [(f"s{number:05}", number, number % FAILING == 0) for number in range(sources)]
    with closing(connect_database(path)) as db:
        db.execute("BEGIN")
        first = db.execute("SELECT max(id) FROM endpoints").fetchone()[0] + 1
        db.executemany(
            "INSERT INTO sources (name, spider, title, address, host, every, state, reason, added_at, next_poll_at, "
            "last_poll_at, last_ok_at, failures) VALUES (?, 'feed', ?, ?, ?, 600, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(name, f"Outlet {number}", f"https://h{number % HOSTS}.example/", f"h{number % HOSTS}.example"),
                    *(("failing", "403 Forbidden") if bad else ("ok", None)),
                    *(stamp, soon, stamp, stamp, 5 * bad),
                )
                for name, number, bad in rows
            ],
        )
        db.executemany(
            "INSERT INTO endpoints (id, source, kind, url, key, last_status, last_at, entries) "
            "VALUES (?, ?, 'feed', ?, ?, 200, ?, 50)",
            [
                (first + number, name, *(2 * (f"https://h{number % HOSTS}.example/feed/{number}",)), stamp)
                for name, number, _ in rows
            ],
        )
        db.executemany(
            "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) "
            "VALUES ('source', ?, '403 Forbidden', 'seedwatch explain', ?, ?)",
            [(name, stamp, stamp) for name, _, bad in rows if bad],
        )
        for table in ("articles", "links"):
            moved = ", ".join(
                f"{column} = strftime('%Y-%m-%dT%H:%M:%f', {column}, :shift) || 'Z'"
                for column in ("published_at", "first_seen_at")
            )
            db.execute(
                f"UPDATE {table} SET source = 's' || printf('%05d', id % :sources), {moved}",
                {"shift": shift, "sources": sources},
            )
        db.execute("UPDATE sightings SET endpoint_id = ? + link_id % ?", (first, sources))
        db.execute("DELETE FROM simulated_clock")
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def lay_archive(folder: Path, sources: int, articles: int) -> Path:
    """The configuration, with its database beside it; both made where they are not there yet."""
    database = folder / f"commands-{sources}-{articles}.db"
    if not database.exists():
        aside = database.with_suffix(".new")
        aside.unlink(missing_ok=True)
        fill_archive(aside, ArchiveSize(articles=articles))
        spread_archive(aside, sources)
        aside.rename(database)
    write_config(config := folder / f"commands-{sources}-{articles}.toml", database, sources)
    return config


def run_python(tree: Path, *words: str, cwd: Path) -> tuple[float, float, str]:
    """CPU and wall seconds of a Python process with a checkout's code, and what it printed."""
    before, begun = os.times(), time.monotonic()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode not in (0, 1):  # 1: `doctor` found a fault
        raise RuntimeError(done.stderr)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, time.monotonic() - begun, done.stdout


def look_at_process(pid: int) -> tuple[float, int]:
    """CPU seconds and wake-ups of a process's threads so far."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    woken = sum(
        int(line.split()[1])
        for task in Path(f"/proc/{pid}/task").iterdir()
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )
    return sum(map(int, times)) / TICKS, woken


def measure_idle(tree: Path, folder: Path, seconds: float) -> dict[str, float]:
    """Share of a core and wake-ups a second of `run` with nothing to watch, once its start is over."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        config = Path(place) / "config.toml"
        config.write_text(f"[store]\npath = {json.dumps(str(Path(place) / 'idle.db'))}\n", "utf-8")
        daemon = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--config", str(config), "run"],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(tree)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            before, (spent, woken) = -1.0, (0.0, 0)
            while spent - before > STARTED * SETTLE:
                time.sleep(SETTLE)
                before, (spent, woken) = spent, look_at_process(daemon.pid)
            begun = time.monotonic()
            time.sleep(seconds)
            later, more = look_at_process(daemon.pid)
            took = time.monotonic() - begun
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
    return {"idle_cpu_percent": round(100 * (later - spent) / took, 3), "idle_wakeups": round((more - woken) / took, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=float, default=60.0, help="0 leaves the daemon out")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--other", type=Path)
    options = parser.parse_args()
    trees = {"this": ROOT} | ({"other": options.other.resolve()} if options.other else {})
    with tempfile.TemporaryDirectory(prefix="seedwatch-commands-") as aside:
        folder = (options.folder or Path(aside)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        config = lay_archive(folder, options.sources, options.articles)
        found: dict[str, dict[str, Any]] = {name: {} for name in trees}

        def note(version: str, what: str, value: float) -> None:
            found[version][what] = round(min(value, found[version].get(what, value)), 2)
            print(f"{version} {what}: {value:.2f}", file=sys.stderr, flush=True)

        for _ in range(options.rounds):
            for version, tree in trees.items():
                figures = run_python(tree, "-c", READING, str(config), cwd=folder)[2].split()
                for what, figure in zip(("tomllib", "load_config", "resolve_sources"), figures, strict=True):
                    note(version, what, float(figure))
                for words in COMMANDS:
                    spent, took, _ = run_python(tree, "-c", PROGRAM, "--config", str(config), *words, cwd=folder)
                    note(version, " ".join(words), spent)
                    note(version, f"{' '.join(words)}, wall", took)
        for version, tree in trees.items():
            if options.idle:
                found[version] |= measure_idle(tree, folder, options.idle)
    given = {"sources": options.sources, "articles": options.articles, "load": round(os.getloadavg()[0], 1)}
    print(json.dumps({"bench": "commands", **given, **found}))


if __name__ == "__main__":
    main()
