"""What a query was read as, in words; it must not evaluate one."""

from __future__ import annotations

from monitor.topics.rules.query import And, Not, Or, Pattern, Phrase, Query, Word


def describe_query(query: Query) -> str:
    """The query as it is looked for: words folded and cut as texts are, `…` where a word may go on."""
    match query:
        case Not(of):
            return f"not {_bracketed(of)}"
        case And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part) for part in parts)
        case Pattern():
            return f"whole words that fit /{query.regex}/{_place(query.field)}"
        case _:
            return _phrase(query) + _place(query.field)


def _bracketed(query: Query) -> str:
    return f"({describe_query(query)})" if isinstance(query, And | Or) else describe_query(query)


def _phrase(phrase: Phrase) -> str:
    words = [_word(word) for word in phrase.words]
    if phrase.within is not None:
        return f"{' and '.join(words)} in any order with at most {phrase.within} words between"
    found = " ".join(words)
    if len(words) > 1:
        found = f"“{found}”"
    return found if phrase.literal in (None, found) else f"{found} written “{phrase.literal}”"


def _word(word: Word) -> str:
    return f"{word.key}…" if word.prefix else word.key


def _place(field: str | None) -> str:
    return "" if field is None else f" in {field}"
