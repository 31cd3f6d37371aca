"""Stories (events across outlets) and what is compared to find them: values without IO."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from operator import mul

# Stored with every story: two that were made differently cannot be compared.
ALGORITHM = "words40-sum96/1"
SOUGHT = 16  # words by which a text looks for its story, and a story is found


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVector:
    """A text for comparison: `weights` of length 1, the heaviest first and equal ones in alphabetical order.

    `names` are those that open it or that it repeats.
    """

    weights: Mapping[str, float]
    names: frozenset[str]

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words by which to look for its story, the most telling first."""
        return tuple(cut_heaviest(list(self.weights), self.weights, SOUGHT))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryProfile:
    """A story for comparison.

    `weights` is the sum of the vectors of its `texts`, cut to the heaviest, in the order of `StoryVector`; `names` in
    how many of them a name is prominent; `since` and `until` span what its pieces say of their publication, None where
    none says. `central` is the vector of the piece that the story is called after. `apart` are stories that are never
    one with it.
    """

    story_id: int
    texts: int
    weights: Mapping[str, float]
    names: Mapping[str, int]
    central: Mapping[str, float]
    since: datetime | None = None
    until: datetime | None = None
    apart: frozenset[int] = frozenset()
    _length: float = field(default=0.0, init=False, repr=False, compare=False)

    @property
    def length(self) -> float:
        """Of `weights`; reckoned once, since every piece compared asks for it."""
        if not self._length:
            object.__setattr__(self, "_length", measure_length(self.weights.values()))
        return self._length

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words by which the story is found."""
        return tuple(cut_heaviest(list(self.weights), self.weights, SOUGHT))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChoice:
    """The story a piece joins, None where it opens one; `similarity` to it, or to the likeliest of the others.

    `also` are further stories that the piece may belong to, the likeliest first.
    """

    profile: StoryProfile | None
    similarity: float
    also: tuple[StoryProfile, ...] = ()


def cut_heaviest(words: list[str], weights: Mapping[str, float], number: int) -> list[str]:
    """The first of words that stand as `weights` has them: the heaviest first, equal ones in alphabetical order.

    Of words that weigh as little as the last one, the later in the alphabet are kept.
    """
    if len(words) > number and (least := weights[words[number]]) == weights[words[number - 1]]:
        first, last = number - 1, number + 1
        while first and weights[words[first - 1]] == least:
            first -= 1
        while last < len(words) and weights[words[last]] == least:
            last += 1
        return words[:first] + words[last - number + first : last]
    return words[:number]


def measure_length(weights: Collection[float]) -> float:
    """The length of a vector; 1 where it has none, so that one can divide by it."""
    return sqrt(sum(map(mul, weights, weights))) or 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords:
    """The words of a text as stories weigh them (identity/story_terms.py); columns, since every piece brings a hundred.

    `keys` are folded names, and the stems of all other words, in alphabetical order; `loud` is how much the text makes
    of each (1 and up, of a name twice that), `common` the share of texts in general that have it, as far as that is
    told apart. `names` are the names among them that open the text or are said again.
    """

    keys: tuple[str, ...] = ()
    loud: tuple[float, ...] = ()
    common: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
