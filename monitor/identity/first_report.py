"""Whether a piece whose text was told already may be the original of what was told; it must not read the store.

Requirements: a copy that another outlet put out before, or dated earlier, must not hold back the piece it copies; a
reprint that says that it came later stays held. Theory of operation: an outlet's date of its own piece is a claim that
lies between two facts, the outlet's last answer without the piece and the first one with it. Where it does not lie
there, the latest moment counts for what was told and the earliest for the newcomer. What it will miss: a copy whose
outlet dates it between our last look and the original, which no date tells from an original; an original without a
time of day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """When a piece of `source` came out: `claimed` by its outlet, None without a time of day and a known offset.

    `seen_at`: when it was announced to us. `looked_at`: when its outlet was asked last and did not list it, None where
    that is not known.
    """

    source: str
    claimed: datetime | None
    seen_at: datetime
    looked_at: datetime | None

    @property
    def earliest(self) -> datetime | None:
        """The earliest moment at which it can have come out as its outlet says; None where that says nothing."""
        if self.claimed is None or self.looked_at is None:
            return self.claimed
        return max(self.claimed, self.looked_at)

    @property
    def latest(self) -> datetime:
        """The latest moment at which it came out, by its outlet's word where that can be true."""
        possible = self.claimed is not None and (self.looked_at is None or self.claimed >= self.looked_at)
        return min(self.claimed, self.seen_at) if possible and self.claimed is not None else self.seen_at


def may_be_original(piece: Appearance, told: Iterable[Appearance]) -> bool:
    """Whether `piece` says that it came out before all pieces of its text that were told, of other outlets all."""
    at = piece.earliest
    return at is not None and all(one.source != piece.source and at < one.latest for one in told)
