"""What a text says, as counts of stems, pairs of neighbouring stems and countries; it must not weigh them.

A headline counts more than the text, the text less and less after its opening, and a paragraph that its outlet repeats
hardly. Words that name a country count for it alone, whatever its people or capital are called and in which language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.text.words.languages.word_stems import find_stem
from monitor.text.words.tokens import Token, is_same_phrase
from monitor.topics.countries import list_countries, list_foreign_names
from monitor.topics.phrase_search import Hit, Phrases

TITLE = 1.5  # of an occurrence in the headline
OPENING = 120  # words of a text that count whole; the n-th after them counts 120 / n
REPEATED = 0.25  # of an occurrence in a paragraph that the outlet repeats
COUNTRY = "g:"  # begins the feature of a country, followed by its ISO code

# Where a feature stands first: number of the part, first and last word (exclusive).
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a text: its words, the countries that they name, and how much an occurrence counts at each word."""

    text: str
    words: Sequence[Token]
    countries: Sequence[Hit]
    title: bool
    repeated: Sequence[tuple[int, int]] = ()  # [start, end) characters that the outlet repeats

    def count(self, index: int, before: int) -> float:
        """What an occurrence at a word counts, `before` words of the text standing before this part."""
        if self.title:
            return TITLE
        start = self.words[index].start
        if any(first <= start < last for first, last in self.repeated):
            return REPEATED
        place = index + before
        return 1.0 if place < OPENING else OPENING / place


@dataclass(frozen=True, slots=True)
class Features:
    """`counts` of each feature as it weighs, the `places` where it stands first, and the `length` in words."""

    counts: Mapping[str, float]
    places: Mapping[str, Place]
    length: int


@lru_cache(maxsize=1)
def _country_phrases() -> Phrases:
    """Every country by its names, people and capitals, in English and in the languages of news."""
    named = [(name, COUNTRY + c.code) for c in list_countries() for name in (*c.aliases, *list_foreign_names(c))]
    codes = [COUNTRY + country.code for country in list_countries()]
    return Phrases(named, names=codes, spelled=codes)


def count_features(passages: Sequence[Passage], language: str, *, most: int | None = None) -> Features:
    """The features of a text read in one language.

    `most`: words of the text that are read, all without it.
    """
    counts: dict[str, float] = {}
    places: dict[str, Place] = {}
    length = 0
    for number, passage in enumerate(passages):
        words = passage.words if passage.title or most is None else passage.words[: max(0, most - length)]
        masked: set[int] = set()
        for hit in passage.countries:
            if hit.last <= len(words):
                masked.update(range(hit.first, hit.last))
                _add(counts, places, hit.unit, passage.count(hit.first, length), (number, hit.first, hit.last))
        last, before = "", -2
        for index, word in enumerate(words):
            if index in masked:
                continue
            stem = find_stem(passage.text[word.start : word.end], language)
            if not stem:
                continue
            weight = passage.count(index, length)
            _add(counts, places, stem, weight, (number, index, index + 1))
            if before == index - 1 and is_same_phrase(passage.text, words[index - 1], word):
                _add(counts, places, f"{last} {stem}", weight, (number, index - 1, index + 1))
            last, before = stem, index
        length += 0 if passage.title else len(words)
    return Features(counts, places, length)


def _add(counts: dict[str, float], places: dict[str, Place], feature: str, weight: float, place: Place) -> None:
    counts[feature] = counts.get(feature, 0.0) + weight
    if feature not in places:
        places[feature] = place


def make_passages(
    parts: Sequence[tuple[str, Sequence[Token]]], repeated: Sequence[tuple[int, int]] = ()
) -> tuple[Passage, ...]:
    """Headline, lead and text, each with its words, as passages; a lead that the text has itself counts once."""
    (title, title_words), (lead, lead_words), (text, words) = parts
    find = _country_phrases().find
    found = [Passage(title, title_words, find(title, title_words), title=True)]
    if lead and lead not in text:
        found.append(Passage(lead, lead_words, find(lead, lead_words), title=False))
    else:
        found.append(Passage("", (), (), title=False))
    found.append(Passage(text, words, find(text, words), title=False, repeated=repeated))
    return tuple(found)
