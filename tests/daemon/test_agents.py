"""Agents of a real desk over a real server, both of which are killed: nothing is lost, done twice or asked at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench/agents.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nats-server") is None, reason="needs nats-server (Debian: nats-server)"),
]


def test_two_agents_crawl_while_desk_and_server_are_killed(tmp_path: Path) -> None:
    size = {"hosts": 6, "pages": 4, "agents": 2, "every": 999, "limit": 200}
    pace = {"answer": 0.1, "delay": 0.3, "slow": 0.1, "timeout": 5, "rest": 2}
    command = [
        sys.executable,
        str(BENCH),
        "--slice",
        "--keep",
        str(tmp_path),
        *(f"--{key}={value}" for key, value in (size | pace).items()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    logs = {path.name: path.read_text(errors="replace")[-1500:] for path in tmp_path.glob("*.log")}
    assert done.stdout, (done.stderr[-2000:], logs)
    found = json.loads(done.stdout.splitlines()[-1])
    wanted = dict.fromkeys(
        ("lost", "outcomes_twice", "alerts_missing", "alerts_twice", "gaps", "overlaps", "pauses_cut_short"), 0
    )
    assert {key: found[key] for key in wanted} == wanted, logs
    assert (found["pages"], found["kills"]) == (24, {"desk": 1, "server": 1})
    assert done.returncode == 0
