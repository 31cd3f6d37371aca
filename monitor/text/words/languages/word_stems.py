"""What a word shares with its inflections in its own language (Snowball); it must not guess which language that is.

Of a language without a stemmer a word is its folded self: nothing fails for lack of a table. Stems are taken of words
with their accents, which tell endings apart, and folded afterwards.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import Stemmer

from monitor.text.words.tokens import fold_word

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_REMEMBERED = 200_000  # words whose stem is kept: of news in one language a year's


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    """The stemmer of a language, None where there is none here; an older Snowball lacks some of the table."""
    name = _ALGORITHMS.get(language)
    return Stemmer.Stemmer(name) if name is not None and name in Stemmer.algorithms() else None


@lru_cache(maxsize=_REMEMBERED)
def find_stem(word: str, language: str) -> str:
    """The folded stem of one word as it is written, by a two-letter language code; "" for a bare mark."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return fold_word(word)
    plain = unicodedata.normalize("NFC", word).lower().replace("i\u0307", "i")
    return fold_word(stemmer.stemWord(plain))
