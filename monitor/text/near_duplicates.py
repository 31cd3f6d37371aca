"""Tells a text that was printed before with changes from a report of its own; it must not know who printed which.

Theory of operation: a text is the set of its runs of three folded words (shingles), each hashed; words are those that
topics and stories see (text/words/tokens.py), so that scripts without spaces give runs of overlapping n-grams. A
signature keeps the 256 smallest hashes (a bottom-k sketch: exact up to 258 words, a uniform sample beyond), and the 32
smallest of those are the bands under which a store finds it again. Cuts, reprints and extensions keep the smallest
hashes they share, because every text ranks the same hashes alike. Two signatures are compared by containment, the share
of the smaller text that stands in the larger: agencies' texts are mostly cut, which Jaccard takes for difference
(MATCHING.md: recall .16 against .82 on judged reprints).

What it will miss: paraphrase, translation, texts under ten words, and a cut below an eighth of a long text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from struct import unpack

from monitor.model.identity import Signature
from monitor.model.template import Line
from monitor.text.content_hash import fold_lines, fold_text
from monitor.text.times.dateline import parse_dateline
from monitor.text.words.fact_words.fact_words import find_fact_words
from monitor.text.words.languages.detect_language import detect_language
from monitor.text.words.tokens import cut_words
from monitor.text.words.word_count import count_words, has_unspaced_letters, split_units

SKETCH = 256  # hashes kept; 128 and 512 give the same F1 on 2,191 labelled documents, 256 halves the error of cuts
_WORDS = 5_000  # a text is weighed up to here: the longest real article measured has 4,100 words
_ENDS = 50  # lines counted at each end of a text; what a page prints around it stands there
_LEAD_WORDS = 12  # the first line this long is the article's own, whatever stood there on other days
_ENOUGH = 8  # hashes two texts must have to be compared at all: below, one set phrase is half of them
_OPENING = 20  # words: a short first sentence, so that what follows it does not outweigh it
_TELLING = 5  # hashes of an opening that must be in both samples' reach to speak of it

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPELLED = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}
_SPELLED |= {"ten": "10", "eleven": "11", "twelve": "12"}
_WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})

# Of their other words, reversed headlines share this much: "wants to reject …", "not going to reject …" share .63.
_SAME_HEADLINE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How a text relates to an earlier one, each share 0-1.

    `similarity` is the containment of the smaller text in the larger, `added` the part of the later text that
    the earlier one has not, `numbers` the part of the numbers of the one that names fewer that the other names too
    (1 where one names none), `opening` the part of the later text's first words that the earlier one has (1 where
    they are too few to tell).
    """

    similarity: float
    added: float
    numbers: float
    opening: float = 1.0


def hash_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text as `sign` weighs them, its dateline left out; a shingle belongs to the line it starts in."""
    found = list(_cut_lines(text))
    flat = [word for _, words in found for word in words]
    # As `_hash`, without a call for each of some hundred runs.
    packed = [word.encode() for word in flat]  # a folded word may have a space in it: U+FDFA is four words
    runs = map(b" ".join, zip(packed, packed[1:], packed[2:], strict=False))
    digests = b"".join([blake2b(run, digest_size=4).digest() for run in runs])
    hashes = unpack(f">{len(digests) // 4}I", digests)
    lead = next((number for number, (folded, words) in enumerate(found) if _length(folded, words) >= _LEAD_WORDS), 0)
    result: list[Line] = []
    start = 0
    for number, (folded, words) in enumerate(found):
        counted = number != lead and (number < _ENDS or number >= len(found) - _ENDS)
        result.append(
            Line(
                key=hash_folded_line(folded) if counted else None,
                shingles=hashes[start : start + len(words)],
                numbers=_numbers(folded, words),
            )
        )
        start += len(words)
    return tuple(result)


def _cut_lines(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Each line with words in it, folded and as its words; the last one ends where the words to weigh are used up.

    The whole text is cut at once, as topics and stories have it cut; no word reaches over the end of a line.
    """
    dateline = parse_dateline(text)
    first = 0 if dateline is None else text.index(dateline.raw)
    last = 0 if dateline is None else first + len(dateline.raw)
    cut = cut_words(text)
    keys, starts = cut.keys, cut.starts
    if dateline is not None or "" in keys:
        own = [word for word in cut if word.key and not first <= word.start < last]
        keys, starts = [key for key, _, _ in own], [start for _, start, _ in own]
    keys = keys[:_WORDS]
    begin = place = 0
    for line, folded in zip(text.split("\n"), fold_lines(text), strict=True):
        end, here = begin + len(line), place
        place = bisect_left(starts, end, place, len(keys))
        if place == _WORDS and place > here:
            cut_at = next(word.end for word in cut if word.start == starts[place - 1])
            folded = fold_text(text[last if begin <= first < end else begin : cut_at])
        if place > here:
            yield folded, keys[here:place]
        begin = end + 1


