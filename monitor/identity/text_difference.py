"""What one text has that another has not, sentence by sentence; it must not judge which of them is the better.

A sentence stands in the other text where most of its runs of three words do, and all its figures: a wire is reprinted
with commas moved and words swapped, and none of that is news. Runs are of the words by which near-copies are found
(text/near_duplicates.py), without datelines. What it will miss: a "not" put into a long sentence; of a later text
of the same piece, identity/edits.py says more.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import chain, groupby

from monitor.model.identity import Difference
from monitor.text.content_hash import fold_text
from monitor.text.sentences import cut_line
from monitor.text.times.dateline import strip_dateline
from monitor.text.words.tokens import split_keys

_STANDS = 0.5  # share of a sentence's runs: half, as a headline counts as the same one (nearcopy.reverses)
PASSAGES = 20  # of a text; beyond that it is another text, and nobody reads on
LETTERS = 600  # of a passage: a long paragraph; what is longer is cut with an ellipsis
_CHARACTERS = 40_000  # as far as texts are compared: the longest real article measured has 4,100 words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class _Said:
    """What a whole text says: its runs of one, two or three words, and its figures; gathered when they are asked for.

    Most paragraphs of a copy stand in the other text letter for letter, and need no sentences and no words cut.
    """

    def __init__(self, text: str) -> None:
        self._paragraphs = strip_dateline(text[:_CHARACTERS]).split("\n")
        self._whole = frozenset(self._paragraphs)
        self._runs: dict[int, frozenset[tuple[str, ...]]] = {}

    def list_passages(self, there: _Said) -> tuple[str, ...]:
        """Neighbouring sentences of a paragraph that do not stand `there`."""
        found = [
            " ".join(neighbours)
            for paragraph, sentences in zip(self._paragraphs, self._sentences, strict=True)
            if paragraph not in there._whole
            for stands, neighbours in groupby(filter(fold_text, sentences), key=there._holds)
            if not stands
        ]
        return tuple(text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…" for text in found[:PASSAGES])

    def _holds(self, sentence: str) -> bool:
        if sentence in self._texts:
            return True
        words = _words(sentence)
        size = min(3, len(words))
        runs = _runs(words, size)
        if size not in self._runs:
            self._runs[size] = frozenset(chain.from_iterable(_runs(_words(said), size) for said in self._texts))
        there = self._runs[size]
        if sum(map(there.__contains__, runs)) < _STANDS * len(runs):
            return False
        figures = _figures(sentence)
        return not figures or figures <= self._figures

    @cached_property
    def _sentences(self) -> list[list[str]]:
        """By paragraph; some say nothing."""
        return [list(cut_line(paragraph)) for paragraph in self._paragraphs]

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(self._sentences))

    @cached_property
    def _figures(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(map(_figures, self._texts)))


def diff_texts(later: str, earlier: str) -> Difference:
    """What `later` adds to `earlier` and what it cuts, as passages of neighbouring sentences."""
    new, old = _Said(later), _Said(earlier)
    return Difference(added=new.list_passages(old), cut=old.list_passages(new))


@lru_cache(maxsize=256)  # the sentences of two texts, which each asks for
def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, split_keys(text)))


def _runs(words: tuple[str, ...], size: int) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*(words[start:] for start in range(size)), strict=False))


def _figures(sentence: str) -> frozenset[str]:
    return frozenset([figure.replace(",", "") for figure in _FIGURE.findall(fold_text(sentence))])
