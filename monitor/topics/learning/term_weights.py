"""Weighs what seeds say against their outlets' archive; it must not know any topic or read one.

Theory: what tells a subject is said by many of its seeds, in each of them often, and seldom elsewhere. Elsewhere is the
archive of the very outlets, once what looks like the subject itself is taken out of it; without that step a subject
that fills a tenth of an archive unlearns itself. Word lists of the language stand in for an archive that is small or
not there. Numbers: MATCHING.md, "Subjects of strangers", chosen over twenty subjects and checked on others.

What it will miss: a subject whose seeds share only words that the archive says everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import median

from monitor.text.words.languages.word_frequency import estimate_piece_share
from monitor.topics.shares.share_score import interpolate_expected, saturate, sum_weights
from monitor.topics.shares.text_features import COUNTRY, Features

KEPT = 40  # terms of a profile
_RAREST, _TELLING = 7.5, 2.5  # −ln of the share of pieces: rarer is not told apart, commoner tells nothing
_LISTED = 30  # pieces that the word list counts for, beside those of the archive
_ONE_SEED = 0.2  # of the weight of what one seed alone says
_PAIRED = 0.7  # of the weight of two neighbouring words
_TOGETHER = 0.02  # of the share of pieces of the rarer of two words, before an archive tells of the pair
_COUNTRY = 0.02  # share of pieces that name a given country, before an archive tells
_COMMON = 0.075  # share of usual pieces from which a word is one of grammar (zipf 5.6 of two hundred words)
# Lengths, in words of text, at which the seeds are scored when they are left out.
LENGTHS = (0, 15, 40, 100, 250, 600)
# A headline says at least this share of what a whole piece does, whatever the seeds' own headlines say: of half-empty
# ones any short piece would be a match. .5 lifts Reuters from .756 to .802 AP and Wikinews from .919 to .936; .7 keeps
# that (.802, .937) and raises the worst precision of 19 subjects, at the lowest threshold below, from .40 to .46.
_FLOOR = 0.7
# Nor is it less than this share of what the seeds say of the terms that they taught themselves: where few seeds have
# little in common, a left-out one says next to nothing of the others' terms, and half the archive says as much.
_OWN = 0.4
_LIKE = 0.35  # score from which a piece of the archive is taken for one on the subject
_MOST = 0.2  # of the archive, at most, is taken out
_TAKEN_OUT = 2  # times
_TAIL = 0.95  # the archive's scores up to here are noise
# Of that tail the threshold, within bounds. Over 19 subjects, with the least precision and the least recall of any:
# .33 as the lowest gives precision .87 and recall .90 (.38, .56), .40 gives .89 and .88 (.43, .56), .45 gives .91 and
# .85 (.49, .49), .50 gives .92 and .81 (.52, .47). Chosen without a group by the mean of F1 and the worst figure, .45
# stays for four of five groups; without Reuters .40 is chosen, with the least precision of .43 there. .7 as the highest
# is chosen by four of five and gains .002 precision over .6 (`make bench NAME=subjects ARGS=--folds`).
_TIMES, _LOWEST, _HIGHEST = 2.5, 0.45, 0.7
DAY_ONE = 0.5  # the threshold without an archive: half of what a seed says


@dataclass(frozen=True, slots=True)
class SeedFeatures:
    """One seed: its features when it is cut to each of `LENGTHS`, and whole (the last)."""

    cuts: tuple[Features, ...]

    @property
    def whole(self) -> Features:
        return self.cuts[-1]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the weights by feature, what a seed of each length is expected to score, and the threshold.

    `pieces` of the archive were read, `left_out` of them as ones on the subject; `tail` is the score that a twentieth
    of it exceeds. `shares` is what each seed says of what the others say, in their order.
    """

    weights: Mapping[str, float]
    expected: tuple[tuple[int, float], ...]
    threshold: float
    pieces: int
    left_out: int
    tail: float
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Background:
    """In how many of `pieces` each feature stands."""

    counts: Mapping[str, int]
    pieces: int
    language: str

    def share(self, feature: str) -> float:
        """The share of pieces that have a feature, smoothed by the word list."""
        return (self.counts.get(feature, 0) + _LISTED * _listed_share(feature, self.language)) / (self.pieces + _LISTED)


def _listed_share(feature: str, language: str) -> float:
    """The share of usual pieces that have a feature, by the word list of the language alone."""
    if feature.startswith(COUNTRY):
        return _COUNTRY
    if " " in feature:
        return min(estimate_piece_share(stem, language) for stem in feature.split(" ")) * _TOGETHER
    return estimate_piece_share(feature, language)


