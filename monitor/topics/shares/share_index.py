"""Finds, of thousands of profiles, the few of which a text says a matching share; it must not score what is found.

Theory: a text has few of the terms that profiles hold. One pass over its words adds up, for the profiles that hold each
of them, the most that the term can add; only profiles that could reach their threshold with that are scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from monitor.topics.shares.share_score import ShareTerms, interpolate_expected, saturate
from monitor.topics.shares.text_features import Features

_SLACK = 1e-6  # of rounding


class Counted(Protocol):
    """A text whose features can be counted in a language."""

    def features(self, language: str) -> Features:
        """What it says, read in one language."""
        ...


class ShareIndex:
    """Profiles by the features that they hold."""

    def __init__(self, profiles: Sequence[ShareTerms | None], thresholds: Sequence[float]) -> None:
        """None stands for a profile without expected scores, which is never found."""
        self._expected = [() if profile is None else profile.expected for profile in profiles]
        self._thresholds = thresholds
        self._holders: dict[str, dict[str, list[tuple[int, float]]]] = {}
        for number, profile in enumerate(profiles):
            for language, terms in () if profile is None else profile.by_language.items():
                holders = self._holders.setdefault(language, {})
                for feature, term in terms.items():
                    holders.setdefault(feature, []).append((number, term.weight))

    def find_candidates(self, text: Counted) -> list[int]:
        """The numbers of the profiles whose share of a text could reach their threshold, ascending."""
        sums: dict[int, float] = {}
        length = 0
        for language, holders in self._holders.items():
            found = text.features(language)
            length = found.length
            for feature in found.counts.keys() & holders.keys():
                part = saturate(found.counts[feature], length)
                for number, weight in holders[feature]:
                    sums[number] = sums.get(number, 0.0) + weight * part
        candidates = []
        for number, total in sums.items():
            expected = interpolate_expected(self._expected[number], length)
            if total / expected + _SLACK >= self._thresholds[number]:
                candidates.append(number)
        return sorted(candidates)
