"""Ten days of edits of every kind, watched by the engine: tests/newsroom/month.py, of which a month is a bench."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.long
@pytest.mark.slow
def test_ten_days_of_edits_are_told_once_and_by_their_kind() -> None:
    options = ("--days", "10", "--edits", "26", "--deletions", "3", "--reissues", "2", "--copies", "5", "--every", "3h")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("month.py")), *options],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert {name: found[name] for name in ("duplicates", "missed", "spurious", "invented")} == {
        "duplicates": 0,
        "missed": 0,
        "spurious": 0,
        "invented": 0,
    }, found
    assert found["classified"] >= 0.95, found
    assert (found["departed"], found["deleted"]) == (3, 3), found
    assert found["edits_made"] >= 20, found
