"""An engine with nothing to do leaves the database's write lock to others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("idle.py")


def test_an_idle_engine_opens_no_write_transaction_and_has_as_many_workers_as_asked_for() -> None:
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"workers": 3, "writes": {}}
