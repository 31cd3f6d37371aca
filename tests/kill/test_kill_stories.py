"""SIGKILLs while stories are told: no half story, no orphan band or word, no lost alias, and the same end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOOP = Path(__file__).with_name("stories.py")
KILLS = 30


@pytest.mark.long
@pytest.mark.slow
def test_thirty_kills_leave_whole_stories() -> None:
    done = subprocess.run(
        [sys.executable, str(LOOP), "--kills", str(KILLS)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["kills"] == KILLS
    assert figures["with_a_journal"] >= KILLS // 3
    assert figures["merged"] >= 1
