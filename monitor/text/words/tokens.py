"""Cuts text into folded words that remember where they stood; it must not know which words matter.

Folding makes spellings of one word equal: case, diacritics, letters that Unicode does not decompose (ı, ə, ø),
curly and straight apostrophes, the possessive 's. A hyphen parts words, so that "Nagorno-Karabakh" and
"Nagorno Karabakh" are the same two. It will miss other scripts' spellings: those are other names, not other forms.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# A word: letters and digits, combining marks and soft hyphens inside, an apostrophe only between letters;
# or a dotted acronym ("U.S."), which would fall apart into letters otherwise.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}(?![^\W_])|[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad]|['\u2019\u02bc](?=[^\W_]))*")
_POSSESSIVE = re.compile(r"['\u2019\u02bc][sS]$")
_DROPPED = {ord(c): None for c in "'\u2019\u02bc\u00ad."}
_LETTERS = str.maketrans(
    {"ə": "a", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h"}
)

# What may stand between the words of one phrase; any other mark ends it.
_JOINT = re.compile(r"[\s\u00a0()\-\u2010\u2011#]*")


class Token(NamedTuple):
    """One word: its folded `key`, and the offsets of what was folded (without a possessive 's)."""

    key: str
    start: int
    end: int


# English endings, longest first; a stem keeps four letters at least ("region" stays, "mediation" is "medi").
_ENDINGS = (
    "ations", "ators", "ating", "ation", "ative", "ator", "ated", "ates", "ions", "ings", "ing", "ion", "ers", "ors",
    "ies", "ate", "ive", "er", "or", "ed", "es", "e", "s", "y",
)  # fmt: skip
_STEM = 4


@lru_cache(maxsize=65_536)
def stem_word(key: str) -> str:
    """What a folded English word shares with its inflections: peacekeepers, peacekeeping -> peacekeep.

    Coarse on purpose: it only has to bring the forms of a telling word together, never to be shown.
    """
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= _STEM:
            return key[: -len(ending)]
    return key


@lru_cache(maxsize=65_536)
def fold_word(word: str) -> str:
    """The key of one word: lower case, bare letters, no apostrophes. Idempotent; may be empty for a bare mark."""
    plain = unicodedata.normalize("NFKD", word).casefold().translate(_LETTERS).translate(_DROPPED)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def split_tokens(text: str) -> list[Token]:
    """The words of `text` in order; offsets are characters of `text` as given, whatever its normal form."""
    found: list[Token] = []
    for word in _WORD.finditer(text):
        raw, start, end = word[0], word.start(), word.end()
        if _POSSESSIVE.search(raw):
            raw, end = raw[:-2], end - 2
        found.append(Token(fold_word(raw), start, end))
    return found


@lru_cache(maxsize=65_536)
def fold_phrase(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase: how terms and names are compared."""
    return tuple(token.key for token in split_tokens(phrase))


def is_same_phrase(text: str, left: Token, right: Token) -> bool:
    """Whether two neighbouring tokens belong to one phrase: only space, hyphen or bracket between them."""
    return _JOINT.fullmatch(text, left.end, right.start) is not None
