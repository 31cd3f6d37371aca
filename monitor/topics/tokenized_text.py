"""A text cut into words once, for all profiles, and what a place in it is worth; it must not score.

Headline, lead and opening count most, since a third to a half of unrelated reports end with background paragraphs on
a topic (SOURCES.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from monitor.text.words.tokens import Token, cut_words
from monitor.topics.countries import list_countries
from monitor.topics.phrase_search import Hit, Phrases
from monitor.topics.registers import find_registers
from monitor.topics.shares.text_features import Features, Passage, count_features, make_passages

# Where a hit stands is what it is worth. The opening is what a reader sees before scrolling.
_TITLE, _LEAD, _OPENING, _TAIL = 1.0, 0.95, 0.85, 0.25
_OPENING_WORDS, _TAIL_WORDS = 100, 250  # full worth up to the first, falling to _TAIL at the second
NEAR = 8  # words within which countries are named together
_LONG = 8  # words of the longest name of a country, and one more


@lru_cache(maxsize=1)
def _countries() -> Phrases:
    named = [(alias, country.code) for country in list_countries() for alias in country.aliases]
    codes = [country.code for country in list_countries()]
    return Phrases(named, names=codes, spelled=codes)


def position_weight(part: str, index: int) -> float:
    """What a hit at a word of a part is worth, 0–1."""
    if part == "title":
        return _TITLE
    if part == "lead":
        return _LEAD
    fall = (index - _OPENING_WORDS) / (_TAIL_WORDS - _OPENING_WORDS)
    return _OPENING - (_OPENING - _TAIL) * min(max(fall, 0.0), 1.0)


@dataclass
class TextPart:
    """Headline, lead or text with its words."""

    name: str
    text: str
    words: Sequence[Token]
    background: tuple[tuple[int, int], ...] = ()  # [start, end) characters that the outlet repeats

    def worth(self, hit: Hit) -> float:
        """What a hit at its place is worth, 0–1; in a paragraph that the outlet repeats no more than at the end."""
        worth = position_weight(self.name, hit.first)
        return min(worth, _TAIL) if self.repeats(hit) else worth

    def repeats(self, hit: Hit) -> bool:
        """Whether a hit stands in a paragraph that the outlet repeats."""
        return any(start <= hit.start < end for start, end in self.background)

    def countries(self, near: Sequence[Hit]) -> list[Hit]:
        """Every country named near one of the hits, by its code."""
        around = {i for hit in near for i in range(hit.first - NEAR - _LONG, hit.last + NEAR)}
        return _countries().find(self.text, self.words, sorted(around & set(range(len(self.words)))))


@dataclass
class TokenizedText:
    """A text cut into words once, for all profiles."""

    parts: tuple[TextPart, TextPart, TextPart]
    counted: dict[str, Features] = field(default_factory=dict)  # by language

    def features(self, language: str) -> Features:
        """What it says, read in one language; counted once."""
        if language not in self.counted:
            self.counted[language] = count_features(self.passages, language)
        return self.counted[language]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Its parts with the countries that they name."""
        return make_passages([(part.text, part.words) for part in self.parts], self.parts[2].background)

    @cached_property
    def registers(self) -> list[tuple[str, frozenset[str]]]:
        """The registers it speaks in up to its background paragraphs."""
        title, lead, text = (part.words for part in self.parts)
        return sorted(find_registers(key for key, _, _ in (*title, *lead, *text[:_TAIL_WORDS])).items())


def tokenize_text(
    title: str, lead: str | None, text: str, background: tuple[tuple[int, int], ...] = ()
) -> TokenizedText:
    """A text made ready for `score_text`; `background` as for `match_text`."""
    parts = (("title", title), ("lead", lead or ""), ("text", text))
    first, second, third = (TextPart(name, given, cut_words(given)) for name, given in parts)
    return TokenizedText((first, second, replace(third, background=background)))
