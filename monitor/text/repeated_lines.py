"""Parts what an outlet prints in article after article from what this article says; it must not know any words.

Theory of operation: a line that stood in earlier articles of its outlet, word for word, is either furniture (teasers,
prompts, captions, labels) or background: a paragraph that a newsroom puts under every report of one subject. Background
is prose, and it is tied to the report around it by the names it shares with it; "Sign up for our newsletter" is tied to
nothing. Furniture goes; background stays in the text and is marked, so that it can count less.

What it will miss: furniture that differs by a word each time, and a prompt that names a person of the report – which
stays, marked. A line is never taken for an article's own lead, nor an article for furniture: see `sift`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from monitor.text.content_hash import fold_text
from monitor.text.near_duplicates import hash_line
from monitor.text.publisher_notices import is_publisher_notice
from monitor.text.words.word_count import count_words

_PROSE = 12  # words: labels, captions and teaser headlines have fewer or end without a stop
_STOP = re.compile(r"[.!?…。][\"'”’»)\]]*$")
_NAME = re.compile(r"(?<![.!?…:;]\s)(?<![.!?…:;][\"“”'»]\s)(?<=[\s(«“\"])\w{3,}")
_LONG = re.compile(r"\w{5,}")
# Without names to go by (a script without capitals) these must stand in the rest. Of the sentences that real reports of
# one subject share, a fifth to a half of the long words do; of a prompt's, one or two.
_TIED_SHARE = 0.35
_TIED_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SiftedText:
    """What became of an article's paragraphs.

    `kept` in their order, `background` the indexes of those among them that the outlet repeats, `removed` the rest.
    """

    kept: tuple[str, ...]
    background: frozenset[int]
    removed: tuple[str, ...]


def hash_repeated_line(line: str) -> int:
    """The number under which the repetition of a line is counted: equal for equal words (`nearcopy.Line.key`)."""
    return hash_line(line)


def sift_paragraphs(paragraphs: Sequence[str], title: str, repeated: Collection[int]) -> SiftedText:
    """Take furniture out of `paragraphs` and mark background; `repeated` are the outlet's keys.

    The first paragraph of twelve words is the article's lead and stays whatever was seen before. Where more than half
    of the words would go, nothing goes: then the repetition is the article (a daily bulletin), or the count is wrong.
    What an outlet says of its own piece – corrected, withdrawn – stays: it has set phrases for that.
    """
    if not repeated:
        return SiftedText(kept=tuple(paragraphs), background=frozenset(), removed=())
    lead = next((number for number, text in enumerate(paragraphs) if count_words(text) >= _PROSE), 0)
    seen = [
        number
        for number, text in enumerate(paragraphs)
        if number != lead and hash_repeated_line(text) in repeated and not is_publisher_notice(fold_text(text))
    ]
    if not seen:
        return SiftedText(kept=tuple(paragraphs), background=frozenset(), removed=())
    own = [text for number, text in enumerate(paragraphs) if number not in set(seen)]
    rest = frozenset(re.findall(r"\w+", fold_text(" ".join((title, *own)))))
    gone = {number for number in seen if not _background(paragraphs[number], rest)}
    words = [count_words(text) for text in paragraphs]
    if sum(words[number] for number in gone) * 2 > sum(words):
        gone = set()
    kept = [number for number in range(len(paragraphs)) if number not in gone]
    return SiftedText(
        kept=tuple(paragraphs[number] for number in kept),
        background=frozenset(place for place, number in enumerate(kept) if number in set(seen)),
        removed=tuple(paragraphs[number] for number in sorted(gone)),
    )


def _background(paragraph: str, rest: frozenset[str]) -> bool:
    """Whether a repeated paragraph belongs to the report whose other words are `rest`."""
    if count_words(paragraph) < _PROSE or _STOP.search(paragraph) is None:
        return False
    if any(fold_text(word) in rest for word in _NAME.findall(paragraph) if word[0].isupper()):
        return True
    words = frozenset(_LONG.findall(fold_text(paragraph)))
    tied = len(words & rest)
    return tied >= _TIED_WORDS and tied >= _TIED_SHARE * len(words)


def locate_paragraphs(paragraphs: Sequence[str], marked: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Where the `marked` paragraphs stand in the article's text, as [start, end) character offsets.

    The text is what `Article.text` is: paragraphs parted by an empty line.
    """
    chosen = frozenset(marked)
    found: list[tuple[int, int]] = []
    start = 0
    for number, paragraph in enumerate(paragraphs):
        if number in chosen:
            found.append((start, start + len(paragraph)))
        start += len(paragraph) + 2
    return tuple(found)
