"""How alike two headlines are, by their words."""

from __future__ import annotations

import re

from monitor.text.content_hash import fold_text

_WORDS = re.compile(r"\w+")


def split_title_words(text: str) -> tuple[str, ...]:
    """The folded words of a headline, for comparing: case, quotes and punctuation do not count."""
    return tuple(_WORDS.findall(fold_text(text)))


def compare_titles(one: str, other: str) -> float:
    """How much of the shorter headline's vocabulary the other has, 0 to 1; 0 where one has no words."""
    first, second = set(split_title_words(one)), set(split_title_words(other))
    return len(first & second) / max(1, min(len(first), len(second)))
