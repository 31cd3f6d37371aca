"""How letters of Latin, Cyrillic and Armenian are read, as tables of letters to sounds; it must not compare names.

Sounds are written with one letter each: vowels `a e i o u`, the glide `y`, consonants as in English, and `C` for ch,
`S` for sh, `Z` for zh, `J` for dzh, `c` for ts, `h` where other scripts drop it. What English writes kh, gh, q or x is
`k` or `g`, since outlets part them each in their own way. Sources: BGN/PCGN and ISO 9 for Cyrillic, BGN/PCGN and
Hübschmann–Meillet for Armenian, the Azerbaijani (1991) and Turkish (1928) alphabets, and what newspapers print.
"""

from __future__ import annotations

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "Z", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "k", "ц": "c", "ч": "C", "ш": "S", "щ": "S", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "дж": "J", "тс": "c", "тц": "c", "тч": "C", "кс": "ks",
    # Ukrainian, Belarusian, Serbian, and Azerbaijani and Kazakh as they were and are written
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "v", "ј": "y", "ђ": "J", "љ": "l", "њ": "n", "ћ": "C", "џ": "J",
    "ә": "a", "ғ": "g", "ҝ": "g", "ө": "o", "ү": "u", "ҹ": "J", "һ": "h", "қ": "k", "ң": "n", "ұ": "u",
}  # fmt: skip

ARMENIAN = {
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "i", "թ": "t", "ժ": "Z", "ի": "i",
    "լ": "l", "խ": "k", "ծ": "c", "կ": "k", "հ": "h", "ձ": "dz", "ղ": "g", "ճ": "C", "մ": "m", "յ": "y", "ն": "n",
    "շ": "S", "ո": "o", "չ": "C", "պ": "p", "ջ": "J", "ռ": "r", "ս": "s", "վ": "v", "տ": "t", "ր": "r", "ց": "c",
    "ւ": "v", "փ": "p", "ք": "k", "օ": "o", "ֆ": "f",
    "ու": "u", "եւ": "ev", "տս": "c", "դժ": "J",
}  # fmt: skip

# What one accented Latin letter says whatever the language; others lose their accent.
ACCENTED = {"ş": "S", "š": "S", "ș": "S", "ç": "C", "č": "C", "ć": "C", "ž": "Z", "ż": "Z", "ğ": "g", "ı": "i"}
_LATIN = {
    **{letter: letter for letter in "abdefghiklmnoprstuvyz"},
    **ACCENTED,
    "q": "k", "w": "v", "kh": "k", "gh": "g", "zh": "Z", "ph": "f", "th": "t", "ts": "c", "tz": "c", "ck": "k",
    "ou": "u", "oo": "u", "ee": "i",
}  # fmt: skip
ENGLISH = {
    **_LATIN,
    "c": "k", "ce": "se", "ci": "si", "cy": "si", "ch": "C", "tch": "C", "sh": "S", "shch": "S", "sch": "S",
    "j": "J", "dj": "J", "dzh": "J", "dg": "J", "x": "ks",
}  # fmt: skip
# Azerbaijani and Turkish; x and q are Azerbaijani.
TURKIC = {**_LATIN, "c": "J", "x": "k", "j": "Z", "sh": "S", "ch": "C", "ou": "ou", "oo": "o", "ee": "e"}
FRENCH = {**ENGLISH, "ch": "S", "tch": "C", "ine": "in"}  # Pachinian, Kotcharian, Poutine
# Paschinjan, Aserbaidschan, Nasarbajew, Charkiw, Arzach
GERMAN = {
    **_LATIN,
    "c": "k", "ch": "k", "sch": "S", "tsch": "C", "dsch": "J", "j": "y", "z": "c", "x": "ks",
    "sa": "za", "se": "ze", "si": "zi", "so": "zo", "su": "zu",
}  # fmt: skip

# Letters by which an Azerbaijani or Turkish word gives itself away.
TURKIC_LETTERS = frozenset("əğışçöü")


def is_latin_word(word: str) -> bool:
    """Whether a word is written in Latin letters that are not Azerbaijani or Turkish alone."""
    return word[0] < "\u0370" and TURKIC_LETTERS.isdisjoint(word.lower())
