"""Finds many phrases in folded words at once; it must not know what a phrase stands for.

A dictionary by first word: news text meets few first words, so a look-up per word is all that most of them cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from monitor.text.words.languages.word_rarity import read_zipf
from monitor.text.words.name_spelling import derive_form_keys, derive_name_keys
from monitor.text.words.suffixes import is_adjective, strip_elision
from monitor.text.words.tokens import CutWords, Token, fold_phrase, fold_word, is_same_phrase, stem_word
from monitor.text.words.transliteration import is_latin_word

_ACRONYM = 3  # an alias in capitals no longer than this is another word in small letters ("US", "us")
# Names shorter than this have too many neighbours to be known by sound: in letters, in sounds, and in plain Latin
# letters, where a text is likely to mean another name (Bako is no Baku).
_LETTERS, _SOUNDS, _PLAIN = 4, 3, 5
_REMEMBERED = 100_000  # words whose verdict is kept: some months of news


class Hit(NamedTuple):
    """A phrase of the table at `start`–`end` (characters), words `first` to `last` (exclusive)."""

    unit: str
    start: int
    end: int
    first: int
    last: int


class _Begun(NamedTuple):
    """What the table knows of a word as it is written: phrases that begin with it, units by its stem and its sound."""

    row: Sequence[tuple[tuple[str, ...], str, bool]]
    stems: Sequence[str]
    sounds: Sequence[str]
    small: bool  # written without a capital
    upper: bool  # written in capitals only


class _Memory(dict[str, "_Begun | None"]):
    """Answers of a question that is asked once per word; a plain dictionary from then on, for speed."""

    def __init__(self, ask: Callable[[str], _Begun | None]) -> None:
        self.ask = ask

    def __missing__(self, word: str) -> _Begun | None:
        answer = self[word] = self.ask(word)
        return answer


class Phrases:
    """A table of phrases, each standing for a unit.

    `names` hold units whose phrases are proper names: in a text that uses capitals at all they are found only
    where they begin with one (or as a #hashtag), so that "turkey" is no country. A phrase of several words is
    found written together too, as hashtags have it. `inflected` units are found in every form of their word.
    `spelled` units are found in other spellings and scripts too, where they are one word (see `names`): a word that
    the table does not hold, is no word of English, and is written as a name.
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, str]],
        *,
        names: Iterable[str] = (),
        inflected: Iterable[str] = (),
        spelled: Iterable[str] = (),
        never: frozenset[str] = frozenset(),
        loose: bool = False,
    ) -> None:
        """`phrases` are (phrase, unit) pairs; `names`, `inflected` and `spelled` are units; `never` are folded
        words that stand for nothing however they sound. `loose` listens to words that the table holds, too."""
        stemmed = frozenset(inflected)
        sounding = frozenset(spelled)
        self._sounds: dict[str, list[str]] = {}
        self._never = never
        self._loose = loose
        self._begins = _Memory(self._begin)
        self._stems: dict[str, list[str]] = {}
        self._table: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._names = frozenset(names)
        for phrase, unit in phrases:
            words = fold_phrase(phrase)
            if not words:
                continue
            if unit in stemmed and len(words) == 1:
                self._stems.setdefault(stem_word(words[0]), []).append(unit)
                continue
            capitals = phrase.isupper() and len(words) == 1 and len(words[0]) <= _ACRONYM
            if unit in sounding and len(words) == 1 and len(words[0]) >= _LETTERS:
                for key in derive_name_keys(phrase):
                    if key[0] != "=" and len(key) >= _SOUNDS and unit not in self._sounds.setdefault(key, []):
                        self._sounds[key].append(unit)
            forms = {words} if len(words) == 1 else {words, ("".join(words),)}
            for form in forms:
                entry = (form, unit, capitals)
                row = self._table.setdefault(form[0], [])
                if entry not in row:
                    row.append(entry)

    def starts(self, text: str, words: Sequence[Token]) -> list[int]:
        """The words at which a phrase of the table may begin; `words` are the tokens of `text`."""
        begins = self._begins
        if len(begins) > _REMEMBERED:
            begins.clear()
        written = words.written if isinstance(words, CutWords) else [text[start:end] for _, start, end in words]
        known = map(begins.__getitem__, written)
        return [index for index, begun in enumerate(known) if begun is not None]

    def begins(self, raw: str) -> bool:
        """Whether a phrase of the table may begin with a word as it is written."""
        return self._begin(raw) is not None

    def _begin(self, raw: str) -> _Begun | None:
        key = fold_word(raw)
        row, stems = self._table.get(key), self._stems.get(stem_word(key), ())
        listened = row is None or self._loose
        sounds = self._sounding(raw, key) if listened else []
        if row is None and not stems and not sounds:
            return None
        return _Begun(row or (), stems, sounds, strip_elision(raw)[0].islower(), raw.isupper())

    def find(self, text: str, words: Sequence[Token], at: Iterable[int] | None = None) -> list[Hit]:
        """Every occurrence, overlapping ones included, by position; `words` are the tokens of `text`.

        `at` are the words to look at where it is known that no phrase begins elsewhere.
        """
        hits: list[Hit] = []
        cased: bool | None = None
        begins = self._begins
        for first in self.starts(text, words) if at is None else at:
            _, start, end = words[first]
            raw = text[start:end]
            begun = begins[raw]
            if begun is None:
                continue
            hits += [Hit(unit, start, end, first, first + 1) for unit in begun.stems]
            small = begun.small
            if small:
                if cased is None:
                    cased = text != text.lower()
                small = cased and text[start - 1 : start] != "#"
            if begun.sounds and (not small or is_adjective(raw)):
                hits += [Hit(unit, start, end, first, first + 1) for unit in begun.sounds]
            for form, unit, capitals in begun.row:
                length = len(form)
                if length > 1 and not _stands(text, words, first, form):
                    continue
                if (capitals and not begun.upper) or (small and unit in self._names):
                    continue
                last = first + length
                hits.append(Hit(unit, start, words[last - 1].end, first, last))
        return hits

    def _sounding(self, raw: str, key: str) -> list[str]:
        """The units that a word unknown by its letters sounds like."""
        if not self._sounds or len(key) < _LETTERS or key in self._never:
            return []
        if is_latin_word(raw) and (len(key) < _PLAIN or read_zipf(key, "en", wordlist="small") > 0):
            return []
        return list(
            dict.fromkeys(unit for sound in sorted(derive_form_keys(raw)) for unit in self._sounds.get(sound, ()))
        )


def _stands(text: str, words: Sequence[Token], first: int, form: tuple[str, ...]) -> bool:
    last = first + len(form)
    return (
        last <= len(words)
        and all(words[first + i].key == form[i] for i in range(1, len(form)))
        and all(is_same_phrase(text, words[i], words[i + 1]) for i in range(first, last - 1))
    )
