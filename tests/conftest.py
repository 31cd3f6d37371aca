"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material: real pages and labelled sets that stay out of the project."""
    path = Path(os.environ.get("SEEDWATCH_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("needs the reference material: set SEEDWATCH_SHARED to its folder")
    return path
