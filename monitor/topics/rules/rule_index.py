"""Picks, of many rules, the few a document could satisfy, by words they cannot do without; it must not judge.

Theory: a rule can be satisfied in a few ways, each of which needs a word out of each of several small sets. A way is
filed under its rarest set, a document's words are looked up, and what turns up is kept where the document has a word
of every other set, too. A rule with a way that needs no word (a pattern alone) always turns up. Phrases are not put
together here, so more may turn up than match, never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, KeysView, Sequence
from typing import NamedTuple

from monitor.text.words.languages.word_rarity import read_zipf
from monitor.topics.rules.query import BODY, FIELDS, And, Or, Phrase, Query, QueryDocument
from monitor.topics.rules.rule import TopicRule

_BEGINNING = 1e5  # occurrences in a thousand million words, as of "school": what a beginning of a word may cost
_WAYS = 8  # beyond them ways are put together: an "a OR b OR …" of a hundred words is one set
_FIELD = 0.05  # share of a piece's words that stand in one field other than the text


class Atom(NamedTuple):
    """One folded word, or the beginning of one, in a field of query.FIELDS (None: title, lead or text)."""

    key: str
    prefix: bool = False
    field: str | None = None

    @property
    def word_frequency(self) -> float:
        """How often it is met in English, in a thousand million words (wordfreq); a beginning like many words."""
        share = 1.0 if self.field in (None, "text") else _FIELD
        return float(share * (10 ** read_zipf(self.key, "en") + (_BEGINNING if self.prefix else 0.0)))


Clauses = tuple[frozenset[Atom], ...]


def expand_query(query: Query) -> tuple[Clauses, ...]:
    """The ways in which a text can satisfy a query, each as sets of atoms of each of which it then holds one.

    A way without a set is open to every text. The rarest set of a way comes first.
    """
    match query:
        case Phrase(words=words, field=field):
            return (_sorted(frozenset({Atom(word.key, word.prefix, field)}) for word in words),)
        case And(parts):
            found: tuple[Clauses, ...] = ((),)
            for part in parts:
                more = expand_query(part)
                if len(found) * len(more) > _WAYS:
                    more = _together(more)
                found = tuple(_sorted((*one, *other)) for one in found for other in more)
            return found
        case Or(parts):
            every = tuple(way for part in parts for way in expand_query(part))
            return every if len(every) <= _WAYS else _together(every)
        case _:
            return ((),)


def _together(found: tuple[Clauses, ...]) -> tuple[Clauses, ...]:
    """Many ways as one: an atom out of the rarest set of any of them."""
    return ((frozenset().union(*(way[0] for way in found)),) if all(found) else (),)


def _sorted(found: Iterable[frozenset[Atom]]) -> Clauses:
    return tuple(
        sorted(
            dict.fromkeys(found),
            key=lambda clause: (sum(atom.word_frequency for atom in clause), sorted(map(str, clause))),
        )
    )


class _Filed(NamedTuple):
    """A way of a rule in the book: its number, and by field the sets of whole words of which it needs one each."""

    number: int
    needs: tuple[tuple[str | None, frozenset[str]], ...]


class RuleIndex:
    """Rules filed by the words they need; built once, asked for every document."""

    def __init__(self, rules: Sequence[TopicRule]) -> None:
        self._always: list[int] = []
        self._words: dict[str | None, dict[str, list[_Filed]]] = defaultdict(lambda: defaultdict(list))
        self._beginnings: dict[tuple[str | None, int], dict[str, list[_Filed]]] = defaultdict(lambda: defaultdict(list))
        asked: set[str | None] = set()
        for number, rule in enumerate(rules):
            found = expand_query(rule.tree)
            if not all(found):
                self._always.append(number)
                continue
            asked.update(atom.field for way in found for clause in way for atom in clause)
            for first, *others in found:
                filed = _Filed(number, tuple(need for clause in others if (need := _need(clause)) is not None))
                for atom in first:
                    if atom.prefix:
                        self._beginnings[atom.field, len(atom.key)][atom.key].append(filed)
                    else:
                        self._words[atom.field][atom.key].append(filed)
        self._asked = [field for field in FIELDS if field in asked or (None in asked and field in BODY)]

    def candidates(self, document: QueryDocument) -> set[int]:
        """The numbers of the rules that the document could satisfy."""
        keys: dict[str | None, KeysView[str] | set[str]] = {
            field: document.text(field).where.keys() for field in self._asked
        }
        keys[None] = set().union(*(keys[field] for field in BODY if field in keys))
        turned: list[_Filed] = []
        for field, table in self._words.items():
            for key in table.keys() & keys[field]:
                turned += table[key]
        for (field, length), table in self._beginnings.items():
            for beginning in {key[:length] for key in keys[field]} & table.keys():
                turned += table[beginning]
        found = set(self._always)
        found.update(
            number for number, needs in turned if all(not keys[field].isdisjoint(words) for field, words in needs)
        )
        return found


def _need(clause: frozenset[Atom]) -> tuple[str | None, frozenset[str]] | None:
    """A clause as one field and its words; None where it has several fields or beginnings, which cost more to ask."""
    fields = {atom.field for atom in clause}
    if len(fields) > 1 or any(atom.prefix for atom in clause):
        return None
    return fields.pop(), frozenset(atom.key for atom in clause)
