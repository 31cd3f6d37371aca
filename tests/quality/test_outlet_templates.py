"""Pinned floors of learned templates; lowering one needs a reason in docs/decisions.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "template.py"
# Of every page generator, on 20 pages after 20. It was .99, and templates read nine pages of ten, while the rung below
# was Trafilatura alone. The choice among readings is fitted on real pages and reads the generators' word salad worse
# (.82 to 1.0), so that fewer templates are believed; none is worse than the rung below (reached: .851 to 1.0).
GENERATED = 0.85
# Share of real sites' pages that a template reads: .5 before, .42 since the rung below reads better and agrees less,
# .34 since none is believed on a page with text at places it has never seen (of 175 pages held back 3 read worse by
# one on trial, 5 before; docs/decisions.md). Neither number is a loss: the others are read by the rung below.
SERVED = 0.31


def measured(*options: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(BENCH), *options], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.long
@pytest.mark.slow
def test_pages_of_a_known_outlet_are_read_by_its_template() -> None:
    groups = measured("--test", "20", "--no-transfer")
    found = {name: outlet for group in groups.values() for name, outlet in group.items()}
    assert {name: outlet["f1"] for name, outlet in found.items() if outlet["f1"] < GENERATED} == {}
    assert {name: outlet for name, outlet in found.items() if outlet["f1"] < outlet["below"]} == {}


@pytest.mark.long
def test_real_sites_lose_nothing_against_the_rung_below(shared: Path) -> None:
    found = measured("--transfer-only", "--shared", str(shared))["transfer"]
    assert found["f1"] >= found["below"]["f1"]
    assert found["bad"] <= found["below"]["bad"]
    assert found["by_template"] >= SERVED
