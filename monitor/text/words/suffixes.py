"""What a name may be when its grammatical ending is taken off; it must not know any name.

Russian, Armenian, Azerbaijani and Turkish decline names: Пашинян, Пашиняна, Пашиняном. It guesses generously (a wrong
guess gives a word that nobody is called) and leaves words short enough to be mistaken as they are. It will miss
diminutives, plurals of families, and languages that change the stem.
"""

from __future__ import annotations

import re

from monitor.text.words.transliteration import TURKIC_LETTERS

_LEAST = 4  # letters that must be left
# Masculine names: the ending falls off (Пашинян-а). Russian and Ukrainian.
_FALLEN = (
    "ами",
    "ами",
    "ого",
    "ому",
    "ах",
    "ам",
    "ой",
    "ом",
    "ем",
    "ым",
    "ов",
    "ые",
    "ых",
    "а",
    "у",
    "е",
    "ы",
    "і",
    "и",
)
# Feminine names: it stands for -а or -я (Захаров-ой, Армени-ей).
_FEMININE = {"а": ("ы", "у", "е", "ой", "ою", "и"), "я": ("и", "ю", "ей", "е", "ею", "ї")}
_ADJECTIVE = re.compile(r"ск(?:ий|ая|ое|ие|ого|ому|им|ом|ой|ую|их|ими)$")
_ARMENIAN = ("ներին", "ների", "ները", "ական", "ներ", "ում", "ով", "ից", "ին", "ի", "ը", "ն")
# Case endings after any vowel and consonant, and -li ("of Karabakh"), with and without the possessive.
_TURKIC = re.compile(
    r"(?:(?:[ıiuü]|s[ıiuü])?n?(?:[ıiuü]n|[dt][aəe]n?|l[aəe]|[aəe]|[ıiuü])|y[aəeıiuü]|yl[aəe]|l[ıiuü]|l[aəe]r)$"
)
_APOSTROPHE = re.compile(r"['’ʼ]")
# What French and Italian write together with the next word: l'Arménie, dell'Azerbaigian.
_ELIDED = re.compile(r"(?:[ldnsc]|qu|jusqu|dell|all|nell|dall|sull)['’ʼ](?=\w)", re.I)


def _cyrillic(word: str) -> list[str]:
    found = [word[: -len(ending)] for ending in _FALLEN if word.endswith(ending)]
    found += [
        word[: -len(ending)] + letter
        for letter, endings in _FEMININE.items()
        for ending in endings
        if word.endswith(ending)
    ]
    return [*found, _ADJECTIVE.sub("", word), _ADJECTIVE.sub("ский", word)]


def _armenian(word: str) -> list[str]:
    return [word[: -len(ending)] for ending in _ARMENIAN if word.endswith(ending)]


def is_adjective(word: str) -> bool:
    """Whether a lower-case Cyrillic word is an adjective as they are made of names: карабахский."""
    return _ADJECTIVE.search(word) is not None


def strip_elision(word: str) -> str:
    """`word` without an article or preposition that is elided before it."""
    return _ELIDED.sub("", word, count=1) if _ELIDED.match(word) else word


def list_base_forms(word: str) -> tuple[str, ...]:
    """`word` (lower case) and what it may be the declined form of, each once; the order is fixed."""
    found = [word]
    if (cut := _APOSTROPHE.search(word)) is not None:
        found += [word[: cut.start()], strip_elision(word)]
    elif "а" <= word[:1] <= "ӿ":
        found += _cyrillic(word)
    elif "ա" <= word[:1] <= "և":
        found += _armenian(word)
    elif not TURKIC_LETTERS.isdisjoint(word):
        found += [word[: ending.start()] for end in range(len(word)) if (ending := _TURKIC.search(word, end))]
    return tuple(dict.fromkeys(form for form in found if form == word or len(form) >= _LEAST))
