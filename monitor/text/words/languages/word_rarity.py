"""How rare a word is in the news, from shipped counts and wordfreq."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

# wordfreq gives zipf = log10 of occurrences per thousand million words. 6 and above are function words and "said"
# (6.0); 5.5 is "president"; names of 3.5 ("Azerbaijan") and below are telling. Rarer than 2 is not told apart:
# there the counts are noise.
COMMON = 6.0
RAREST = 2.0


def measure_rarity(phrases: Iterable[str]) -> float:
    """How many decades rarer than function words the phrases are together, 0 to 4 (wordfreq, English)."""
    share = sum(10 ** read_zipf(phrase, "en") for phrase in phrases)
    return min(max(COMMON - log10(max(share, 1.0)), 0.0), COMMON - RAREST)


def read_zipf(phrase: str, language: str, wordlist: str = "best") -> float:
    """How common a phrase is: log10 of its occurrences per thousand million words, 0 for one the list does not have."""
    from wordfreq import zipf_frequency  # half a second, which commands that look at no word need not take

    return float(zipf_frequency(phrase, language, wordlist=wordlist))
