"""Thirty simulated days with 500 edits of every kind: what was noticed, told, classified (tests/newsroom/month.py).

usage: edits.py [--days N] [--edits N] [--deletions N] [--reissues N] [--copies N] [--seed S]
"""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).resolve().parents[1] / "newsroom" / "month.py"), run_name="__main__")
