"""Finds many phrases in folded words at once; it must not know what a phrase stands for.

A dictionary by first word: news text meets few first words, so a look-up per word is all that most of them cost.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.core.tokens import Token, joined, keys, stem

_ACRONYM = 3  # an alias in capitals no longer than this is another word in small letters ("US", "us")


class Hit(NamedTuple):
    """A phrase of the table at `start`–`end` (characters), words `first` to `last` (exclusive)."""

    unit: str
    start: int
    end: int
    first: int
    last: int


class Phrases:
    """A table of phrases, each standing for a unit.

    `names` hold units whose phrases are proper names: in a text that uses capitals at all they are found only
    where they begin with one (or as a #hashtag), so that "turkey" is no country. A phrase of several words is
    found written together too, as hashtags have it. `inflected` units are found in every form of their word.
    """

    def __init__(
        self, phrases: Iterable[tuple[str, str]], *, names: Iterable[str] = (), inflected: Iterable[str] = ()
    ) -> None:
        """`phrases` are (phrase, unit) pairs; `names` and `inflected` are units."""
        stemmed = frozenset(inflected)
        self._stems: dict[str, list[str]] = {}
        self._table: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._names = frozenset(names)
        for phrase, unit in phrases:
            words = keys(phrase)
            if not words:
                continue
            if unit in stemmed and len(words) == 1:
                self._stems.setdefault(stem(words[0]), []).append(unit)
                continue
            capitals = phrase.isupper() and len(words) == 1 and len(words[0]) <= _ACRONYM
            forms = {words} if len(words) == 1 else {words, ("".join(words),)}
            for form in forms:
                entry = (form, unit, capitals)
                row = self._table.setdefault(form[0], [])
                if entry not in row:
                    row.append(entry)

    def find(self, text: str, words: list[Token]) -> list[Hit]:
        """Every occurrence, overlapping ones included, by position; `words` are the tokens of `text`."""
        hits: list[Hit] = []
        cased = text != text.lower()
        for first, token in enumerate(words):
            for unit in self._stems.get(stem(token.key), ()):
                hits.append(Hit(unit, token.start, token.end, first, first + 1))
            for form, unit, capitals in self._table.get(token.key, ()):
                last = first + len(form)
                if len(form) > 1 and not _stands(text, words, first, form):
                    continue
                raw = text[token.start : token.end]
                if capitals and not raw.isupper():
                    continue
                if cased and unit in self._names and raw[0].islower() and text[token.start - 1 : token.start] != "#":
                    continue
                hits.append(Hit(unit, token.start, words[last - 1].end, first, last))
        return hits


def _stands(text: str, words: list[Token], first: int, form: tuple[str, ...]) -> bool:
    last = first + len(form)
    return (
        last <= len(words)
        and all(words[first + i].key == form[i] for i in range(1, len(form)))
        and all(joined(text, words[i], words[i + 1]) for i in range(first, last - 1))
    )
