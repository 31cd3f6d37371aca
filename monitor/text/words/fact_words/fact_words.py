"""The words by which a sentence denies, counts, turns round or cites, by language; it must not compare two texts.

General knowledge of each language, in `words/LANGUAGE.toml`: `negations` (with verbs that deny: English grammar calls
them inherently negative), `inside` for negations within a word (Turkish başlamadı) or in scripts that part words by
nothing, `prefixes` that a language writes together with the next word, cardinal `numbers`, `opposites` of which a
sentence says one, verbs of `speech`, and what stands `about` a source ("according to"). A star stands for any ending.
One is no number here: it is an article in most of these languages.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files

from monitor.text.content_hash import fold_text
from monitor.text.words.fact_words.counted_numbers import find_counted_numbers

_SAME_WORDS = {"no": "nb", "nn": "nb", "bs": "hr", "sh": "hr", "ms": "id"}
# What is read where a text is too short to tell its language: the short words of more languages contradict each other
# (French "et" is "and", a Finnish one denies).
_USUAL = ("en", "ru", "uk", "de", "fr", "es", "it", "pt", "tr", "az")
_LEAST = 3  # letters of a number word that is read in a text of unknown language: Turkish "on" is ten
_RUNNING = frozenset({"zh", "ja", "ko", "th"})  # written without spaces between all words
_LETTER_NUMBERS = frozenset({"zh", "ja"})
# Letters with the marks of the scripts that the tables are written in; all marks of Unicode compile ten times as long.
_LETTER = "[\\w\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u09d7]"
# Vowel points of Arabic and Hebrew, and tatweel: print leaves them out.
_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_READ_ALIKE = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "أ": "ا", "إ": "ا", "ۀ": "ه"})
_NEVER = r"(?!)"


@dataclass(frozen=True)
class FactWords:
    """What is looked for in the folded sentences of one language; `pairs` are the patterns of `opposites`."""

    negations: re.Pattern[str]
    numbers: re.Pattern[str]
    figures: Mapping[str, str]  # by the group of `numbers`
    pairs: tuple[tuple[str, str], ...]
    speech: frozenset[str]
    about: frozenset[str]
    letters: bool  # whether numbers stand in letters before what they count
    tabled: bool  # whether there is a table of the language; usual languages are read where there is none

    @cached_property  # nine tenths of what compiling a language takes, and most pieces are no edits
    def opposites(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        """Words of which a sentence says one, each side of a pair."""
        return tuple((re.compile(up), re.compile(down)) for up, down in self.pairs)

    def find_negations(self, folded: str) -> list[str]:
        """The negations of a folded text, as they stand."""
        return self.negations.findall(_bare(folded))

    def find_numbers(self, folded: str) -> list[tuple[int, str]]:
        """The places of spelled numbers in a folded text, and each as a figure."""
        found = [(match.start(), self.figures[match.lastgroup or ""]) for match in self.numbers.finditer(_bare(folded))]
        return [*found, *find_counted_numbers(folded)] if self.letters else found

    def is_turned(self, one: str, other: str) -> bool:
        """Whether a word of a folded text gave way to its opposite in another."""
        before, after = _bare(one), _bare(other)
        for up, down in self.opposites:
            ups, downs = (_exchange(side, before, after) for side in (up, down))
            if (ups[0] and downs[1] and not ups[1]) or (downs[0] and ups[1] and not downs[1]):
                return True
        return False


def _exchange(words: re.Pattern[str], before: str, after: str) -> tuple[bool, bool]:
    """Whether words of a kind went, and whether others of it came."""
    one, other = Counter(words.findall(before)), Counter(words.findall(after))
    return bool(one - other), bool(other - one)


def _bare(folded: str) -> str:
    """A folded text without points of reading, and with one letter where Arabic and Persian print two."""
    return folded if folded.isascii() else _POINTS.sub("", folded).translate(_READ_ALIKE)


@lru_cache(maxsize=64)
def find_fact_words(language: str | None) -> FactWords:
    """The words of a language by its two-letter code.

    Of None, a text whose language nobody can tell, and of a language without a table: those of some usual languages.
    """
    code = _SAME_WORDS.get(language or "", language)
    if code is not None and files(__package__).joinpath("words", f"{code}.toml").is_file():
        return _compile([_read(code)], running=code in _RUNNING, letters=code in _LETTER_NUMBERS)
    usual = _compile([_read(code) for code in _USUAL], least=_LEAST)
    return usual if language is None else replace(usual, tabled=False)


def _read(code: str) -> dict[str, object]:
    return tomllib.loads(files(__package__).joinpath("words", f"{code}.toml").read_text(encoding="utf-8"))


def _compile(
    tables: list[dict[str, object]], *, running: bool = False, letters: bool = False, least: int = 1
) -> FactWords:
    denied = [_word(word) for table in tables for word in _split(table, "negations")]
    inside = [str(table["inside"]).replace("\n", "").replace(r"\w", _LETTER) for table in tables if "inside" in table]
    prefix = next((str(table["prefixes"]) for table in tables if "prefixes" in table), "")
    counted = next((rf"\s?(?={table['counted']})" for table in tables if "counted" in table), "")
    figures: dict[str, list[str]] = {}
    for table in tables:
        given = table.get("numbers", {})
        for figure, words in given.items() if isinstance(given, dict) else ():
            figures.setdefault(figure, []).extend(word for word in words.split() if len(word) >= least)
    groups = [f"(?P<n{figure}>{_any(map(_word, words))})" for figure, words in figures.items() if words]
    pairs = [line.split("|") for table in tables for line in str(table.get("opposites", "")).splitlines() if line]
    return FactWords(
        negations=re.compile(_bound([*denied, *inside], prefix, running=running)),
        numbers=_counted(groups, prefix, counted, running=running),
        figures={f"n{figure}": figure for figure in figures},
        pairs=tuple(
            (
                _bound([_word(word) for word in up.split()], prefix, running=running),
                _bound([_word(word) for word in down.split()], prefix, running=running),
            )
            for up, down in pairs
        ),
        speech=frozenset(fold_text(word) for table in tables for word in _split(table, "speech")),
        about=frozenset(fold_text(word) for table in tables for word in _split(table, "about")),
        letters=letters,
        tabled=True,
    )


def _split(table: dict[str, object], name: str) -> list[str]:
    return str(table.get(name, "")).split()


def _word(word: str) -> str:
    """A word of a table as a pattern, folded as texts are."""
    stem = re.escape(_bare(fold_text(word.rstrip("*"))))
    return f"{stem}{_LETTER}*" if word.endswith("*") else stem


def _any(patterns: Iterable[str]) -> str:
    """One of some patterns, the longest first: in running text nothing else ends a word."""
    return "|".join(sorted(dict.fromkeys(patterns), key=len, reverse=True)) or _NEVER


def _bound(patterns: list[str], prefix: str, *, running: bool) -> str:
    if running:
        return f"(?:{_any(patterns)})"
    return f"(?<!{_LETTER}){prefix}(?:{_any(patterns)})(?!{_LETTER})"


def _counted(groups: list[str], prefix: str, counted: str, *, running: bool) -> re.Pattern[str]:
    if not groups:
        return re.compile(_NEVER)
    if not running:
        return re.compile(f"(?<!{_LETTER}){prefix}(?:{'|'.join(reversed(groups))})(?!{_LETTER})")
    start = f"(?<!{_LETTER})" if counted else ""
    return re.compile(f"{start}(?:{'|'.join(reversed(groups))}){counted}")
