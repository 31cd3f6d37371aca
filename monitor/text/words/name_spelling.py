"""Keys by which spellings of one name meet, across Latin, Cyrillic and Armenian; it must not know any name.

Requirements: Aliyev, Aliev, Əliyev, Алиев and Ալիև share a key, Aliyev and Alevi do not. Theory: read the letters as
sounds (`scripts`), then let go of what spellings differ in: q/k/kh/gh/h, a/e, o/u, the vowel that Sarkisian has and
Sargsyan has not, glides, doubled letters; keep the order of consonants, the first vowel and the open ones. A word that
can be read in several ways has several keys. It will miss names that a language changes (Հայաստան is Armenia) and
abbreviations.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from monitor.text.words.suffixes import list_base_forms
from monitor.text.words.tokens import fold_word
from monitor.text.words.transliteration import (
    ACCENTED,
    ARMENIAN,
    CYRILLIC,
    ENGLISH,
    FRENCH,
    GERMAN,
    TURKIC,
    TURKIC_LETTERS,
)

_ALIKE = 85.0  # rapidfuzz ratio of two keys; of 2,415 spelling pairs it found 83 % with no false friend (keys: 70 %)


def _pattern(table: dict[str, str]) -> re.Pattern[str]:
    """Longest letters first, so that "tsch" is read before "ts"; single ones as one class, which is looked up."""
    several = sorted([letters for letters in table if len(letters) > 1], key=lambda letters: (-len(letters), letters))
    return re.compile("|".join((*several, f"[{''.join(letters for letters in table if len(letters) == 1)}]")))


_CYRILLIC = _pattern(CYRILLIC)
_ARMENIAN = _pattern(ARMENIAN)
_ENGLISH, _TURKIC, _FRENCH, _GERMAN = ((_pattern(table), table) for table in (ENGLISH, TURKIC, FRENCH, GERMAN))
_GERMAN_MARK = re.compile(r"sch|ch|w|z|jan$|^j")  # elsewhere its j would make Ghana of Ganja
# The Armenian patronymic ending: Sargsyan, Sarkisian, Sargsayan, Սարգսեան.
_IAN = re.compile(r"(?<=[^aeiouy])(?:[aei]?[yi]|e)an$")
_RUN = re.compile(r"[aeiouy]{2,}|y")  # a single other vowel stays
_OPEN = re.compile(r"(?<=[^aeiouy])[aeiouy]{2,}$")
_VOWELS = frozenset("aeiouy")
_KEPT_VOWEL = re.compile("[aio]")
_NO_KEPT_VOWEL = str.maketrans("", "", "aio")
_LETTING_GO = str.maketrans("euh", "aok")
_VELAR = re.compile(r"(?<!n)g")  # ng and nk stay two: Angara is not Ankara
_SCHWA = re.compile(r"(?<=[^aio])i(?=[^aio])")
_AGAIN = re.compile(r"(.)\1+")
_MUTE = re.compile(r"h(?=[aeiouy])|(?<=[aeiouy])h")
_FEW = 4  # a name of fewer consonants keeps every vowel: they are all that tells it from others


def _one(run: re.Match[str]) -> str:
    """What stays of vowels in a row: the first that is no glide, or the o or u that an i only leads to."""
    vowels = run[0].replace("y", "")
    if vowels[:1] == "i" and (round_ := re.search("[ou]", vowels)) is not None:
        return round_[0]
    return vowels[:1] or "i"


def _ends(run: re.Match[str]) -> str:
    """Of vowels that end a word the first and the last stay: Armenia is not Armani."""
    vowels = run[0].replace("y", "i")
    return vowels[0] + "Y" + vowels[-1] if vowels[0] != vowels[-1] else vowels[0]


def _key(sounds: str) -> str:
    # What a pattern looks for is asked after first: most names have none of it, and an archive is full of names.
    sounds = _AGAIN.sub(r"\1", sounds)
    if "g" in sounds:
        sounds = _AGAIN.sub(r"\1", _VELAR.sub("k", sounds))
    if sounds.endswith("an"):
        sounds = _IAN.sub("Yn", sounds)
    sounds = _RUN.sub(_one, _OPEN.sub(_ends, sounds) if sounds[-1:] in _VOWELS else sounds)
    sounds = _AGAIN.sub(r"\1", sounds.translate(_LETTING_GO))
    vowel = _KEPT_VOWEL.search(sounds)
    if vowel is None or len(sounds.translate(_NO_KEPT_VOWEL)) < _FEW:
        return sounds
    rest = sounds[vowel.end() :]
    return _AGAIN.sub(r"\1", sounds[: vowel.end()] + _SCHWA.sub("", rest)) if "i" in rest else sounds


def _read(word: str) -> set[str]:
    """What the letters of a lower-case word may sound like."""
    if "а" <= word[0] <= "ӿ":
        return {"".join(CYRILLIC[found] for found in _CYRILLIC.findall(w)) for w in (word, word.replace("ё", "е"))}
    if "ա" <= word[0] <= "և":
        sounds = "".join(ARMENIAN[found] for found in _ARMENIAN.findall(word))
        return {sounds, "v" + sounds} if word[0] == "ո" and word[1:2] != "ւ" else {sounds}
    letters = fold_word(word) if word.isascii() else "".join(c if c in ACCENTED else fold_word(c) for c in word)
    if not TURKIC_LETTERS.isdisjoint(word):
        readings = [_TURKIC]
    else:
        readings = [_ENGLISH, _TURKIC, _FRENCH, *([_GERMAN] if _GERMAN_MARK.search(word) else ())]
    return {"".join(table[found] for found in pattern.findall(letters)) for pattern, table in readings}


@lru_cache(maxsize=65_536)
def derive_name_keys(name: str) -> frozenset[str]:
    """Keys of one word as it stands, in any case; spellings of one name share at least one. Empty for a bare mark."""
    word = unicodedata.normalize("NFC", name).lower().replace("i\u0307", "i").replace("և", "եւ")
    if not fold_word(word):
        return frozenset()
    found = {"=" + fold_word(word)}
    for sounds in _read(word):
        found.add(_key(sounds))
        if "h" in sounds:
            found.add(_key(_MUTE.sub("", sounds)))
    return frozenset(found - {""})


@lru_cache(maxsize=65_536)
def derive_form_keys(word: str) -> frozenset[str]:
    """Keys of whatever name `word` may be a form of, as texts decline it."""
    lower = unicodedata.normalize("NFC", word).lower().replace("i\u0307", "i")
    return frozenset(key for form in list_base_forms(lower) for key in derive_name_keys(form))


def is_same_name(one: str, other: str) -> bool:
    """Whether two words, as texts write them, may be one name by their keys."""
    return not derive_form_keys(one).isdisjoint(derive_name_keys(other)) or not derive_form_keys(other).isdisjoint(
        derive_name_keys(one)
    )


def is_similar_name(one: str, other: str) -> bool:
    """Whether two names are similar enough to ask a person; never enough to be used without asking."""
    return is_same_name(one, other) or any(
        fuzz.ratio(a, b) >= _ALIKE for a in derive_name_keys(one) for b in derive_name_keys(other)
    )
