"""Where a text can be cut without splitting what a person sees as one character (UAX #29, extended clusters)."""

from __future__ import annotations

from functools import cache
from typing import Any

# The longest sequence that Unicode recommends for interchange, a family with skin tones, has 11 code points, flags of
# regions 7; beyond this a "character" is marks heaped on each other, which may be cut.
_LONGEST = 32


def last_cut(text: str, end: int) -> int:
    """The last index up to `end` at which `text` may be cut: a boundary, or `end` itself within an absurd cluster."""
    if end >= len(text):
        return len(text)
    split = next(cluster for cluster in _clusters().finditer(text) if cluster.end() > end)
    return end if split.end() - split.start() > _LONGEST else split.start()


@cache
def _clusters() -> Any:
    """A pattern of one character as a person sees it."""
    import regex  # late: it takes longer to load than all that most commands do with it

    return regex.compile(r"\X")
