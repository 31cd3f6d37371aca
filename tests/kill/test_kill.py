"""SIGKILLs, spread over every commit boundary: no article and no alert is lost (RELIABILITY W1, R1, R4)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.row("R1")

BENCH = Path(__file__).resolve().parents[1] / "bench" / "kill.py"
KILLS = 14
SEED = 20260302


def test_kills_at_every_boundary_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH), "--kills", str(KILLS), "--seed", str(SEED)],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    with capsys.disabled():
        print(f"\n{done.stdout}", end="")
    figures = json.loads(done.stdout.splitlines()[-1])
    boundaries = figures["boundaries"]
    assert figures["kills"] == sum(boundaries.values()) == KILLS
    assert min(boundaries.values()) >= KILLS // len(boundaries)
    wrong = ("lost", "order_violations", "repeats_with_other_id", "stored_twice", "stored_unpublished", "unsigned")
    assert {name: figures[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert figures["refused"] > 0  # or nothing could have come too early
    assert figures["acknowledged"] == figures["published"]
    # What the receiver took and we could not write down comes again; nothing else does, and never twice for one kill.
    assert boundaries["after-send"] <= figures["repeats"] <= KILLS
    assert figures["most_repeats_a_kill"] == 1
