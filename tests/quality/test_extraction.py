"""Pinned floors of extraction on both labelled sets, as `seedwatch backfill` prints what it read.

Lowering one needs a reason in docs/decisions.md.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHES = Path(__file__).resolve().parents[1] / "bench"
LABELS = {
    "extraction": "6ad5eea649228b5b73aede4f81eec906530a1d70961c3da2eed6935f2c4915b6",
    "extraction2": "12d789ca121058d50afba44d65b085b3e520fef6798913722f38a07d7f532263",
}
# What is measured, with a little room. The floors of gold/extraction were .976, bad .011 while the rules were fitted to
# it: on pages nobody had looked at the same rules had .912, bad .061. Both sets count alike now. The days of
# gold/extraction2 are .978 (goal .985): many of its labels have the wrong year ("Which numbers of extraction were
# fitted", docs/decisions.md).
FLOORS = {
    "extraction": {"f1": 0.972, "macro_f1": 0.955, "title_shown": 0.97, "day": 0.985, "minute": 0.96},
    "extraction2": {"f1": 0.928, "macro_f1": 0.947, "title_shown": 0.97, "day": 0.975},
}
BAD = {"extraction": 0.015, "extraction2": 0.025}
# CPU time by that of trafilatura's defaults on first pages. The goal is .65; measured is .62 on a quiet machine and
# .66 at a load of 20, where figures are off by a tenth ("What a first page costs", docs/decisions.md).
TIMES = 0.8


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_floors(shared: Path, name: str) -> None:
    labels = (shared / "gold" / name / "gold.jsonl").read_bytes()
    assert hashlib.sha256(labels).hexdigest() == LABELS[name], "other labels: measure anew before pinning"
    measured = _last_line("extract_sets.py", "--shared", str(shared), "--sets", name)[name]
    below = {figure: measured[figure] for figure, floor in FLOORS[name].items() if measured[figure] < floor}
    assert (below, measured["bad"] <= BAD[name], measured["missing"]) == ({}, True, 0)


def test_cost(shared: Path) -> None:
    measured = _last_line("extract.py", "--shared", str(shared), "--repeats", "1", "--no-newspaper", "--pages", "60")
    assert measured["times_trafilatura"] <= TIMES


def _last_line(bench: str, *arguments: str) -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, str(BENCHES / bench), *arguments], check=True, capture_output=True, text=True
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found
