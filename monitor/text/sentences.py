"""A text as sentences and the facts they state – figures, names, negations, quotes; it must not compare two texts.

A name is told by its capital, so none is told in scripts without capitals (`has_capitals` says which text has them),
and German nouns are taken for names. Negations, numbers and whom a sentence cites are told by the words of its language
(`monitor.text.words.fact_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import decimal

from monitor.text.content_hash import fold_text
from monitor.text.times.dateline import strip_dateline
from monitor.text.words.fact_words.fact_words import FactWords
from monitor.text.words.tokens import fold_word
from monitor.text.words.word_count import count_words
from monitor.text.words.writing_systems import MARKS

# Where a sentence ends: after a mark and what closes with it, before what can begin one. Armenian, Arabic, Urdu, Indic,
# Khmer, Burmese and Ethiopic marks end one as a stop does; after those of Chinese and Japanese no space follows.
_MARK = "[.!?…։؟۔।॥។។။።]"
_END = re.compile(
    rf"(?<={_MARK})([\"'”’»)\]]*)\s+(?=[\"'“‘«„(\[]*[^\W_a-zа-яё])|(?<=[。！？｡])([」』”’）»\"]*)\s*(?=\S)"
)
_SHORTENED = re.compile(
    r"(?:^|[\s(\"“«])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Sgt|Sen|Rep|Gov|St|No|vs|etc|т|г|гг|ул|им|стр)\.$"
)
_ENDED = re.compile(rf"(?:{_MARK}|[。！？｡])[\"'”’»)\]」』）]*$")
_LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
_WORD = re.compile(rf"{_LETTERS}(?:['’ʼ.\-]{_LETTERS})*")
# "1,200", "1 200" and "1200" are one figure; a clock time stays whole.
_FIGURE = re.compile(r"\d{1,2}:\d{2}|\d{1,3}(?:[,\u066c\u00a0\u202f ]\d{3})+(?!\d)|\d+(?:[.,\u066b]\d+)*")
_GROUPED = re.compile(r"[,\u066c\u00a0\u202f ](?=\d{3}(?!\d))")
# Short quotes are words in inverted commas; three words and more are something somebody said.
_QUOTE = re.compile(r'"([^"\n]{3,2000})"|「([^」\n]{3,2000})」|『([^』\n]{3,2000})』')
# Letters of scripts that have capitals.
_CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f\u0531-\u0587\u1e00-\u1fff]")
_LETTER = re.compile(r"[^\W\d_]")
_QUOTED_WORDS = 3
_OPENING = frozenset('"“”«„:.?!…')
# A line that is longer without an end is cut there: no sentence is so long, and work on one is not linear.
_LONGEST = 1_000
# A headline of which more than this share of longer words have capitals is written in title case.
_TITLE_CASE = 0.7
_LONG_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence or line: as it stands, folded for comparison, and whether it ends like a sentence."""

    text: str
    folded: str
    whole: bool

    @property
    def length(self) -> int:
        """In words."""
        return count_words(self.folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence states, each in order: figures, names (as written), negations, and who is cited, folded."""

    figures: tuple[str, ...]
    names: tuple[str, ...]
    negations: int
    sources: tuple[str, ...]


def split_sentences(lines: Iterable[str]) -> tuple[Sentence, ...]:
    """Every sentence of these lines, in order."""
    return tuple(
        Sentence(text=part, folded=folded, whole=_ENDED.search(part) is not None)
        for line in lines
        for part in cut_line(line)
        if (folded := fold_text(part))
    )


def cut_line(line: str) -> Iterator[str]:
    """A line cut into sentences, and what is left too long at a space; some may say nothing."""
    for part in _sentences(line):
        while len(part) > _LONGEST:
            cut = part.rfind(" ", 1, _LONGEST) + 1 or _LONGEST
            yield part[:cut].strip()
            part = part[cut:]
        yield part.strip()


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        before = line[start : end.end(end.lastindex or 0)]
        if not _SHORTENED.search(before):
            yield before
            start = end.end()
    yield line[start:]


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that say anything, its dateline left out."""
    return tuple(found for line in strip_dateline(text).split("\n") if (found := line.strip()))


def find_names(found: Iterable[Sentence]) -> frozenset[str]:
    """The folded words that stand with a capital inside a sentence somewhere: what a name may be at its start."""
    return frozenset(
        fold_word(word)
        for sentence in found
        for word, begins in _words(sentence.text)
        if not begins and _capital(word) and len(word) > 1
    )


def has_capitals(folded: str) -> bool:
    """Whether a folded text is in a script of which a name would have a capital."""
    return 2 * len(_CASED.findall(folded)) >= len(_LETTER.findall(folded))


def extract_facts(sentence: Sentence, known: frozenset[str], words: FactWords) -> Facts:
    """What a sentence states, by the words of its language.

    `known` are names (`find_names`), by which one is told at a sentence's start and in title case.
    """
    written = _words(sentence.text)
    long = [word for word, _ in written[1:] if len(word) >= _LONG_WORD]
    titled = len(long) > 1 and sum(map(_capital, long)) > _TITLE_CASE * len(long)
    named = [
        word for word, begins in written if _capital(word) and (fold_word(word) in known if begins or titled else True)
    ]
    folded = [fold_text(word) for word, _ in written]
    return Facts(
        figures=find_figures(sentence.folded, words),
        names=tuple(named),
        negations=len(words.find_negations(sentence.folded)),
        sources=tuple(_sources(folded, words)),
    )


def find_figures(folded: str, words: FactWords) -> tuple[str, ...]:
    """The numbers a folded text names, spelled or not, in one form and in Western digits, as they stand."""
    found = [(match.start(), _western(_GROUPED.sub("", match[0]))) for match in _FIGURE.finditer(folded)]
    found += words.find_numbers(folded)
    return tuple(figure for _, figure in sorted(found))


def _western(figure: str) -> str:
    plain = figure if figure.isascii() else "".join(str(decimal(letter, letter)) for letter in figure)
    return plain.replace(",", ".").replace("\u066b", ".")


def split_words(folded: str) -> frozenset[str]:
    """The words of a folded text, without the marks that stand at them."""
    return frozenset(_WORD.findall(folded))


def find_quotes(found: Iterable[str]) -> tuple[str, ...]:
    """What these lines quote, folded; three words and more."""
    return tuple(
        quote
        for line in found
        for match in _QUOTE.finditer(fold_text(line))
        if count_words(quote := match[match.lastindex or 0]) >= _QUOTED_WORDS
    )


def _sources(words: list[str], told: FactWords) -> Iterator[str]:
    """Who is cited: the word before a verb of speech, and what follows "according to"."""
    for number, word in enumerate(words):
        if word in told.speech:
            yield from words[max(0, number - 1) : number]
            if words[number + 1 : number + 2] == ["в"]:  # "сообщили в полиции"
                yield from words[number + 2 : number + 3]
        elif word in told.about:
            yield from words[number + 1 : number + 4]


def _words(text: str) -> list[tuple[str, bool]]:
    """The words of a sentence, and whether each may owe its capital to its place: at a start, after a quote mark."""
    return [
        (match[0], not (before := text[max(0, match.start() - 3) : match.start()].strip()) or before[-1] in _OPENING)
        for match in _WORD.finditer(text)
    ]


def _capital(word: str) -> bool:
    return word[0].isupper()
