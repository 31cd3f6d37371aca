"""How spellings of one word become one key; it must not know which words matter, nor where they begin.

What is dropped does not tell words apart: case, compatibility forms, accents on Latin and Greek letters, stress marks,
Arabic and Hebrew vowel points, tatweel, Armenian intonation marks, apostrophes, what nobody sees. What is kept are
letters of their own: Cyrillic й, ї and ў, Japanese voicing, Hangul syllables, every Indic, Thai, Lao, Khmer and Burmese
vowel sign. Sources: Unicode 16, chapters 7-13 and 18; Lucene's ArabicNormalizer and PersianNormalizer.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.text.words.writing_systems import APOSTROPHES, INVISIBLE, TATWEEL

_DROPPED = re.compile(
    rf"[{APOSTROPHES}{INVISIBLE}{TATWEEL}.\u00b7"
    r"\u0300-\u036f\u0483-\u0487\u0559-\u055f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\"\u05f3\u05f4"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff\ufe00-\ufe0f]+"
)
_LETTERS = {
    "ə": "a", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h",
    "ё": "е",  # print leaves its dots out
    # Persian, Urdu and Egyptian ways of writing yeh, kaf and heh; alef with whatever stands on it
    "ی": "ي", "ى": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ە": "ه",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
}  # fmt: skip
_SINGLE = str.maketrans(_LETTERS)
# Capitals part the Armenian ligature: և is ԵՒ or, since the reform, ԵՎ.
_ARMENIAN_EV = re.compile("և|եւ|եվ")
_BARED = re.compile("[\u00c0-\u024f\u0386-\u03ce\u1e00-\u1fff]")
_ASCII_DROPPED = str.maketrans("", "", "'.\"")


def fold_letters(word: str) -> str:
    """The key of one word: lower case, bare letters, no apostrophes. Idempotent; may be empty for a bare mark."""
    if word.isascii():
        return word.lower().translate(_ASCII_DROPPED)
    once = _once(word)
    return once if once == word else fold_letters(once)


def _once(word: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    plain = _BARED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], plain.translate(_SINGLE))
    plain = _DROPPED.sub("", plain).translate(_SINGLE)
    return _ARMENIAN_EV.sub("եվ", unicodedata.normalize("NFC", plain))
