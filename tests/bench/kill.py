"""Kills the daemon 1,000 times across ingest and delivery, then compares the ledgers: see tests/kill/loop.py.

usage: kill.py [--kills N] [--seed S]
"""

from __future__ import annotations

import runpy
from pathlib import Path

ROW = "R1"  # of docs/rows.toml

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).resolve().parents[1] / "kill" / "loop.py"), run_name="__main__")
