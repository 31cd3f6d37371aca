"""Scores a text by how much it says of what a seed of its length says; it must not learn, nor look for phrases.

Theory: each term of a profile adds its weight, the more the oftener a text says it but soon no more (BM25's
saturation); the sum is divided by what the seeds themselves scored when they were left out of learning, so that a
headline and an article compare and .5 means "says half of what a seed says". Measured beside other methods on 42
subjects in MATCHING.md, "Subjects of strangers".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, log

from monitor.text.words.languages.word_stems import find_stem
from monitor.topics.profile import NAME, Profile, Term
from monitor.topics.shares.text_features import Features, Place
from monitor.topics.user_edits import normalize_phrase

_SATURATION = 1.6  # occurrences that give half of a weight in a text of `_USUAL` words; a headline needs half of that
_USUAL = 300.0
_BASE = 5.0  # words added to a length before its logarithm: a headline alone has no words of text
_LINEAR = 0.75  # shares up to this are scores as they are; what says more than that nears 1

REST = 0.5  # the score from which groups and what a person added match by themselves


def saturate(count: float, length: int) -> float:
    """The part of its weight that so many occurrences give a term in a text of so many words."""
    return count / (count + _SATURATION * (0.5 + 0.5 * length / _USUAL))


def sum_weights(weights: Mapping[str, float], found: Features) -> dict[str, float]:
    """What each term of `weights` adds for a text that says it."""
    added: dict[str, float] = {}
    counts = found.counts
    for term, weight in weights.items():
        count = counts.get(term, 0.0)
        if count:
            added[term] = weight * saturate(count, found.length)
    return added


def interpolate_expected(expected: Sequence[tuple[int, float]], length: int) -> float:
    """What a seed of so many words is expected to score; `expected` are lengths, ascending, with their scores."""
    for (shorter, low), (longer, high) in pairwise(expected):
        if length <= longer:
            share = (log(length + _BASE) - log(shorter + _BASE)) / (log(longer + _BASE) - log(shorter + _BASE))
            return low + (high - low) * share
    return expected[-1][1]


def squash_share(share: float) -> float:
    """A share as a score from 0 to 1, in the same order: below .75 they are equal, 2 is .998."""
    return share if share <= _LINEAR else 1 - (1 - _LINEAR) * exp((_LINEAR - share) / (1 - _LINEAR))


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """The terms of a profile by the language they are read in and their feature."""

    by_language: Mapping[str, Mapping[str, Term]]
    expected: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What a text says of a profile, as a share of what a seed says, and by which terms, the heaviest first."""

    share: float
    said: tuple[tuple[float, Term, Place], ...]
    silent: tuple[str, ...]  # terms that it does not say, the heaviest first


def compile_share(profile: Profile) -> ShareTerms | None:
    """The learned terms of a profile made ready for texts; None for one learned before there were expected scores."""
    if not profile.expected:
        return None
    added = {normalize_phrase(phrase) for phrase, _ in profile.wishes.add}
    first = profile.languages[0] if profile.languages else ""
    found: dict[str, dict[str, Term]] = {}
    for term in profile.terms:
        if term.term in added:
            continue
        language = term.language or first
        feature = term.stem or " ".join(find_stem(word, language) for word in term.term.split())
        found.setdefault(language, {})[feature] = term
    return ShareTerms(found, profile.expected)


def take_rest(profile: Profile) -> Profile:
    """What of a profile is no share: groups, pairs of them and the terms that a person added, scored as names are."""
    added = {normalize_phrase(phrase) for phrase, _ in profile.wishes.add}
    terms = tuple(replace(term, kind=NAME) for term in profile.terms if term.term in added)
    return replace(profile, terms=terms, threshold=REST, expected=())


def measure_share(terms: ShareTerms, features: Callable[[str], Features]) -> Share:
    """What a text says of a profile; `features` gives those of the text in a language."""
    said: list[tuple[float, Term, Place]] = []
    silent: list[tuple[float, str]] = []
    length = 0
    for language, known in terms.by_language.items():
        found = features(language)
        length = found.length
        added = sum_weights({feature: term.weight for feature, term in known.items()}, found)
        said += [(worth, known[feature], found.places[feature]) for feature, worth in added.items()]
        silent += [(term.weight, term.term) for feature, term in known.items() if feature not in added]
    expected = interpolate_expected(terms.expected, length)
    said.sort(key=lambda one: (-one[0], one[1].term))
    silent.sort(key=lambda one: (-one[0], one[1]))
    shares = tuple((worth / expected, term, place) for worth, term, place in said)
    return Share(sum(worth for worth, _, _ in shares), shares, tuple(term for _, term in silent))


def join_scores(share: float, rest: float, threshold: float) -> float:
    """One score of both, where each reaches the threshold as it did by itself."""
    bent = min(rest / REST, 1.0) * threshold + max(rest - REST, 0.0) / (1 - REST) * (1 - threshold)
    return max(squash_share(share), bent)
