"""How alike two headlines are, by their words."""

from __future__ import annotations

import re

from monitor.text.content_hash import fold_text
from monitor.text.words.tokens import split_tokens

_WORDS = re.compile(r"\w+")


def split_title_words(text: str) -> tuple[str, ...]:
    """The folded words of a headline, for comparing: case, quotes and punctuation do not count."""
    return tuple(_WORDS.findall(fold_text(text)))


def compare_titles(one: str, other: str) -> float:
    """How much of the shorter headline's vocabulary the other has, 0 to 1; 0 where one has no words.

    Of scripts without spaces the vocabulary is n-grams: as one word, a headline would be the same or another one.
    """
    first, second = ({word.key for word in split_tokens(text)} - {""} for text in (one, other))
    return len(first & second) / max(1, min(len(first), len(second)))
