"""One tool on the scripted outlets: its last line is one JSON object.

usage: run.py TOOL [--seed N] [--length SECONDS] [--interval SECONDS] [--port N] [--no-kills] [--venvs DIR] [--keep DIR]
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
from contextlib import suppress
from pathlib import Path
from typing import Any

from drivers import DRIVERS, Drive
from judge import judge_run
from process_tree import ProcessTree
from schedule import plan_run
from stand import Stand


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=list(DRIVERS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--length", type=float, default=720.0)
    parser.add_argument("--interval", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=75.0, help="seconds on the backlog before second 0")
    parser.add_argument("--port", type=int, default=18900)
    parser.add_argument("--scale", type=int, default=12)
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument("--venvs", type=Path, default=Path(__file__).resolve().parents[3] / ".peers")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    schedule = plan_run(
        args.seed, length=args.length, interval=args.interval, kills=not args.no_kills, scale=args.scale
    )
    with tempfile.TemporaryDirectory() as temporary, Stand(schedule, args.port) as stand:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        drive = DRIVERS[args.tool](folder, stand, args.interval, args.venvs)
        with open(folder / "tool.log", "wb") as log:
            figures = run_tool(drive, stand, folder, log, args.warm_up)
        found = judge_run(schedule, stand.ledger, stand.outlets)
    print(json.dumps({"tool": args.tool, "said": drive.said, "warm_up": args.warm_up, **figures, **found}))


def run_tool(drive: Drive, stand: Stand, folder: Path, log: Any, warm_up: float) -> dict[str, Any]:
    """Set up, warm up, run over the length of the schedule with its kills; what it cost."""
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        **drive.env,
    }
    environment.pop("PYTHONPATH", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled; a clone shall be so, too

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    for command in drive.setup:
        start(command).wait(600)
    tree, interval = ProcessTree(), stand.schedule.interval
    process = start(drive.command)
    begun = time.monotonic()
    if drive.after_start is not None:
        drive.after_start()
    due, started, kills = begun + interval, False, list(stand.schedule.kills)
    killed = 0
    while stand.now() < stand.schedule.length:
        if not started and time.monotonic() - begun >= warm_up:
            stand.start()
            started = True
            tree.reset()
        tree.look(process.pid)
        if kills and started and stand.now() >= kills[0]:
            kills.pop(0)
            killed += 1
            kill_group(process)
            process = start(drive.command)
            due = time.monotonic() + interval
        if drive.daemon and process.poll() is not None:
            process = start(drive.command)  # as a service manager would
        if not drive.daemon and time.monotonic() >= due and process.poll() is not None:
            process, due = start(drive.command), due + interval
        time.sleep(0.25)
    kill_group(process)
    load = round(os.getloadavg()[2], 1)  # over the last fifteen minutes
    return {
        "killed": killed,
        "load": load,
        "cpu_seconds": round(tree.cpu_seconds, 1),
        "peak_mb": round(tree.peak_bytes / 1e6),
    }


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to it and all it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