def _length(folded: str, words: Sequence[str]) -> int:
    """How many words a line has, its n-grams counted as `count_words` counts their letters."""
    return count_words(folded) if has_unspaced_letters(folded) else len(words)


def hash_line(line: str) -> int:
    """The `Line.key` of a line wherever it stands: 40 bits of a hash of its folded letters."""
    return hash_folded_line(fold_text(line))


def hash_folded_line(folded: str) -> int:
    """`key` of a line that is folded already; marks behind its last letter do not count."""
    end = len(folded)
    while end and not (folded[end - 1].isalnum() or folded[end - 1] == "_"):
        end -= 1
    return _hash(folded[:end], 5)


def sign_text(found: Iterable[Line], repeated: Collection[int] = ()) -> Signature:
    """The signature of a text without the lines whose keys are in `repeated`: its outlet prints them everywhere."""
    own = [line for line in found if line.key is None or line.key not in repeated]
    lead = next((number for number, line in enumerate(own) if line.key is None), len(own))
    opening = islice(chain.from_iterable(line.shingles for line in own[lead:]), _OPENING)
    shingles = set().union(*[line.shingles for line in own])
    return Signature(
        opening=frozenset(opening),
        sketch=tuple(map(int, sorted(map(float, shingles))[:SKETCH])),  # as floats: in half the time, and exact
        numbers=frozenset(number for line in own for number in line.numbers),
    )


def compare_signatures(later: Signature, earlier: Signature) -> Likeness:
    """The likeness of two texts; no similarity where one of them is too short to tell."""
    top = min(_reach(later), _reach(earlier))
    new = {value for value in later.sketch if value <= top}
    old = {value for value in earlier.sketch if value <= top}
    fewer_numbers = min(len(later.numbers), len(earlier.numbers))
    numbers = len(later.numbers & earlier.numbers) / fewer_numbers if fewer_numbers else 1.0
    if min(len(new), len(old)) < _ENOUGH:
        return Likeness(similarity=0.0, added=1.0, numbers=numbers)
    shared = len(new & old)
    opening = {value for value in later.opening if value <= top}
    return Likeness(
        similarity=shared / min(len(new), len(old)),
        added=1 - shared / len(new),
        numbers=numbers,
        opening=len(opening & old) / len(opening) if len(opening) >= _TELLING else 1.0,
    )


def is_reversed_headline(title: str, earlier: str, language: str | None = None) -> bool:
    """Whether two headlines say the opposite in mostly the same words: a correction, never a copy.

    `language` is that of the text under the one, where it is known: two headlines tell it less surely.
    """
    texts = [fold_text(title), fold_text(earlier)]
    if texts[0] == texts[1]:  # as copies mostly have it
        return False
    words = find_fact_words(language or detect_language(f"{title} {earlier}"))
    denied = [Counter(words.find_negations(text)) for text in texts]
    if denied[0].total() == denied[1].total():
        return False
    turning = frozenset(
        unit for word in (denied[0] - denied[1]) + (denied[1] - denied[0]) for unit in split_units(word)
    )
    one, two = (frozenset(split_units(text)) - turning for text in texts)
    return len(one & two) >= _SAME_HEADLINE * max(1, len(one | two))


def _reach(signature: Signature) -> int:
    """Up to where a sketch holds every hash of its text."""
    return signature.sketch[-1] if len(signature.sketch) == SKETCH else 1 << 32


def _hash(text: str, size: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big")


def _numbers(folded: str, words: Iterable[str]) -> tuple[str, ...]:
    """What sets two days' reports in the same words apart: figures, spelled or not, and days of the week."""
    found = {number.replace(",", "") for number in _NUMBER.findall(folded)}
    found |= {_SPELLED[word] for word in words if word in _SPELLED}
    found |= _WEEKDAYS.intersection(words)
    return tuple(sorted(found))
