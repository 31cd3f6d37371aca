"""Cuts text into folded words that remember where they stood; it must not know which words matter.

Folding makes spellings of one word equal (see `monitor.text.words.folding`); boundaries are those of Unicode, with
n-grams for scripts without spaces (see `monitor.text.words.writing_systems`). A hyphen parts words, so that
"Nagorno-Karabakh" and "Nagorno Karabakh" are the same two. An elided article before a word (L’Iran, d'Arménie,
dell'Armenia), the possessive 's and Turkish and Azerbaijani case endings after an apostrophe (Ankara'nın) are no part
of it. It will miss other scripts' spellings: those are other names, not other forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, repeat
from typing import NamedTuple, overload

from monitor.text.words.folding import fold_letters
from monitor.text.words.writing_systems import PLAIN_WORD, WORD, split_ngrams

_APOSTROPHE = re.compile("['\u2018\u2019\u02bc\u02bb\uff07]")
# French, Italian, Catalan and Occitan articles and prepositions that lose their vowel before a noun. Not those that
# stand before verbs only (n', j', s'): "N'Djamena" is a name.
_ELIDED = re.compile(
    "(?:[ld]|qu|jusqu|lorsqu|puisqu|dell|all|nell|dall|sull|coll|quell|bell|sant|un)['\u2018\u2019\u02bc\uff07](?=\\w)",
    re.I,
)
_POSSESSIVE = re.compile("['\u2018\u2019\u02bc\uff07][sS]$")
# Case endings as they follow a name: without a buffer consonant after a consonant only, so that Sana'a stays whole.
_CASE = re.compile(
    "(?:(?:[nN][ıiuüIİUÜ][nN]|[yY][aəeıiuü]|[yY]l[aəe]|[dt][aəe](?:n|ki)?|l[aəe]r(?:[ıi]n?)?|l[ıiuü]|"
    "n[ıiuü]|n[aəe])|(?<=[bcdfghjklmnpqrstvxyzçğşBCDFGHJKLMNPQRSTVXYZÇĞŞ]['\u2019\u02bc])"
    "(?:[ıiuü]n?|[aəe]|[ıiuü]nda?n?))$"
)

# What may stand between the words of one phrase; any other mark ends it.
_JOINT = re.compile(
    r"[\s\u00a0()\-\u2010\u2011#\u200b-\u200f]*"
    "(?:(?:[ld]|qu|dell|all|nell|dall|sull)['\u2018\u2019\u02bc])?",
    re.I,
)


class Token(NamedTuple):
    """One word: its folded `key`, and the offsets of what was folded (without a possessive 's)."""

    key: str
    start: int
    end: int


# English endings by their last letter, longest first; a stem keeps four letters at least ("region" stays, "mediation"
# is "medi"). Every word of a text comes by, and most end in a letter that few endings or none do.
_ENDINGS = {
    "s": ("ations", "ators", "ates", "ions", "ings", "ers", "ors", "ies", "es", "s"),
    "r": ("ator", "er", "or"),
    "g": ("ating", "ing"),
    "n": ("ation", "ion"),
    "e": ("ative", "ate", "ive", "e"),
    "d": ("ated", "ed"),
    "y": ("y",),
}
_STEM = 4


@lru_cache(maxsize=65_536)
def stem_word(key: str) -> str:
    """What a folded English word shares with its inflections: peacekeepers, peacekeeping -> peacekeep.

    Coarse on purpose: it only has to bring the forms of a telling word together, never to be shown.
    """
    for ending in _ENDINGS.get(key[-1:], ()):
        if key.endswith(ending) and len(key) - len(ending) >= _STEM:
            return key[: -len(ending)]
    return key


class _Folded(dict[str, str]):
    """Keys of words; a text's words are mostly those of others, and a dictionary is the quickest to ask."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        key = self[word] = fold_letters(word)
        return key


_REMEMBERED = 65_536
_FOLDED = _Folded()


def fold_word(word: str) -> str:
    """The key of one word: lower case, bare letters, no apostrophes. Idempotent; may be empty for a bare mark."""
    return _FOLDED[word]


class CutWords(Sequence[Token]):
    """The words of a text in order, kept in columns: of most texts few tokens are ever looked at.

    `written` are those as they stand in the text; `keys`, `starts` and `ends` are the fields of the tokens.
    """

    __slots__ = ("ends", "keys", "starts", "written")

    def __init__(self, written: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> None:
        self.written = written
        self.keys = list(map(_FOLDED.__getitem__, written))
        self.starts = starts
        self.ends = ends

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Token]:
        # A token costs half as much as by its own name.
        return map(tuple.__new__, repeat(Token), zip(self.keys, self.starts, self.ends, strict=True))

    @overload
    def __getitem__(self, place: int) -> Token: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Token]: ...

    def __getitem__(self, place: int | slice) -> Token | Sequence[Token]:
        if isinstance(place, slice):
            return CutWords(self.written[place], self.starts[place], self.ends[place])
        return Token(self.keys[place], self.starts[place], self.ends[place])


def split_tokens(text: str) -> list[Token]:
    """The words of `text` in order; offsets are characters of `text` as given, whatever its normal form.

    A run of a script without spaces gives one token for every letter: the n-gram that begins there.
    """
    return list(CutWords(*_split_columns(text)))


def split_keys(text: str) -> list[str]:
    """The keys of what `split_tokens` gives; that of a bare mark is empty."""
    return list(map(_FOLDED.__getitem__, _split_columns(text)[0]))


def _split_columns(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of a text as they are written, and where they begin and end."""
    # Split at its words and measured, a text costs half of what its words cost when they are found one by one.
    plain = text.isascii()
    parts = (PLAIN_WORD if plain else WORD).split(text)
    runs = () if plain else tuple(parts[2::3])
    if not plain:
        del parts[2::3]
    ends = list(accumulate(map(len, parts)))
    words, starts, ends = parts[1::2], ends[:-1:2], ends[1::2]
    unmarked, number = list(map(str.isalnum, words)), -1
    for _ in range(unmarked.count(False)):
        number = unmarked.index(False, number + 1)
        words[number], starts[number], ends[number] = _bare(words[number], starts[number])
    return _split_runs(text, starts, ends, runs) if any(runs) else (words, starts, ends)


def _split_runs(
    text: str, starts: Iterable[int], ends: Iterable[int], runs: Iterable[str | None]
) -> tuple[list[str], list[int], list[int]]:
    """Words, of which some are runs of a script without spaces."""
    spans: list[tuple[int, int]] = []
    for start, end, run in zip(starts, ends, runs, strict=True):
        spans += [(start, end)] if run is None else split_ngrams(run, start)[0]
    return [text[start:end] for start, end in spans], [start for start, _ in spans], [end for _, end in spans]


@lru_cache(maxsize=4)  # headline, lead and text of one piece, which topics and stories both read
def cut_words(text: str) -> CutWords:
    """As `split_tokens`, of a text that is asked for again at once."""
    return CutWords(*_split_columns(text))


def _bare(raw: str, start: int) -> tuple[str, int, int]:
    """A word with marks in it without elided article, possessive or case ending, and its offsets."""
    if (elided := _ELIDED.match(raw)) is not None:
        raw, start = raw[elided.end() :], start + elided.end()
    if _POSSESSIVE.search(raw):
        raw = raw[:-2]
    elif (
        raw[:1].isupper()
        and (cut := _APOSTROPHE.search(raw)) is not None
        and cut.start() > 1
        and _CASE.fullmatch(raw, cut.end())
    ):
        raw = raw[: cut.start()]
    return raw, start, start + len(raw)


@lru_cache(maxsize=65_536)
def fold_phrase(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase: how terms and names are compared."""
    return tuple(token.key for token in split_query(phrase))


def split_query(phrase: str) -> list[Token]:
    """The words that a text shows one after another where it holds `phrase`.

    They are its tokens, but for the short n-grams at the end of a last run without spaces: in a text other letters may
    follow. A last run shorter than an n-gram gives its one short n-gram, which whole ones begin with.
    """
    found: list[Token] = []
    last = None
    for word in WORD.finditer(phrase):
        last = word
    if last is None or last["run"] is None:
        return split_tokens(phrase)
    grams, whole = split_ngrams(last[0], last.start())
    found = split_tokens(phrase)
    return found[: len(found) - len(grams) + max(1, whole)]


def is_short_ngram(phrase: str) -> bool:
    """Whether a phrase is a run without spaces shorter than an n-gram: a text has it where an n-gram begins with it."""
    found = WORD.fullmatch(phrase.strip())
    return found is not None and found["run"] is not None and split_ngrams(found[0], 0)[1] == 0


def is_same_phrase(text: str, left: Token, right: Token) -> bool:
    """Whether two neighbouring tokens belong to one phrase: only space, hyphen or bracket between them."""
    return right.start < left.end or _JOINT.fullmatch(text, left.end, right.start) is not None
