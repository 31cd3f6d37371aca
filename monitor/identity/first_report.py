"""Whether a piece whose text was told already may be the original of what was told; it must not read the store.

Requirements: a copy that another outlet put out before, or dated earlier, must not hold back the piece it copies; a
reprint that says that it came later stays held. Theory of operation: an outlet's date of its own piece is a claim that
lies between two facts, the outlet's last answer without the piece and the first one with it. Where it does not lie
there, the latest moment counts for what was told; a newcomer may be listed late, by as much as outlets do. What it will
miss: a copy whose outlet dates it between our last look and the original, which no date tells from an original; an
original without a time of day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.text.times.dates import LISTED_LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """When a piece of `source` came out: `claimed` by its outlet, None without a time of day and a known offset.

    `seen_at`: when we read it. `looked_at`: when its outlet was asked last and did not have it, None where that is not
    known.
    """

    source: str
    claimed: datetime | None
    seen_at: datetime
    looked_at: datetime | None

    @property
    def earliest(self) -> datetime | None:
        """When it came out at the earliest as its outlet says, which may list it late; None where that says nothing."""
        if self.claimed is None or self.looked_at is None or self.claimed + LISTED_LATE >= self.looked_at:
            return self.claimed
        return self.looked_at

    def is_after(self, at: datetime) -> bool:
        """Whether it can have come out after `at`: by its outlet's word where that can be true, else when we saw it."""
        if self.claimed is None or self.claimed > self.seen_at:
            return at <= self.seen_at
        if self.looked_at is not None and self.claimed < self.looked_at:
            return at <= self.seen_at
        return at < self.claimed


def may_be_original(piece: Appearance, told: Iterable[Appearance]) -> bool:
    """Whether `piece` says that it came out before all pieces of its text that were told, of other outlets all."""
    at = piece.earliest
    return at is not None and all(one.source != piece.source and one.is_after(at) for one in told)
