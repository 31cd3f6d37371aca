"""Pinned floors of extraction on the labelled pages; lowering one needs a reason in docs/decisions.md."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench" / "extract.py"
LABELS = "6ad5eea649228b5b73aede4f81eec906530a1d70961c3da2eed6935f2c4915b6"

# What was measured, rounded down to three digits (shares of bad pages: up). trafilatura 2.3.1 with its defaults has
# f1 .953, macro .942, bad .027, title .71, day .981, minute 0 on the same pages.
FLOORS = {"f1": 0.976, "macro_f1": 0.961, "title": 0.933, "day": 1.0, "minute": 1.0}
BAD = 0.011
# CPU time by that of trafilatura's defaults: .57 to .61 in seven runs on a machine with other work; the goal is .6.
# One run of a busier machine may be off by a tenth.
TIMES = 0.68


def test_floors(shared: Path) -> None:
    labels = (shared / "gold" / "extraction" / "gold.jsonl").read_bytes()
    assert hashlib.sha256(labels).hexdigest() == LABELS, "other labels: measure anew before pinning"
    done = subprocess.run(
        [sys.executable, str(BENCH), "--shared", str(shared), "--repeats", "1", "--no-newspaper"],
        check=True,
        capture_output=True,
        text=True,
    )
    measured = json.loads(done.stdout.splitlines()[-1])
    below = {name: measured[name] for name, floor in FLOORS.items() if measured[name] < floor}
    assert (below, measured["bad"] <= BAD, measured["refused"], measured["missing"]) == ({}, True, 0, 0)
    assert measured["times_trafilatura"] <= TIMES
