"""A floor of identity: looking a piece up costs no more in a larger archive, and keeps no memory of what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "identity.py"


@pytest.mark.long
@pytest.mark.slow
def test_eight_times_the_archive_costs_no_more() -> None:
    command = [sys.executable, str(BENCH), "--sizes", "500,4000", "--pieces", "150"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["p95_cpu_ratio"] <= 3  # reached: 1.1 to 1.3
    assert all(size["memory_mb"] <= 20 for size in found["sizes"].values())
