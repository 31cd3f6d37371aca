"""Where the reference material lies, which is no part of the project, and what a test says that needs it."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("SEEDWATCH_SHARED") or Path(__file__).resolve().parents[2] / "shared")
ABSENT = "needs the reference material: set SEEDWATCH_SHARED to its folder"
