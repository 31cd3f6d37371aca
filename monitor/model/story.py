"""Stories (events across outlets) and what is compared to find them: values without IO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from operator import mul
from typing import NamedTuple

# Stored with every story: two that were made differently cannot be compared.
ALGORITHM = "words40-sum96/1"
SOUGHT = 16  # words by which a text looks for its story, and a story is found


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVector:
    """A text for comparison: `weights` of length 1, and the names that open it or that it repeats."""

    weights: Mapping[str, float]
    names: frozenset[str]

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words by which to look for its story, the most telling first."""
        return _most(self.weights, SOUGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryProfile:
    """A story for comparison.

    `weights` is the sum of the vectors of its `texts`, cut to the heaviest; `names` in how many of them a name is
    prominent; `since` and `until` span what its pieces say of their publication, None where none says. `central` is
    the vector of the piece that the story is called after. `apart` are stories that are never one with it.
    """

    story_id: int
    texts: int
    weights: Mapping[str, float]
    names: Mapping[str, int]
    central: Mapping[str, float]
    since: datetime | None = None
    until: datetime | None = None
    apart: frozenset[int] = frozenset()
    length: float = field(init=False, repr=False, compare=False)  # of `weights`, which every piece compared asks for

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", measure_length(self.weights))

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words by which the story is found."""
        return _most(self.weights, SOUGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChoice:
    """The story a piece joins, None where it opens one; `similarity` to it, or to the likeliest of the others.

    `also` are further stories that the piece may belong to, the likeliest first.
    """

    profile: StoryProfile | None
    similarity: float
    also: tuple[StoryProfile, ...] = ()


def measure_length(weights: Mapping[str, float]) -> float:
    """The length of a vector; 1 where it has none, so that one can divide by it."""
    found = weights.values()
    return sqrt(sum(map(mul, found, found))) or 1.0


def _most(weights: Mapping[str, float], number: int) -> tuple[str, ...]:
    """The heaviest keys, heaviest first, equal ones in alphabetical order."""
    least = min(sorted(weights.values())[-number:], default=0.0)
    heaviest = sorted([word for word, weight in weights.items() if weight >= least])  # a third of sorting all as pairs
    if len(heaviest) > number:  # of words that weigh as little as the last one, the later in the alphabet are kept
        equal = [word for word in heaviest if weights[word] == least]
        heaviest = sorted(set(heaviest).difference(equal[: len(heaviest) - number]))
    heaviest.sort(key=weights.__getitem__, reverse=True)  # keeps equal ones as they stand
    return tuple(heaviest)


class StoryWord(NamedTuple):
    """One word of a text as stories weigh it (identity/story_terms.py); a tuple, since every piece brings a hundred.

    `key` is the folded name, or the stem of any other word; `loud` how much the text makes of it (1 and up), `common`
    the share of texts in general that have it; `prominent` where it opens the text or is said again.
    """

    key: str
    loud: float
    common: float
    name: bool
    prominent: bool
