"""What one text has that another has not, sentence by sentence; it must not judge which of them is the better.

A sentence stands in the other text where most of its runs of three words do, and all its figures: a wire is reprinted
with commas moved and words swapped, and none of that is news. Runs are of the words by which near-copies are found
(text/near_duplicates.py), without datelines. What it will miss: a "not" put into a long sentence; of a later text
of the same piece, identity/edits.py says more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import groupby

from monitor.model.identity import Difference
from monitor.text.sentences import Sentence, split_sentences
from monitor.text.times.dateline import strip_dateline
from monitor.text.words.tokens import split_tokens

_STANDS = 0.5  # share of a sentence's runs: half, as a headline counts as the same one (nearcopy.reverses)
PASSAGES = 20  # of a text; beyond that it is another text, and nobody reads on
LETTERS = 600  # of a passage: a long paragraph; what is longer is cut with an ellipsis
_CHARACTERS = 40_000  # as far as texts are compared: the longest real article measured has 4,100 words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class _Said:
    """What a whole text says: its runs of one, two or three words, and its figures; gathered when they are asked for.

    Most sentences of a copy stand in the other text letter for letter, and need no words cut.
    """

    def __init__(self, paragraphs: Iterable[tuple[Sentence, ...]]) -> None:
        self._sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
        self._texts = frozenset(sentence.text for sentence in self._sentences)
        self._runs: dict[int, frozenset[tuple[str, ...]]] = {}

    def holds(self, sentence: Sentence) -> bool:
        if sentence.text in self._texts:
            return True
        words = _words(sentence.text)
        size = min(3, len(words))
        runs = _runs(words, size)
        if size not in self._runs:
            self._runs[size] = frozenset(run for said in self._sentences for run in _runs(_words(said.text), size))
        there = self._runs[size]
        return sum(map(there.__contains__, runs)) >= _STANDS * len(runs) and _figures(sentence) <= self._figures

    @cached_property
    def _figures(self) -> frozenset[str]:
        return frozenset(figure for sentence in self._sentences for figure in _figures(sentence))


def diff_texts(later: str, earlier: str) -> Difference:
    """What `later` adds to `earlier` and what it cuts, as passages of neighbouring sentences."""
    new, old = _paragraphs(later), _paragraphs(earlier)
    return Difference(added=_passages(new, _Said(old)), cut=_passages(old, _Said(new)))


def _paragraphs(text: str) -> list[tuple[Sentence, ...]]:
    return [split_sentences((line,)) for line in strip_dateline(text[:_CHARACTERS]).split("\n")]


@lru_cache(maxsize=256)  # the sentences of two texts, which each asks for
def _words(text: str) -> tuple[str, ...]:
    return tuple([word.key for word in split_tokens(text) if word.key])


def _runs(words: tuple[str, ...], size: int) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*(words[start:] for start in range(size)), strict=False))


def _figures(sentence: Sentence) -> frozenset[str]:
    return frozenset(figure.replace(",", "") for figure in _FIGURE.findall(sentence.folded))


def _passages(paragraphs: Iterable[tuple[Sentence, ...]], there: _Said) -> tuple[str, ...]:
    """Neighbouring sentences of a paragraph that do not stand `there`."""
    found = [
        " ".join(sentence.text for sentence in neighbours)
        for paragraph in paragraphs
        for stands, neighbours in groupby(paragraph, key=there.holds)
        if not stands
    ]
    return tuple(text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…" for text in found[:PASSAGES])
