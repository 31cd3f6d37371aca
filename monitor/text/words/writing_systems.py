"""Which characters belong inside a word, and which scripts write words without spaces; it must not fold or compare.

Follows Unicode Standard Annex 29 (word boundaries) where news text needs it: combining marks and joiners stay inside
their word (WB4), so do apostrophes and the Catalan middle dot between letters (WB6, WB7) and the quotation mark of
Hebrew acronyms (WB7b). Scripts without spaces have no boundaries a rule could find without a dictionary: their runs
are cut into overlapping n-grams, the same wherever words are asked for.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

# Letters of Chinese, Japanese and Korean: Hangul Jamo, radicals, Kana, Bopomofo, compatibility Jamo, Han, syllables,
# compatibility Han, half-width Kana and Hangul, and the planes of rare Han.
_CJK = (
    r"\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f"
    r"\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
)
# Letters of Thai, Lao, Burmese and Khmer.
_SOUTH_EAST = (
    r"\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    r"\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
    r"\u1780-\u17b3\u17d7\u17dc\uaa60-\uaa7a\ua9e0-\ua9e4\ua9e7-\ua9ef\ua9fa-\ua9fe"
)
UNSPACED = _CJK + _SOUTH_EAST
# What nobody sees: soft hyphen, zero-width space, joiners, marks of direction, word joiner, byte order mark.
INVISIBLE = r"\u00ad\u200b-\u200f\u2060\ufeff"
# Armenian marks of question, emphasis and exclamation stand on a vowel inside the word.
_ARMENIAN = r"\u0559-\u055f"
TATWEEL = r"\u0640"
APOSTROPHES = r"'\u2018\u2019\u02bc\u02bb\u055a\uff07"

# An n-gram is this many letters with their marks: two say as much in Han, Kana and Hangul as three do in alphabets.
_CJK_GRAM, _SOUTH_EAST_GRAM = 2, 3


# Where combining marks are looked for: beyond the last range stand only selectors of glyph variants, and between them
# Han and Kana's neighbours, Hangul syllables, private letters, Tangut. Half of what there is, and of the time it takes.
_WITH_MARKS = (range(0x300, 0x3100), range(0xA000, 0xAC00), range(0xF900, 0x17000), range(0x1B000, 0x1F000))


def _marks() -> str:
    """All combining marks as the inside of a character class."""
    found, start, last = [], 0, -2
    for code in chain(*_WITH_MARKS):
        if unicodedata.category(chr(code))[0] != "M":
            continue
        if code != last + 1:
            found += [(start, last)] if last >= 0 else []
            start = code
        last = code
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in (*found, (start, last)))


MARKS = _marks()
_INSIDE = f"{MARKS}{_ARMENIAN}{TATWEEL}"
_LETTER = rf"[^\W_{UNSPACED}]"
_HEBREW = r"\u05d0-\u05ea"

# What may follow the first letters of a word: more of it, marks and apostrophes among that, and the name's "++". Each
# is written as "this or nothing", which is tried sooner than a repetition. Not possessive: before Python 3.11.5 such a
# repetition of what looks around loses its place (https://github.com/python/cpython/issues/106052).
_TAIL = (
    rf"(?:(?:{_LETTER}|[{_INSIDE}]|[{INVISIBLE}]+(?={_LETTER}|[{MARKS}])"
    rf"|[{APOSTROPHES}\u00b7\u05f3](?={_LETTER})|(?<=[{_HEBREW}])[\"\u05f4](?=[{_HEBREW}]))+|)(?:\+\+(?![^\W_+])|)"
)
_PLAIN_TAIL = r"(?:'[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*|)(?:\+\+(?![A-Za-z0-9])|)"
# A word of two letters and more, as most are; a dotted acronym ("U.S."); a name of one letter and a sharp ("C#"); a
# word that begins otherwise; a run of a script without spaces. The whole is a group, so that a text can be split at it.
# An acronym has 24 letters at most: without a bound thousands of "a." that end in a letter were tried from each of
# them.
WORD = re.compile(
    rf"({_LETTER}{{2,}}+{_TAIL}"
    rf"|[^\W\d_{UNSPACED}]\.(?:[^\W\d_{UNSPACED}]\.){{1,23}}+(?![^\W_])"
    r"|[A-Za-z]#(?<![^\W_][A-Za-z]#)(?![^\W_#])"
    rf"|{_LETTER}{_TAIL}"
    rf"|(?P<run>[{UNSPACED}](?:[{UNSPACED}{MARKS}]|[{INVISIBLE}]+(?=[{UNSPACED}]))*))"
)
# The same where a text is ASCII, in a fifth of the time.
PLAIN_WORD = re.compile(
    rf"([A-Za-z0-9]{{2,}}+{_PLAIN_TAIL}"
    r"|[A-Za-z]\.(?:[A-Za-z]\.){1,23}+(?![A-Za-z0-9])"
    r"|[A-Za-z]#(?<![A-Za-z0-9][A-Za-z]#)(?![A-Za-z0-9])"
    rf"|[A-Za-z0-9]{_PLAIN_TAIL})"
)
# A letter with its marks; half-width Kana have marks of voice that are letters by their category.
_CLUSTER = re.compile(rf"[{UNSPACED}][{MARKS}{INVISIBLE}\uff9e\uff9f]*")
_SOUTH_EAST_RUN = re.compile(rf"[{_SOUTH_EAST}]")


def split_ngrams(run: str, start: int) -> tuple[list[tuple[int, int]], int]:
    """The overlapping n-grams of a run of a script without spaces, as offsets from `start`, and how many are whole.

    There is one for every letter; the last ones are shorter, so that a letter that ends the run can be found, too.
    """
    ends = [found.span() for found in _CLUSTER.finditer(run)]
    size = _SOUTH_EAST_GRAM if _SOUTH_EAST_RUN.match(run) else _CJK_GRAM
    last = len(ends) - 1
    grams = [(start + ends[i][0], start + ends[min(i + size - 1, last)][1]) for i in range(len(ends))]
    return grams, max(0, len(ends) - size + 1)
