"""How common words are in a language (wordfreq's lists, looked up as they are); it must never fail for a language.

wordfreq would cut what it is asked for into words first, with tokenizers that are not installed (jieba, MeCab). Its
lists are read directly instead: what is no entry of the list is unknown, as is every word of a language without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from monitor.text.words.languages.word_stems import find_stem
from monitor.text.words.tokens import split_tokens

_LISTED_AS = {"no": "nb", "nn": "nb", "hr": "sh", "sr": "sh", "bs": "sh", "tl": "fil"}
_USUAL = 200  # words of a usual piece: turns a share of words into a share of pieces


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, str]:
    """The short list of each language: it reaches down to zipf 3, and below 3.4 rarity is not told apart."""
    from wordfreq import available_languages  # half a second that commands which look at no word need not take

    return available_languages("small")


@lru_cache(maxsize=8)
def _frequencies(language: str) -> Mapping[str, float]:
    """The share of running words that each word is, by words as the list writes them; empty without a list."""
    from wordfreq import get_frequency_dict

    name = _LISTED_AS.get(language, language)
    return get_frequency_dict(name, "small") if name in _lists() else {}


@lru_cache(maxsize=4)
def list_stem_frequencies(language: str) -> Mapping[str, float]:
    """The share of running words that have each stem; of a script without spaces, that begin with each n-gram."""
    found: dict[str, float] = {}
    for word, share in _frequencies(language).items():
        stem = find_stem(word, language) if word.isascii() else None
        stems = [stem] if stem is not None else [find_stem(word[t.start : t.end], language) for t in split_tokens(word)]
        for key in stems[: max(1, len(stems) - 1)]:
            found[key] = found.get(key, 0.0) + share
    return found


def estimate_piece_share(stem: str, language: str) -> float:
    """The share of usual pieces that say a stem at least once, 0 where it is unknown."""
    return float(1 - (1 - min(list_stem_frequencies(language).get(stem, 0.0), 0.999)) ** _USUAL)
