"""Registers: which manner of speaking a text has."""

from __future__ import annotations

from monitor.core.registers import spoken


def test_spoken() -> None:
    assert spoken(["the", "league", "goalkeeper"]) == {"sport": frozenset({"league", "goalkeeper"})}
    assert spoken(["the", "goal", "of", "talks"]) == {}
