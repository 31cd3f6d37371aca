"""Lucene query syntax, read with luqum into a `Query`; it must not evaluate one or read files.

A bare space means AND. What a rule cannot mean – weights, fuzzy words, ranges, wildcards inside a word – is refused
with a cure, never silently dropped: a rule that quietly does something else is worse than none.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

import re2
from luqum import tree
from luqum.thread import parse as luqum_parse

from monitor.text.words.tokens import fold_word, is_short_ngram, split_query
from monitor.topics.rules.query import FIELDS, And, Not, Or, Pattern, Phrase, Query, Word, compile_pattern

# Limits of one query. A person's longest hand-written topic rules are a few hundred characters; beyond these
# numbers several rules read better, and no query costs more than the words it stands in.
LENGTH = 2_000  # characters
DEPTH = 20  # brackets, NOTs and fields inside one another; also bounds the recursion
WILDCARDS = 20
PREFIX = 2  # letters a wildcard needs before it
REGEXES = 5
REGEX_LENGTH = 300  # characters
NEAR = 100  # words among those of a proximity
NEAR_WORDS = 8

_REFUSED: dict[type[tree.Item], str] = {
    tree.Fuzzy: "a word cannot be fuzzy: write its spellings with OR, or use a prefix as in Karaba*",
    tree.Boost: "a rule matches or does not, it has no weights: drop the ^",
    tree.Range: "fields have no ranges: drop the [ ] or { }",
    tree.From: "fields have no ranges: drop the > or >=",
    tree.To: "fields have no ranges: drop the < or <=",
    tree.Plus: "every word is wanted already: drop the +",
}
# Quotation marks as people paste them; those of one kind open and close alike in some language or other.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
# Signs that are part of a name: a phrase that has one is looked for with it.
_SIGNS = re.compile(r"[&+$€£¥%°]")
_OPERATORS = frozenset({"and", "or", "not"})
_MARKS = re.compile(r"[!&|<>=?\\{}\[\]^~%$§]")  # in a bare word they look like syntax and would not be


def parse_query(text: str) -> Query:
    """A query from its text; raises ValueError with what is wrong and the cure."""
    if len(text) > LENGTH:
        raise ValueError(f"is {len(text)} characters long, at most {LENGTH}: split it into several rules")
    text = text.translate(_QUOTES)
    if not text.strip():
        raise ValueError('is empty: write a query, as in title:"peace talks" AND (Baku OR Yerevan)')
    try:
        found = luqum_parse(text)
    except (ValueError, ArithmeticError) as error:  # luqum reads the number of "0~." as a decimal
        raise ValueError(f"is not a query: {_told(str(error))}: check brackets and quotes") from None
    reader = _Reader()
    return reader.query(found, None, 0)


def _told(message: str) -> str:
    """luqum's message, shorter."""
    said = re.sub(r"^Syntax error in input : ", "", message).rstrip("!").partition(" (maybe")[0]
    return " ".join(said.split())[:120]


