"""Words of a text in any script: how many there are, and the units by which two texts are compared."""

from __future__ import annotations

import re
from functools import lru_cache

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, bopomofo, Han with its extensions.
_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
_LETTER = re.compile(f"[{_UNSPACED}]")
_UNIT = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_PLAIN_UNIT = re.compile(r"\w+")  # the same where no such script is used, in a quarter of the time
_LONG = 1_000  # characters of a text whose count is remembered
_LETTERS_A_WORD = 2  # a Chinese, Japanese or Thai word has about two letters (EXTRACTION.md, "Other scripts")


def count_words(text: str) -> int:
    """How many words `text` has: runs between white space, and of scripts without spaces a word per two letters."""
    if text.isascii():
        return len(text.split())
    return _count_words(text) if len(text) < _LONG else _count_words_of_text(text)


@lru_cache(maxsize=2)  # of a page's text, which a handful of rules ask for
def _count_words_of_text(text: str) -> int:
    return _count_words(text)


def _count_words(text: str) -> int:
    letters = len(_LETTER.findall(text))
    if not letters:
        return len(text.split())
    rest = _LETTER.sub(" ", text).split()
    return letters // _LETTERS_A_WORD + sum(1 for word in rest if any(map(str.isalnum, word)))


def split_units(text: str) -> list[str]:
    """The words of a text without their marks; each letter by itself in scripts that part words by nothing."""
    return (_UNIT if has_unspaced_letters(text) else _PLAIN_UNIT).findall(text)


def has_unspaced_letters(text: str) -> bool:
    """Whether some of `text` is in a script that parts words by nothing."""
    return not text.isascii() and _LETTER.search(text) is not None


def split_compared_words(folded: str) -> list[str]:
    """A folded sentence as two are compared: its words, or its letters in scripts that part words by nothing."""
    return split_units(folded) if has_unspaced_letters(folded) else folded.split()