def _tells_something(feature: str, language: str) -> bool:
    """Whether a feature may be a term: no word of grammar, no digits, no single letter."""
    if feature.startswith(COUNTRY):
        return True
    stems = feature.split(" ")
    if any(len(stem) < 2 or stem.isdigit() or estimate_piece_share(stem, language) >= _COMMON for stem in stems):
        return False
    return len(stems) > 1 or not any(letter.isdigit() for letter in feature)


def learn_terms(seeds: Sequence[SeedFeatures], archive: Sequence[Features], language: str) -> Learned:
    """The terms of a subject from at least one seed and whatever archive there is."""
    counts = Counter(feature for piece in archive for feature in piece.counts)
    background = _Background(counts, len(archive), language)
    out: set[int] = set()
    weights, expected, shares = _learn(seeds, background)
    for _ in range(_TAKEN_OUT if archive else 0):
        scores = [_score(weights, expected, piece) for piece in archive]
        like = sorted((number for number, score in enumerate(scores) if score > _LIKE), key=lambda n: (-scores[n], n))
        out = set(like[: int(_MOST * len(archive))])
        left = counts.copy()
        for number in out:
            left.subtract(archive[number].counts.keys())
        weights, expected, shares = _learn(seeds, _Background(left, len(archive) - len(out), language))
    if not archive:
        return Learned(weights, expected, DAY_ONE, 0, 0, 0.0, shares)
    scores = sorted(_score(weights, expected, piece) for piece in archive)
    tail = scores[min(len(scores) - 1, int(_TAIL * len(scores)))]
    threshold = round(min(max(_TIMES * tail, _LOWEST), _HIGHEST), 2)
    return Learned(weights, expected, threshold, len(archive), len(out), round(tail, 4), shares)


def _score(weights: Mapping[str, float], expected: Sequence[tuple[int, float]], piece: Features) -> float:
    return sum(sum_weights(weights, piece).values()) / interpolate_expected(expected, piece.length)


def _learn(
    seeds: Sequence[SeedFeatures], background: _Background
) -> tuple[dict[str, float], tuple[tuple[int, float], ...], tuple[float, ...]]:
    """Weights, the best of them 1, the expected scores, and what each seed says of those when it is left out."""
    weights = _weigh([seed.whole for seed in seeds], background)
    best = max(weights.values(), default=1.0)
    scores = []
    for number, seed in enumerate(seeds):
        rest = [other.whole for place, other in enumerate(seeds) if place != number]
        held = _weigh(rest, background) if rest else weights
        scores.append([sum(sum_weights(held, cut).values()) / best for cut in seed.cuts])
    weights = {feature: weight / best for feature, weight in weights.items()}
    own = [[sum(sum_weights(weights, cut).values()) for cut in seed.cuts] for seed in seeds]
    medians = [
        max(median(row[place] for row in scores), _OWN * median(row[place] for row in own), 1e-6)
        for place in range(len(LENGTHS))
    ]
    rising = [max(medians[: place + 1]) for place in range(len(medians))]
    expected = tuple((n, max(value, _FLOOR * rising[-1])) for n, value in zip(LENGTHS, rising, strict=True))
    whole = tuple(
        row[-1] / interpolate_expected(expected, seed.whole.length) for row, seed in zip(scores, seeds, strict=True)
    )
    return weights, expected, whole


def _weigh(seeds: Sequence[Features], background: _Background) -> dict[str, float]:
    """The weights of the telling features, heaviest first."""
    said = Counter(feature for seed in seeds for feature in seed.counts)
    total: Counter[str] = Counter()
    for seed in seeds:
        total.update(seed.counts)
    weights: dict[str, float] = {}
    for feature, times in said.items():
        if not _tells_something(feature, background.language):
            continue
        loud = sum(saturate(s.counts[feature], s.length) for s in seeds if feature in s.counts) / len(seeds)
        weight = loud * times / len(seeds) * _rarity(background.share(feature))
        weight *= _ONE_SEED if times == 1 and len(seeds) > 1 else 1.0
        weight *= _PAIRED if " " in feature else 1.0
        if weight > 0:
            weights[feature] = weight
    # Of a phrase and a part that stands nowhere else the phrase stays.
    for feature in [feature for feature in weights if " " in feature]:
        for part in feature.split(" "):
            if part in weights and total[part] <= total[feature] * 1.001:
                del weights[part]
    ranked = sorted(weights, key=lambda feature: (-weights[feature], feature))
    return {feature: weights[feature] for feature in ranked[:KEPT]}


def _rarity(share: float) -> float:
    return max(min(-log(max(share, 1e-9)), _RAREST) - _TELLING, 0.0)
