"""How rare a word is in the news, from shipped counts and wordfreq."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

from wordfreq import zipf_frequency

# wordfreq gives zipf = log10 of occurrences per thousand million words. 6 and above are function words and "said"
# (6.0); 5.5 is "president"; names of 3.5 ("Azerbaijan") and below are telling. Rarer than 2 is not told apart:
# there the counts are noise.
COMMON = 6.0
RAREST = 2.0


def measure_rarity(phrases: Iterable[str]) -> float:
    """How many decades rarer than function words the phrases are together, 0 to 4 (wordfreq, English)."""
    share = sum(10 ** zipf_frequency(phrase, "en") for phrase in phrases)
    return min(max(COMMON - log10(max(share, 1.0)), 0.0), COMMON - RAREST)
