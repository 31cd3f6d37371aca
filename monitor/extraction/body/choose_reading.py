"""Chooses among unlike readings of one page by their form and their agreement; it must not read the page.

A ridge regression guesses for each reading how right it is (F1 over four-word shingles). Its coefficients are data,
fitted by tests/bench/fit_extraction.py on labelled pages; this file only measures and multiplies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import log, log1p
from statistics import median

from monitor.text.words.word_count import count_words, split_units

# The readings in the order in which they are trusted where nothing tells them apart.
NAMES = ("trafilatura", "paragraphs", "readability", "resiliparse")
AGREED = 0.95  # of three-word runs: where the first two readings share so much, the first is taken unseen
_MARGIN = 0.02  # by which another reading must be better than the first
_LEAST = 20  # words: a first reading of fewer is never kept where another has any
_RUN = 3  # words of a run by which two readings are compared

_SENTENCE_END = re.compile(r"""[.!?…。！？؟।։۔།။៕]['"”’»)\]」』]*$""")
_MARKS = re.compile(r"[.,;:!?…。、，！？；：؟،؛।։]")
_SHORT_LINE, _LONG_LINE = 8, 25  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A fitted ridge: per feature its mean, its spread and its coefficient, and the guess for an average reading."""

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    coefficients: tuple[float, ...]
    base: float


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The coefficients that ship with this package."""
    fields = json.loads(files(__package__).joinpath("reading_weights.json").read_text(encoding="utf-8"))
    return Weights(
        means=tuple(fields["means"]),
        spreads=tuple(fields["spreads"]),
        coefficients=tuple(fields["coefficients"]),
        base=fields["base"],
    )


def compare_readings(one: str, other: str) -> float:
    """How far two readings are the same, 0 to 1: F1 over runs of three folded words."""
    return _agreement(_runs(one), _runs(other))


@lru_cache(maxsize=4)  # the first two readings are compared, and where they differ measured
def _runs(text: str) -> frozenset[int]:
    """Hashes of the runs: tuples would be thousands of objects for the garbage collector to go through."""
    units = split_units(text.casefold())
    return frozenset(map(hash, zip(units, units[1:], units[2:], strict=False)))


def _agreement(one: frozenset[int], other: frozenset[int]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


def measure_readings(texts: Mapping[str, str]) -> list[list[float]]:
    """The features of each reading, in the order of `NAMES`; `texts` has one text (lines) per name.

    Length absolute and relative to the median and the longest; shares of lines that end a sentence and that are short,
    of words in long lines; punctuation per word; lines; words per line; the share of its runs that each other reading
    has and the reverse; mean, greatest and least agreement; which reading it is.
    """
    runs = [_runs(texts[name]) for name in NAMES]
    sizes = [count_words(texts[name]) for name in NAMES]
    middle = median([size for size in sizes if size] or [1])
    longest = max(*sizes, 1)
    found = []
    for place, name in enumerate(NAMES):
        lines = [count_words(line) for line in texts[name].split("\n") if line.strip()]
        ended = sum(_SENTENCE_END.search(line.rstrip()) is not None for line in texts[name].split("\n"))
        number, size, words = max(1, len(lines)), sizes[place], max(1, sizes[place])
        features = [
            log1p(size),
            log((size + 5) / (middle + 5)),
            size / longest,
            ended / number,
            sum(line < _SHORT_LINE for line in lines) / number,
            sum(line for line in lines if line >= _LONG_LINE) / words,
            min(0.5, len(_MARKS.findall(texts[name])) / words),
            log1p(len(lines)),
            log1p(size / number),
        ]
        shared = []
        for other in (*runs[:place], *runs[place + 1 :]):
            both = len(runs[place] & other)
            features += [both / max(1, len(runs[place])), both / max(1, len(other))]
            shared.append(2 * both / max(1, len(runs[place]) + len(other)))
        features += [sum(shared) / len(shared), max(shared), min(shared)]
        features += [float(number == place) for number in range(len(NAMES))]
        found.append(features)
    return found


def guess_quality(features: Sequence[float], weights: Weights) -> float:
    """How right a reading with these features is, about 0 to 1."""
    parts = zip(features, weights.means, weights.spreads, weights.coefficients, strict=True)
    return weights.base + sum((value - mean) / spread * by for value, mean, spread, by in parts)


def choose_reading(texts: Mapping[str, str], weights: Weights) -> str:
    """The name of the reading that is most likely right; `texts` has one text (lines) per name of `NAMES`."""
    guesses = [guess_quality(features, weights) for features in measure_readings(texts)]
    guesses[0] += _MARGIN
    if count_words(texts[NAMES[0]]) < _LEAST and any(texts[name] for name in NAMES[1:]):
        guesses[0] = min(guesses) - 1
    return max(zip(guesses, NAMES, strict=True), key=lambda pair: pair[0])[1]
