"""Registers: which manner of speaking a text has."""

from __future__ import annotations

from monitor.topics.registers import find_registers


def test_spoken() -> None:
    assert find_registers(["the", "league", "goalkeeper"]) == {"sport": frozenset({"league", "goalkeeper"})}
    assert find_registers(["the", "goal", "of", "talks"]) == {}
