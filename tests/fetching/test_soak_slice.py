"""Ninety minutes of the soak bench in the process of these tests: whether memory, descriptors and the file stay flat
(RELIABILITY R7), and that it says no where they do not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drive import Rig

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))

from soak import Sample, judge, run_simulated


async def soaked(rig: Rig) -> dict[str, Any]:
    return await run_simulated(rig, hours=1.5, minutes=10)


@pytest.mark.row("R7")
def test_ninety_minutes_leave_everything_flat(drive: Any) -> None:
    found = drive(soaked)
    assert (found["samples"], found["published"], found["alerts"], found["held"]) == (3, 10, 10, True), found


def test_the_bench_says_no_where_something_grows() -> None:
    flat = [
        Sample(memory=150_000_000, descriptors=20, wal=4_000_000, database=1_000_000 + n * 10_000, rows=n * 50)
        for n in range(24)
    ]
    leaks = {
        "memory": [replace(one, memory=one.memory + n * 2_000_000) for n, one in enumerate(flat)],
        "descriptors": [replace(one, descriptors=20 + n) for n, one in enumerate(flat)],
        "wal": [replace(one, wal=one.wal + n * 1_000_000) for n, one in enumerate(flat)],
        "database": [replace(one, database=1_000_000 + n**3 * 1_000) for n, one in enumerate(flat)],
    }
    assert judge(flat, 9, 9)["held"]
    assert not judge(flat, 9, 8)["held"]
    assert {name: judge(samples, 9, 9)["held"] for name, samples in leaks.items()} == dict.fromkeys(leaks, False)
