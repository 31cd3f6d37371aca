"""Whether some text could satisfy a query at all; it must not evaluate one on a text.

Every word, phrase and pattern is one that a text holds or not, whatever the others; but what is found in one field is
found among all, a word is found by its beginning, and a phrase with each of its words. Choices are tried with what
already decides the query cut off; a query of more different parts than `MOST` is taken for one that can match.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from monitor.topics.rules.query import BODY, And, Not, Or, Pattern, Phrase, Query, Word

MOST = 16
_Part: TypeAlias = "tuple[str | None, str] | tuple[str | None, tuple[Word, ...], int | None, str | None]"


def is_satisfiable(query: Query) -> bool:
    """Whether a text could match; True where that would take too long to tell."""
    parts: dict[_Part, Phrase | Pattern] = {}
    _collect(query, parts)
    if len(parts) > MOST:
        return True
    order = list(parts)
    implied = {one: [other for other in order if other != one and _implies(parts[one], parts[other])] for one in order}
    return _search(query, order, implied, {})


def _collect(query: Query, parts: dict[_Part, Phrase | Pattern]) -> None:
    match query:
        case Not(of):
            _collect(of, parts)
        case And(inner) | Or(inner):
            for part in inner:
                _collect(part, parts)
        case _:
            parts[_key(query)] = query


def _key(part: Phrase | Pattern) -> _Part:
    if isinstance(part, Pattern):
        return part.field, part.regex
    return part.field, part.words, part.within, part.literal


def _implies(one: Phrase | Pattern, other: Phrase | Pattern) -> bool:
    """Whether a text that holds one holds the other, as far as that is plain."""
    if other.field != one.field and not (other.field is None and one.field in BODY):
        return False
    if isinstance(one, Pattern) or isinstance(other, Pattern):
        return isinstance(one, Pattern) and isinstance(other, Pattern) and one.regex == other.regex
    if other.literal is not None and other.literal != one.literal:
        return False
    if len(other.words) == 1:
        return any(_covers(other.words[0], word) for word in one.words)
    return other.words == one.words and (other.within is not None or one.within is None)


def _covers(wide: Word, narrow: Word) -> bool:
    """Whether every word that fits the one fits the other."""
    return narrow == wide or (wide.prefix and narrow.key.startswith(wide.key))


def _search(query: Query, left: list[_Part], implied: Mapping[_Part, list[_Part]], chosen: dict[_Part, bool]) -> bool:
    known = _decide(query, chosen)
    if known is not None:
        return known  # what is chosen never contradicts itself
    first, *rest = left
    for held in (True, False):
        if held and any(chosen.get(other) is False for other in implied[first]):
            continue
        if not held and any(chosen.get(one) and first in implied[one] for one in chosen):
            continue
        if _search(query, rest, implied, {**chosen, first: held}):
            return True
    return False


def _decide(query: Query, chosen: Mapping[_Part, bool]) -> bool | None:
    """What comes of a query with what is chosen so far; None where that is open."""
    match query:
        case Not(of):
            found = _decide(of, chosen)
            return None if found is None else not found
        case And(parts):
            each = [_decide(part, chosen) for part in parts]
            return False if False in each else None if None in each else True
        case Or(parts):
            each = [_decide(part, chosen) for part in parts]
            return True if True in each else None if None in each else False
        case _:
            return chosen.get(_key(query))
