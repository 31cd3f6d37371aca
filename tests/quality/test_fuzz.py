"""A slice of the fuzz bench: no parser lets anything escape, whatever an outlet sends (RELIABILITY S12)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.row("S12")

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.mark.slow
def test_nothing_escapes_the_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(BENCH)])
    spec = importlib.util.spec_from_file_location("fuzz", BENCH / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    fuzz: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzz)
    found = fuzz.run_fuzz(seconds=600, runs=1_500, seed=3, shared=None)
    assert (found["runs"], found["kinds"]) == (1_500, {})
