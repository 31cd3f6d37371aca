"""How two texts differ: paragraphs are aligned, and the words of a changed paragraph are compared.

Theory of operation: equal paragraphs are found first, by the longest common subsequence. Between them, the paragraphs
that stand on one side only are paired in order by likeness; words are compared inside each pair. A paragraph without
a partner was added or removed. A paragraph that moved is shown as removed and added. Joining what is `same` or
`removed` gives the paragraphs of the earlier text, `same` or `added` those of the later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

# From this rapidfuzz ratio (0 to 100) two paragraphs are one, reworded; two unrelated English ones share 25 to 45.
_PAIR = 50.0
_PAIRED = 60  # paragraphs a side that are paired by likeness; more on both sides is another text
_COMPARED = 1_000  # characters of a paragraph compared for likeness
_TOKENS = 4_000  # of a paragraph; a longer one is shown as removed and added
_GLUE = 3  # letters of the longest single word that does not part two changes: "of", "the"
# Runs of letters and digits with what joins them; one sign each of the scripts that write without spaces.
_TOKEN = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|"
    r"(?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\w)+(?:['’.,:-](?:(?![\u3040-\u30ff\u3400-\u9fff])\w)+)*|."
)
_PARAGRAPH = re.compile(r"\n\s*\n|\n")


class DiffKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # of paragraphs only: some of its words were added or removed


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSpan:
    """Words in a row that share one fate."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffParagraph:
    """One paragraph, or a pair of which the later replaced the earlier."""

    kind: DiffKind
    spans: tuple[DiffSpan, ...]


def compare_texts(before: str, after: str) -> tuple[DiffParagraph, ...]:
    """The paragraphs of both texts in reading order; a removed one stands before what was put in its place."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[DiffParagraph] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            found += [_whole(DiffKind.SAME, text) for text in old[step.src_start : step.src_end]]
        else:
            found += [
                _whole(DiffKind.REMOVED if step.tag == "delete" else DiffKind.ADDED, text)
                for text in (old[step.src_start : step.src_end] or new[step.dest_start : step.dest_end])
            ]
    return tuple(_paired(found))


def compare_words(before: str, after: str) -> tuple[DiffSpan, ...]:
    """The words of one line or paragraph in reading order, removed ones before those added in their place."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) > _TOKENS or len(new) > _TOKENS:
        return tuple(
            DiffSpan(kind=kind, text=text)
            for kind, text in ((DiffKind.REMOVED, before), (DiffKind.ADDED, after))
            if text
        )
    parts: list[tuple[list[str], list[str]]] = []  # (removed, added) or (same, same), in turn
    same: list[bool] = []
    for step in Indel.opcodes(old, new):
        pair = (old[step.src_start : step.src_end], new[step.dest_start : step.dest_end])
        equal = step.tag == "equal" and not _glues(pair[0], parts)
        if same and same[-1] == equal:
            parts[-1] = (parts[-1][0] + pair[0], parts[-1][1] + pair[1])
        else:
            parts.append(pair)
            same.append(equal)
    return tuple(_spans(parts, same))


def count_changed_words(paragraphs: Sequence[DiffParagraph], kind: DiffKind) -> int:
    """How many words of a kind there are; spaces and punctuation are none."""
    return sum(
        any(letter.isalnum() for letter in token)
        for paragraph in paragraphs
        for span in paragraph.spans
        if span.kind == kind
        for token in _TOKEN.findall(span.text)
    )


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in _PARAGRAPH.split(text) if line.strip()]


def _whole(kind: DiffKind, text: str) -> DiffParagraph:
    return DiffParagraph(kind=kind, spans=(DiffSpan(kind=kind, text=text),))


def _glues(tokens: Sequence[str], parts: Sequence[object]) -> bool:
    """Whether equal tokens after a change are too little to read as unchanged: a space, a comma, one short word."""
    words = [token for token in tokens if any(letter.isalnum() for letter in token)]
    return bool(parts) and (not words or (len(words) == 1 and len(words[0]) <= _GLUE and len(tokens) > 1))


def _spans(parts: Sequence[tuple[list[str], list[str]]], same: Sequence[bool]) -> Iterator[DiffSpan]:
    for (old, new), equal in zip(parts, same, strict=True):
        if equal:
            yield DiffSpan(kind=DiffKind.SAME, text="".join(old))
            continue
        # What both sides of a change end with was taken in as glue and is given back.
        tail = 0
        while tail < min(len(old), len(new)) and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        removed, added = "".join(old[: len(old) - tail]), "".join(new[: len(new) - tail])
        if removed:
            yield DiffSpan(kind=DiffKind.REMOVED, text=removed)
        if added:
            yield DiffSpan(kind=DiffKind.ADDED, text=added)
        if tail:
            yield DiffSpan(kind=DiffKind.SAME, text="".join(old[len(old) - tail :]))


def _paired(paragraphs: Sequence[DiffParagraph]) -> Iterator[DiffParagraph]:
    """The same paragraphs with those that replace each other put together."""
    run: list[DiffParagraph] = []
    for paragraph in paragraphs:
        if paragraph.kind is DiffKind.SAME:
            yield from _matched(run)
            run = []
            yield paragraph
        else:
            run.append(paragraph)
    yield from _matched(run)


def _matched(run: Sequence[DiffParagraph]) -> Iterator[DiffParagraph]:
    old = [paragraph for paragraph in run if paragraph.kind is DiffKind.REMOVED]
    new = [paragraph for paragraph in run if paragraph.kind is DiffKind.ADDED]
    at_old = at_new = 0
    for one, other in _pairs([p.spans[0].text for p in old], [p.spans[0].text for p in new]):
        yield from old[at_old:one]
        yield from new[at_new:other]
        yield DiffParagraph(
            kind=DiffKind.CHANGED, spans=compare_words(old[one].spans[0].text, new[other].spans[0].text)
        )
        at_old, at_new = one + 1, other + 1
    yield from old[at_old:]
    yield from new[at_new:]


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which paragraph became which: the ordered pairing of the greatest likeness (Needleman and Wunsch, 1970)."""
    if len(old) > _PAIRED or len(new) > _PAIRED:
        return []
    alike = [[fuzz.ratio(a[:_COMPARED], b[:_COMPARED], score_cutoff=_PAIR) for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, row in enumerate(alike, 1):
        for j, value in enumerate(row, 1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + value if value else 0.0)
    pairs: list[tuple[int, int]] = []
    i, j = len(old), len(new)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
