"""A slice of tests/bench/ownership.py: in no order of events does a hostile outlet take a piece or its alert away."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
from ownership import play


def test_no_interleaving_takes_a_piece_from_its_owner() -> None:
    """Rounds of a seed of their own, so that the long bench sees others."""
    wrong: list[str] = []
    found = play(60, 29, wrong.append)
    assert wrong == []
    assert found["pieces"] > 60
