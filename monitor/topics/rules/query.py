"""A rule's query as a frozen tree, and whether a document satisfies it and where; it must not parse or decide.

Words are those of `tokens`: folded case and diacritics, Unicode word boundaries, so a rule and a profile see the same
text. A tree is evaluated against one `Document`, whose words are cut once however many trees ask. What it will miss:
inflections nobody wrote (`talk*` finds them) and other scripts' spellings.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias

import re2

from monitor.text.words.tokens import Token, split_tokens

BODY = ("title", "lead", "text")  # where a word without a field is looked for, best place first
FIELDS = (*BODY, "place", "source", "lang")

# A blank line parts paragraphs; phrases and proximity do not reach over it. Positions jump by more than any
# proximity may span (see lucene).
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_JUMP = 10_000
_AROUND = 3  # signs before and behind a word that may belong to it: C++, $100, 50 %

# Memory for one compiled pattern and its automaton, in bytes: an eighth of RE2's default. A pattern that does not
# fit is refused when it is parsed; matching is linear in the text whatever the pattern.
_REGEX_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word; `prefix` finds every word that begins with it."""

    key: str
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words one after another in one paragraph of `field` (None: title, lead or text); one word is a phrase too.

    With `within` they may stand in any order with at most that many other words among them. `shown` is how the
    query wrote it. `literal`: what must stand there letter for letter (case apart), because signs belong to it (AT&T).
    """

    words: tuple[Word, ...]
    shown: str
    field: str | None = None
    within: int | None = None
    literal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """An RE2 expression that must cover whole words of a field's folded words, parted by single spaces."""

    regex: str
    shown: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    of: Query


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]


Query: TypeAlias = Phrase | Pattern | Not | And | Or


class QueryHit(NamedTuple):
    """Where a word, phrase or pattern of a query stands: characters of the named field as given."""

    shown: str
    field: str
    start: int
    end: int