class _Reader:
    """Turns luqum's tree into ours, counting what is limited."""

    def __init__(self) -> None:
        self.wildcards = 0
        self.regexes = 0

    def query(self, item: tree.Item, field: str | None, depth: int) -> Query:
        if depth > DEPTH:
            raise ValueError(f"brackets and NOTs are nested more than {DEPTH} deep: split it into several rules")
        if (refusal := _REFUSED.get(type(item))) is not None:
            raise ValueError(f"{_shown(item)}: {refusal}")
        inner = depth + 1
        match item:
            case tree.Group() | tree.FieldGroup():
                return self.query(item.children[0], field, inner)
            case tree.Not() | tree.Prohibit():
                return Not(self.query(item.children[0], field, inner))
            case tree.OrOperation():
                return Or(tuple(self.query(child, field, inner) for child in item.children))
            case tree.AndOperation() | tree.UnknownOperation():
                if isinstance(item, tree.UnknownOperation):
                    _clear(item)
                return And(tuple(self.query(child, field, inner) for child in item.children))
            case tree.SearchField():
                return self.query(item.children[0], _field(item, field), inner)
            case tree.Regex():
                return self.pattern(item, field)
            case tree.Proximity():
                return self.near(item, field)
            case _:
                return self.phrase(item, field)

    def phrase(self, item: tree.Item, field: str | None) -> Phrase:
        shown, quoted = _shown(item), isinstance(item, tree.Phrase)
        raw = shown[1:-1] if quoted else shown
        if not quoted and raw in _OPERATORS:
            raise ValueError(f'{raw}: write {raw.upper()} in capitals, or "{raw}" in quotes for the word')
        if not quoted and (mark := _MARKS.search(raw)) is not None:
            raise ValueError(f'{shown}: {mark[0]} is no part of a word: put it in quotes, as in "{raw}"')
        found = split_query(raw)
        stars = {token.end for token in found if raw[token.end : token.end + 1] == "*"}
        if raw.count("*") > len(stars) or any(raw[e + 1 : e + 2].isalnum() for e in stars):
            raise ValueError(f"{shown}: * stands at the end of a word only, as in Karaba*")
        if not found or not all(token.key for token in found):
            raise ValueError(f"{shown}: holds no word: write letters or digits")
        if short := [t.key for t in found if t.end in stars and len(t.key) < PREFIX]:
            raise ValueError(f"{shown}: {short[0]}* finds too much: write at least {PREFIX} letters before the *")
        self.wildcards += len(stars)
        if self.wildcards > WILDCARDS:
            raise ValueError(f"has more than {WILDCARDS} wildcards: split it into several rules")
        words = tuple(Word(token.key, token.end in stars) for token in found)
        if len(words) == 1 and is_short_ngram(raw):
            words = (Word(words[0].key, prefix=True),)
        return Phrase(words=words, shown=_labelled(shown, field), field=field, literal=_literal(raw))

    def near(self, item: tree.Proximity, field: str | None) -> Phrase:
        phrase = self.phrase(item.children[0], field)
        shown = _shown(item)
        if not 0 <= item.degree <= NEAR:
            raise ValueError(f"{shown}: at most {NEAR} words may stand among them: write a number from 0 to {NEAR}")
        if not 2 <= len(phrase.words) <= NEAR_WORDS:
            raise ValueError(f'{shown}: needs 2 to {NEAR_WORDS} words, as in "Baku Yerevan"~5')
        return Phrase(words=phrase.words, shown=_labelled(shown, field), field=field, within=item.degree)

    def pattern(self, item: tree.Regex, field: str | None) -> Pattern:
        shown = _shown(item)
        # Letters RE2 would compare as written are folded like the text; ASCII stays, since \W is not \w.
        regex = "".join(c if c.isascii() else fold_word(c) for c in shown[1:-1]).replace("\\/", "/")
        self.regexes += 1
        if self.regexes > REGEXES:
            raise ValueError(f"has more than {REGEXES} regular expressions: split it into several rules")
        if len(regex) > REGEX_LENGTH:
            raise ValueError(f"{shown[:40]}…: a regular expression has at most {REGEX_LENGTH} characters: shorten it")
        try:
            compile_pattern(regex)
        except re2.error as error:
            raise ValueError(f"{shown}: RE2 refuses it: {_reason(error)}: see the syntax of RE2") from None
        return Pattern(regex=regex, shown=_labelled(shown, field), field=field)


def _literal(raw: str) -> str | None:
    """What a text must hold letter for letter, because the query has signs in it that are no letters."""
    plain = " ".join(raw.replace("*", "").casefold().split())
    return plain if _SIGNS.search(plain) else None


def _reason(error: re2.error) -> str:
    reason = error.args[0]
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _clear(item: tree.UnknownOperation) -> None:
    """Refuse `a b OR c`: Lucene's parsers do not agree on what it means."""
    for child in item.children:
        if isinstance(child, tree.OrOperation):
            raise ValueError(f"{_shown(child)}: unclear beside words without AND: put brackets around the OR")


def _shown(item: tree.Item) -> str:
    return " ".join(str(item).split())


def _labelled(shown: str, field: str | None) -> str:
    return shown if field is None else f"{field}:{shown}"


def _field(item: tree.SearchField, outer: str | None) -> str:
    name: str = item.name
    if outer is not None:
        raise ValueError(f"{name}: stands inside {outer}: – a word has one field: take one away")
    if name not in FIELDS:
        near = get_close_matches(name.lower(), FIELDS, 1)
        cure = (
            f"did you mean {near[0]}:?" if near else f"known are {', '.join(FIELDS)}; a colon in a text goes in quotes"
        )
        raise ValueError(f"{name}: no field is called so, {cure}")
    return name
