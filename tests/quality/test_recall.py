"""Three days of the recall drill through the whole line: nothing that stayed reachable is missed, nothing unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "recall.py"


@pytest.mark.long
@pytest.mark.slow
def test_three_days_of_the_recall_drill() -> None:
    """Half an hour between polls, so that three days with three outages take minutes of work."""
    command = [sys.executable, str(BENCH), "--days", "3", "--every", "30", "--whole"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True).stdout.splitlines()
    facts, found = (json.loads(line) for line in told[-2:])
    assert (found["recall"], found["silent_misses"], facts["lost"]) == (1.0, 0, [])
    assert found["feed_only_recall"] < 0.6 < facts["stayed_reachable"] / facts["published"]
    # Two days' acquaintance is too short for others to speak for the feed: its gaps stay open.
    assert found["gaps_opened"] > found["gaps_closed"] > 5
    assert facts["missed"] > 0
    assert facts["lies_caught"] == 1
    assert facts["outcomes"]["new"] + facts["outcomes"]["unchanged"] > 700  # unchanged: looked at again since
