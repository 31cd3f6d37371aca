"""Whether two wordings of a sentence differ in what nobody here can weigh; it must not look for facts.

Of a language without tables any other word may be a negation. In a script without capitals a word that gave way to
another one may be a name; one that is only spelled otherwise, or a verb of speech, is none.
"""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from monitor.text.sentences import has_capitals, split_words
from monitor.text.words.fact_words.fact_words import FactWords
from monitor.text.words.word_count import has_unspaced_letters, split_units

_WORD = 2  # letters a name has at least; of Chinese and Japanese ones, letters that differ
_COMPARED = 600  # letters of a sentence without spaces
_SPELLED = 60.0  # as for headlines (edits.py): "recieve" and "receive" share 86


def is_unweighed(one: str, other: str, words: FactWords) -> bool:
    """Whether two folded wordings, which state the same facts as far as they can be told, may yet say other things."""
    if not words.tabled:
        return split_words(one) != split_words(other)
    if has_capitals(f"{one} {other}"):
        return False
    if has_unspaced_letters(one):
        return _replaced_letters(one, other)
    before, after = split_words(one) - words.speech, split_words(other) - words.speech
    gone, come = ([word for word in left if len(word) >= _WORD] for left in (before - after, after - before))
    return bool(come) and any(all(fuzz.ratio(word, other) < _SPELLED for other in come) for word in gone)


def _replaced_letters(one: str, other: str) -> bool:
    """Whether letters gave way to others, two at least: a particle has one."""
    left, right = split_units(one[:_COMPARED]), split_units(other[:_COMPARED])
    return any(
        step.tag == "replace" and step.src_end - step.src_start >= _WORD for step in Levenshtein.opcodes(left, right)
    )
