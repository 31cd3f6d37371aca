"""The steps of a chart over time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """`steps` are the beginnings of stored times ("2026-03-02" or "2026-03-02T09"), oldest first, the last one now."""

    steps: tuple[str, ...]
    word: str  # "day" or "hour"

    @property
    def width(self) -> int:
        """How many characters of a stored time name its step."""
        return len(self.steps[0])

    @property
    def span(self) -> str:
        """How long the whole is: "21 days", "24 hours"."""
        return f"{len(self.steps)} {self.word}s"
