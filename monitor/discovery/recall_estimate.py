"""How many of an outlet's pieces we know of, and how late: capture–recapture and delays; it must not count by itself.

Two lists of one population that are drawn independently tell its size by how much they overlap (Chapman's form of the
Lincoln–Petersen estimator, Seber 1982, 3.1). Lists of one outlet are not independent: one CMS fills them, and what it
forgets in one it is likelier to forget in the other. So the estimate is too low, and the number of misses it gives is a
lower bound. What no list ever shows, nothing here can see.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How many pieces there are, with the limits of a 95 % interval; never fewer than were seen."""

    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPair:
    """Two lists compared: how many pieces each showed, how many both, and what follows."""

    one: str
    other: str
    ones: int
    others: int
    both: int
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The pieces of one outlet and one week: `seen` of at least `estimate.total`.

    `score` is their ratio, an upper limit of how complete the watch was, with the interval `low` to `high`. It comes
    from the pair of lists that misses most.
    """

    seen: int
    score: float
    low: float
    high: float
    pairs: tuple[ListPair, ...]


def estimate_population(ones: int, others: int, both: int) -> Estimate:
    """The size of a population of which two lists show `ones` and `others`, `both` of them in common.

    The interval is log-normal about what neither showed (Chao 1987), so that it never falls below what was seen.
    Raises ValueError where more are common than shown.
    """
    if not 0 <= both <= min(ones, others):
        raise ValueError(f"{both} in common of {ones} and {others}")
    seen = ones + others - both
    missed = (ones - both) * (others - both) / (both + 1)
    if not missed:
        return Estimate(total=seen, low=seen, high=seen)
    variance = (ones + 1) * (others + 1) * (ones - both) * (others - both) / ((both + 1) ** 2 * (both + 2))
    spread = math.exp(_Z * math.sqrt(math.log1p(variance / missed**2)))
    return Estimate(total=seen + missed, low=seen + missed / spread, high=seen + missed * spread)


def estimate_recall(lists: Mapping[str, Collection[int]]) -> Completeness | None:
    """What the lists of one outlet, each a set of pieces by number, say of its pieces; None where fewer than two of
    them show any: nothing can be compared."""
    shown = {name: frozenset(pieces) for name, pieces in sorted(lists.items()) if pieces}
    pairs = []
    for one, other in combinations(shown, 2):
        ones, others = shown[one], shown[other]
        counts = (len(ones), len(others), len(ones & others))
        pairs.append(
            ListPair(
                one=one,
                other=other,
                ones=counts[0],
                others=counts[1],
                both=counts[2],
                estimate=estimate_population(*counts),
            )
        )
    if not pairs:
        return None
    seen = len(frozenset().union(*shown.values()))
    worst = max(pairs, key=lambda pair: pair.estimate.total).estimate
    return Completeness(
        seen=seen,
        score=seen / max(seen, worst.total),
        low=seen / max(seen, worst.high),
        high=seen / max(seen, worst.low),
        pairs=tuple(pairs),
    )


def compute_percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value that at least `share` (0 to 1) of all do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
