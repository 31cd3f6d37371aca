"""A slice of a long bench: it says by its exit code whether its row holds (RELIABILITY R6)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("slots", ("--slots", "2", "--hung", "3", "--timeout", "2", "--links", "5")),
    ],
)
def test_a_slice_of_the_bench_holds(name: str, options: tuple[str, ...]) -> None:
    command = [sys.executable, str(BENCH / f"{name}.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert lines, done.stderr[-3000:]
    found = json.loads(lines[-1])
    assert (found["bench"], found["held"], done.returncode) == (name, True, 0), found
