"""Picks, of many rules, the few a document could satisfy, by words they cannot do without; it must not judge.

Theory: almost every rule needs one of a few words. Rules are filed under those words, a document's words are looked up,
and only what turns up is worth evaluating. A rule that names no such word (a pattern alone) always turns up. The words
are looked for in all fields at once, so more may turn up than match, never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from wordfreq import zipf_frequency

from monitor.core.query import FIELDS, And, Document, Or, Phrase, Query, Word
from monitor.core.rules import TopicRule

_BEGINNING = 1e5  # occurrences in a thousand million words, as of "school": what a beginning of a word may cost


def required(query: Query) -> frozenset[Word] | None:
    """Words of which every text that satisfies the query holds one; None where there are no such words."""
    match query:
        case Phrase(words=words):
            return frozenset({min(words, key=_met)})
        case And(parts):
            found = [needed for part in parts if (needed := required(part)) is not None]
            return min(found, key=lambda needed: sum(map(_met, needed)), default=None)
        case Or(parts):
            every = [required(part) for part in parts]
            return frozenset(word for needed in every for word in needed or ()) if None not in every else None
        case _:
            return None


def _met(word: Word) -> float:
    """How often a word is met in English, in a thousand million (wordfreq); a beginning is met like many words."""
    return 10 ** zipf_frequency(word.key, "en") + (_BEGINNING if word.prefix else 0.0)


class Rulebook:
    """Rules filed by the words they need; built once, asked for every document."""

    def __init__(self, rules: Sequence[TopicRule]) -> None:
        self._always: list[int] = []
        self._words: dict[str, list[int]] = defaultdict(list)
        self._beginnings: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, rule in enumerate(rules):
            needed = required(rule.tree)
            if needed is None:
                self._always.append(number)
                continue
            for word in needed:
                table = self._beginnings[len(word.key)] if word.prefix else self._words
                table[word.key].append(number)

    def candidates(self, document: Document) -> set[int]:
        """The numbers of the rules that the document could satisfy."""
        found = set(self._always)
        for key in {key for field in FIELDS for key in document.text(field).where}:
            if (here := self._words.get(key)) is not None:
                found.update(here)
            for length, table in self._beginnings.items():
                if (here := table.get(key[:length])) is not None:
                    found.update(here)
        return found
