"""How many of the outlets that tell a story speak for themselves; it must not compare texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def count_independent_sources(printed: Iterable[tuple[str, int]]) -> int:
    """How many independent sources there are among outlets, of whom is given who printed which text.

    The most outlets that can each stand for a text of its own: one wire in twelve outlets is one source, and so is one
    outlet with twelve reports; an outlet that ran the wire *and* wrote a report is a second one beside the agency. (A
    maximum matching, found by augmenting paths: H. W. Kuhn, 1955.)
    """
    texts: dict[str, dict[int, None]] = {}
    for outlet, text in printed:
        texts.setdefault(outlet, {})[text] = None
    holder: dict[int, str] = {}
    held: dict[str, int] = {}
    for outlet in texts:
        asked: dict[int, str] = {}  # text → the outlet that would take it
        free = next(_free(outlet, texts, holder, asked), None)
        while free is not None:
            taker = asked[free]
            holder[free] = taker
            held[taker], free = free, held.get(taker)
    return len(holder)


def _free(
    outlet: str, texts: Mapping[str, Iterable[int]], holder: Mapping[int, str], asked: dict[int, str]
) -> Iterator[int]:
    """Texts that nobody stands for, and that an outlet gets if others pass on theirs; `asked` says who takes what."""
    outlets = [outlet]
    for taker in outlets:
        for text in texts[taker]:
            if text in asked:
                continue
            asked[text] = taker
            if text in holder:
                outlets.append(holder[text])
            else:
                yield text
