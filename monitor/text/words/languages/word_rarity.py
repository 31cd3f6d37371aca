"""How rare a word is in the news, from shipped counts and wordfreq."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import floor, log, log10

# wordfreq gives zipf = log10 of occurrences per thousand million words. 6 and above are function words and "said"
# (6.0); 5.5 is "president"; names of 3.5 ("Azerbaijan") and below are telling. Rarer than 2 is not told apart:
# there the counts are noise.
COMMON = 6.0
RAREST = 2.0
_LEAST = 1e-9  # the share of a word that is in no list: once in a thousand million


def measure_rarity(phrases: Iterable[str]) -> float:
    """How many decades rarer than function words the phrases are together, 0 to 4 (wordfreq, English)."""
    share = sum(10 ** read_zipf(phrase, "en") for phrase in phrases)
    return min(max(COMMON - log10(max(share, 1.0)), 0.0), COMMON - RAREST)


def read_zipf(phrase: str, language: str, wordlist: str = "best") -> float:
    """How common a phrase is: log10 of its occurrences per thousand million words, 0 for one the list does not have."""
    import wordfreq  # half a second, which many commands need not take

    if language == "en" and phrase.isascii() and phrase.isalpha() and phrase.islower():  # nothing to fold or to part
        share = wordfreq.get_frequency_dict(language, wordlist).get(phrase)
        return 0.0 if share is None else _zipf_of(share)
    return float(wordfreq.zipf_frequency(phrase, language, wordlist=wordlist))


@lru_cache(maxsize=2_048)  # there are some eight hundred shares
def _zipf_of(share: float) -> float:
    """The zipf frequency of a share, rounded twice as `zipf_frequency` does."""
    plain = max(1.0 / (1.0 / share), _LEAST)
    return round(log(round(plain, floor(-log(plain, 10)) + 3), 10) + 9, 2)