class _Text:
    """One field's words with what look-ups need, built when first asked for."""

    def __init__(self, text: str, words: Sequence[Token] | None = None) -> None:
        """`words` are the tokens of `text` where they are known already."""
        self.text = text
        self.words: Sequence[Token] = split_tokens(text) if words is None else words

    @cached_property
    def at(self) -> Sequence[int]:
        """A position per word, with a jump at every paragraph."""
        starts = [word[1] for word in self.words]
        found: list[int] = []
        jump = 0
        for paragraph in _PARAGRAPH.finditer(self.text):
            here = bisect_right(starts, paragraph.start())
            found += range(len(found) + jump, here + jump)
            jump += _JUMP
        return [*found, *range(len(found) + jump, len(starts) + jump)]

    @cached_property
    def where(self) -> dict[str, list[int]]:
        """The places of every word, ascending."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, word in enumerate(self.words):
            found[word[0]].append(index)
        return dict(found)

    @cached_property
    def keys(self) -> list[str]:
        return sorted(self.where)

    @cached_property
    def folded(self) -> tuple[str, list[int], list[int]]:
        """All words as one string with a space (a line feed between paragraphs) around each, and their offsets."""
        out, starts, ends, length = [" "], [], [], 1
        for index, word in enumerate(self.words):
            if index:
                out.append(" " if self.at[index] == self.at[index - 1] + 1 else "\n")
                length += 1
            starts.append(length)
            length += len(word.key)
            ends.append(length)
            out.append(word.key)
        return "".join([*out, " "]), starts, ends

    def indices(self, word: Word) -> Sequence[int]:
        """Where a word stands, ascending."""
        if not word.prefix:
            return self.where.get(word.key, ())
        found: list[int] = []
        for key in self.keys[bisect_left(self.keys, word.key) :]:
            if not key.startswith(word.key):
                break
            found += self.where[key]
        return sorted(found)

    def is_at(self, index: int, word: Word) -> bool:
        key = self.words[index].key
        return key.startswith(word.key) if word.prefix else key == word.key

    def has(self, literal: str, first: int, last: int) -> bool:
        """Whether the words `first` to `last` and the signs around them hold `literal`, case apart."""
        around = self.text[max(0, self.words[first].start - _AROUND) : self.words[last].end + _AROUND]
        return literal in " ".join(around.casefold().split())


class QueryDocument:
    """A text with its fields, each plain text; absent ones are empty. Not changed by being asked."""

    def __init__(self, fields: Mapping[str, str], words: Mapping[str, Sequence[Token]] | None = None) -> None:
        """`fields` maps names of FIELDS to text, `words` some of them to their tokens where those are known already."""
        self._fields = dict(fields)
        self._texts = {field: _Text(self._fields[field], tokens) for field, tokens in (words or {}).items()}

    def text(self, field: str) -> _Text:
        found = self._texts.get(field)
        if found is None:
            found = self._texts[field] = _Text(self._fields.get(field, ""))
        return found

    def cut(self, spot: QueryHit) -> str:
        """What stands at a spot."""
        return self._fields[spot.field][spot.start : spot.end]


def find_query_hits(query: Query, document: QueryDocument) -> tuple[QueryHit, ...] | None:
    """The best place of everything in the query that the document holds; None where it does not satisfy the query.

    A query can be satisfied with no spot, by what is absent.
    """
    match query:
        case Not(of):
            return () if find_query_hits(of, document) is None else None
        case And(parts):
            spots: list[QueryHit] = []
            for part in parts:
                here = find_query_hits(part, document)
                if here is None:
                    return None
                spots += here
            return tuple(dict.fromkeys(spots))
        case Or(parts):
            found = [here for part in parts if (here := find_query_hits(part, document)) is not None]
            return tuple(dict.fromkeys(spot for here in found for spot in here)) if found else None
        case _:
            first_word = query.words[0] if isinstance(query, Phrase) else None
            needed = None if first_word is None or first_word.prefix else first_word.key
            for field in BODY if query.field is None else (query.field,):
                text = document.text(field)
                if needed is not None and needed not in text.where:
                    continue
                span = _regex(query, text) if isinstance(query, Pattern) else _phrase(query, text)
                if span is not None:
                    first, last = text.words[span[0]], text.words[span[1]]
                    return (QueryHit(query.shown, field, first.start, last.end),)
            return None


def format_query(query: Query) -> str:
    """The query as text again, with brackets where they are needed; parsing it gives an equal query."""
    match query:
        case Not(of):
            return f"NOT {_bracketed(of)}"
        case And(parts):
            return " AND ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " OR ".join(_bracketed(part) for part in parts)
        case _:
            return query.shown


def _bracketed(query: Query) -> str:
    return f"({format_query(query)})" if isinstance(query, And | Or) else format_query(query)


def _phrase(phrase: Phrase, text: _Text) -> tuple[int, int] | None:
    """First and last word of the first place of a phrase."""
    if phrase.within is not None:
        return _near(phrase.words, phrase.within, text)
    places = text.indices(phrase.words[0])
    if len(phrase.words) == 1 and phrase.literal is None:
        return (places[0], places[0]) if places else None
    more = phrase.words[1:]
    for first in places:
        last = first + len(more)
        if (
            last < len(text.words)
            and text.at[last] - text.at[first] == len(more)  # the same paragraph
            and all(text.is_at(first + i, word) for i, word in enumerate(more, 1))
            and (phrase.literal is None or text.has(phrase.literal, first, last))
        ):
            return first, last
    return None


def _near(words: Sequence[Word], within: int, text: _Text) -> tuple[int, int] | None:
    """The first window of len(words) + within words that holds a word of its own for each of `words`."""
    candidates = [text.indices(word) for word in words]
    for start in sorted({index for found in candidates for index in found}):
        most = text.at[start] + len(words) - 1 + within
        reach = start + len(words) - 1 + within
        taken = _assigned(
            [
                [i for i in found[bisect_left(found, start) : bisect_right(found, reach)] if text.at[i] <= most]
                for found in candidates
            ]
        )
        if taken is not None:
            return min(taken), max(taken)
    return None


def _assigned(choices: Sequence[Sequence[int]]) -> list[int] | None:
    """One index for each row of choices, none twice (Kuhn's augmenting paths); None where that cannot be."""
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for index in choices[row]:
            if index not in seen:
                seen.add(index)
                if index not in owner or place(owner[index], seen):
                    owner[index] = row
                    return True
        return False

    return list(owner) if all(place(row, set()) for row in range(len(choices))) else None


@lru_cache(maxsize=4_096)
def compile_pattern(regex: str) -> Any:
    """An RE2 expression bound to whole words; raises re2.error where RE2 refuses it."""
    options = re2.Options()
    options.max_mem = _REGEX_MEMORY
    options.log_errors = False
    options.case_sensitive = False
    re2.compile(regex, options)  # by itself first: "a)|(b" must not close our brackets
    return re2.compile(rf"[ \n]({regex})[ \n]", options)


def _regex(pattern: Pattern, text: _Text) -> tuple[int, int] | None:
    if not text.words:
        return None
    folded, starts, ends = text.folded
    found = compile_pattern(pattern.regex).search(folded)
    if found is None:
        return None
    return bisect_right(ends, found.start(1)), bisect_left(starts, found.end(1)) - 1
