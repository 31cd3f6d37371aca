"""Where a text can be cut without splitting what a person sees as one character (UAX #29, extended clusters)."""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")
# The longest sequence that Unicode recommends for interchange, a family with skin tones, has 11 code points, flags of
# regions 7; beyond this a "character" is marks heaped on each other, which may be cut.
_LONGEST = 32


def last_cut(text: str, end: int) -> int:
    """The last index up to `end` at which `text` may be cut: a boundary, or `end` itself within an absurd cluster."""
    if end >= len(text):
        return len(text)
    split = next(cluster for cluster in _CLUSTER.finditer(text) if cluster.end() > end)
    return end if split.end() - split.start() > _LONGEST else split.start()
