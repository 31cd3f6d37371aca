"""Which language seeds are written in, by their script and commonest words; it must not read a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from wordfreq import available_languages, get_frequency_dict

from monitor.text.words.tokens import split_tokens

_CLEAR = 0.08  # share of a text's words that must be among the commonest of its language; in running text it is .3-.5
_COMMONEST = 150  # words of a language that tell it

_ONE_LANGUAGE = {
    "ARMENIAN": "hy", "GEORGIAN": "ka", "GREEK": "el", "HEBREW": "he", "HAN": "zh", "KANA": "ja", "HANGUL": "ko",
    "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te",
    "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "ETHIOPIC": "am",
    "DEVANAGARI": "hi",
}  # fmt: skip
_SCRIPTS = {
    "LATIN": ("ca", "cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "is", "it", "lt", "lv", "ms", "nb", "nl",
              "pl", "pt", "ro", "sh", "sk", "sl", "sv", "tr", "vi", "fil", "az"),
    "CYRILLIC": ("ru", "uk", "bg", "mk", "sr"),
    "ARABIC": ("ar", "fa", "ur"),
}  # fmt: skip
# Languages without a list at wordfreq: their commonest words, by hand.
_WRITTEN = {
    "az": "və bu bir ilə üçün də ki o edir olub olan görə sonra onun daha kimi isə ən çox var həm əsas idi məlumat"
    " deyib azərbaycan barədə tərəfindən edilib üzrə qeyd",
    "sr": "је да се на за од са који ће као су што не или до",
}


def guess_language(text: str) -> str | None:
    """The two-letter code of the language whose commonest words a text says most, None where none is clear.

    Scripts that one language of news has tell it at once. What it will miss: a text of a few names.
    """
    letters = text[:20_000]
    counts: dict[str, int] = {}
    for char in letters:
        if char.isalpha():
            name = _script(char)
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return None
    script = max(counts, key=lambda name: counts[name])
    if script == "HAN" and (counts.get("KANA", 0) * 20) > counts[script]:
        script = "KANA"
    if (only := _ONE_LANGUAGE.get(script)) is not None:
        return only
    words = [unicodedata.normalize("NFC", letters[t.start : t.end]).lower() for t in split_tokens(letters)]
    scores = {language: sum(word in _commonest(language) for word in words) for language in _SCRIPTS.get(script, ())}
    ranked = sorted(scores, key=lambda language: (-scores[language], language))
    if not ranked or scores[ranked[0]] < _CLEAR * len(words):
        return None
    return ranked[0]


@lru_cache(maxsize=64)
def _commonest(language: str) -> frozenset[str]:
    if language in _WRITTEN:
        return frozenset(_WRITTEN[language].split())
    found = _short_list(language)
    return frozenset(sorted(found, key=lambda word: (-found[word], word))[:_COMMONEST])


@lru_cache(maxsize=64)
def _short_list(language: str) -> Mapping[str, float]:
    """The share of running words that each word is, by the short lists: enough to know what a language says most."""
    return get_frequency_dict(language, "small") if language in available_languages("small") else {}


@lru_cache(maxsize=4_096)
def _script(char: str) -> str:
    """The first word of a letter's Unicode name, with Chinese, Japanese and Korean ones told apart."""
    name = unicodedata.name(char, "").split(" ", 1)[0]
    return {"CJK": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA"}.get(name, name)
