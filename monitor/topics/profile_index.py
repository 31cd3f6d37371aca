"""Holds one text against thousands of profiles at the cost of a few; it must not score otherwise than `match`.

Theory: of a profile's units most prove nothing. The fewest without which it cannot reach its threshold are its required
atoms, found once, with `bound_score` as the bound. One pass over a text's words finds the phrases of all profiles; only
profiles with a required atom among them are looked at, and only those whose units could reach the threshold are scored.
Few profiles are all scored. It will miss near misses: of many profiles, the nearest is kept, if it is half way there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.model.topic import Match
from monitor.text.words.languages.word_rarity import COMMON, RAREST, measure_rarity
from monitor.text.words.tokens import fold_phrase, fold_word, stem_word
from monitor.topics.phrase_search import Hit, Phrases
from monitor.topics.profile import WORD, Profile
from monitor.topics.score import CompiledProfile, bound_score, compile_profile, score_text
from monitor.topics.shares.share_index import ShareIndex
from monitor.topics.shares.share_score import ShareTerms
from monitor.topics.tokenized_text import TokenizedText, position_weight

EVERY = 16  # profiles, or rules, that are all tried: what a person runs, who wants every near miss explained
_NEAR = 0.5  # share of the threshold that may be lacking in the near miss kept of more
_REMEMBERED = 100_000  # words whose stem is kept: some months of news


def choose_required_units(held: CompiledProfile) -> frozenset[str]:
    """The units of a profile of which a text must name one to match; what texts say most often is let go first."""

    def rarity(unit: str) -> tuple[float, str]:
        if unit in held.groups:  # a group's weight is its rarity, as `learning` gives it
            return held.groups[unit] * (COMMON - RAREST), unit
        return measure_rarity([held.terms[unit][0]]), unit

    spared: set[str] = set()
    for unit in sorted(held.solo, key=rarity):
        if bound_score(held, dict.fromkeys((*spared, unit), 1.0)) < held.profile.threshold:
            spared.add(unit)
    return frozenset(held.solo) - spared


def _least(held: CompiledProfile, words: Mapping[str, list[str]]) -> int:
    """How many of `words` (units by stem) a text must have to match without any name; one more than all for never."""
    heaviest = sorted(words, key=lambda word: (-sum(held.solo[unit] for unit in words[word]), word))
    best = max((unit for units in words.values() for unit in units), key=lambda unit: held.solo[unit], default=None)
    units = {} if best is None else {best: 1.0}
    for count, word in enumerate(heaviest, start=1):
        units.update(dict.fromkeys(words[word], 1.0))
        if bound_score(held, units) >= held.profile.threshold:
            return count
    return len(words) + 1


@dataclass(frozen=True, slots=True)
class _Held:
    """One profile in the index: its units by the names of the index and by the stems of words that stand for them."""

    ready: CompiledProfile
    names: dict[str, list[str]]
    words: dict[str, list[str]]
    least: int  # words that a text must have where it has no name


class _Word(NamedTuple):
    """What profiles ask for in a word as it is written: its stem (or nothing), and whether a name may begin there."""

    root: str
    begins: bool


class _Words(dict[str, _Word | None]):
    """The words met so far, None for those that nobody asks for; a plain dictionary, since every word is looked up."""

    def __init__(self, wanted: frozenset[str], phrases: Phrases) -> None:
        self.wanted = wanted
        self.phrases = phrases

    def __missing__(self, raw: str) -> _Word | None:
        root, begins = stem_word(fold_word(raw)), self.phrases.begins(raw)
        asked = root in self.wanted
        answer = self[raw] = _Word(root if asked else "", begins) if asked or begins else None
        return answer


# Where something stands first, parts from the worthiest down: the part's name and the number of the word.
_Place = tuple[str, int]
# The words of a part that somebody asks for, by their numbers.
_Met = list[tuple[int, _Word]]


class ProfileIndex:
    """Profiles indexed by their required atoms."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        phrases: dict[tuple[str, str], None] = {}
        needed: defaultdict[str, list[int]] = defaultdict(list)
        needed_words: defaultdict[str, list[int]] = defaultdict(list)
        self._held: list[_Held] = []
        shares: list[ShareTerms | None] = []
        for number, profile in enumerate(profiles):
            ready = compile_profile(profile)
            must = choose_required_units(ready)
            names: dict[str, list[str]] = {}
            words: dict[str, list[str]] = {}
            for phrase, unit in ready.table:
                if unit in ready.terms and ready.terms[unit][2] == WORD:
                    parts = fold_phrase(phrase)
                    for word in {stem_word(key) for key in (*parts[:1], "".join(parts))}:  # hashtags join them
                        words.setdefault(word, []).append(unit)
                        if unit in must:
                            needed_words[word].append(number)
                    continue
                # Groups must begin with a capital, terms need not.
                atom = f"{unit[:2]}{phrase}"
                phrases[phrase, atom] = None
                names.setdefault(atom, []).append(unit)
                if unit in must:
                    needed[atom].append(number)
            self._held.append(_Held(ready, names, words, _least(ready, words)))
            shares.append(ready.share)
        self._shares = ShareIndex(shares, [profile.threshold for profile in profiles])
        atoms = [atom for _, atom in phrases]
        self._needed = dict(needed)
        self._needed_words = dict(needed_words)
        self._phrases = Phrases(
            phrases, names=[atom for atom in atoms if atom.startswith("g:")], spelled=atoms, loose=True
        )
        self._words = _Words(frozenset(word for held in self._held for word in held.words), self._phrases)

    def match_relevant(self, given: TokenizedText) -> dict[int, Match]:
        """The verdicts that say something, by the number of their profile: whatever matches, and the nearest miss."""
        met = self._met(given)
        hits = [
            self._phrases.find(part.text, part.words, [index for index, word in here if word.begins])
            for part, here in zip(given.parts, met, strict=True)
        ]
        names, words = _names(given, hits), _roots(given, met)
        named, said = names.keys(), words.keys()
        touched = {number for atom in named & self._needed.keys() for number in self._needed[atom]}
        for word in said & self._needed_words.keys():
            touched.update(self._needed_words[word])
        shared = self._shares.find_candidates(given)
        verdicts: dict[int, Match] = {number: _verdict(self._held[number], given, met, hits) for number in shared}
        missed: list[tuple[float, int]] = []
        for number in sorted(touched - verdicts.keys()):
            held = self._held[number]
            if held.names.keys().isdisjoint(named) and len(said & held.words.keys()) < held.least:
                continue
            units: dict[str, float] = {}
            for atoms, found in ((held.names, names), (held.words, words)):
                for atom in atoms.keys() & found.keys():
                    worth = position_weight(*found[atom])
                    for unit in atoms[atom]:
                        if worth > units.get(unit, 0.0):
                            units[unit] = worth
            short = held.ready.profile.threshold - bound_score(held.ready, units)
            if short <= 0:
                verdicts[number] = _verdict(held, given, met, hits)
            elif short <= _NEAR * held.ready.profile.threshold:
                missed.append((short, number))
        if missed:
            _, number = min(missed)
            verdicts[number] = _verdict(self._held[number], given, met, hits)
        return verdicts

    def _met(self, given: TokenizedText) -> list[_Met]:
        """What of each part somebody asks for."""
        known = self._words
        if len(known) > _REMEMBERED:
            known.clear()
        return [
            [
                (index, word)
                for index, (_, start, end) in enumerate(part.words)
                if (word := known[part.text[start:end]]) is not None
            ]
            for part in given.parts
        ]


def _verdict(held: _Held, given: TokenizedText, met: Sequence[_Met], hits: Sequence[list[Hit]]) -> Match:
    """The score of one profile, whose phrases are looked for only where they were met."""
    at = []
    for here, found in zip(met, hits, strict=True):
        places = {hit.first for hit in found if hit.unit in held.names}
        places.update(index for index, word in here if word.root in held.words)
        at.append(sorted(places))
    return score_text(held.ready, given, at)


def _roots(given: TokenizedText, met: Sequence[_Met]) -> dict[str, _Place]:
    """Where each word that profiles ask for stands first, by its stem."""
    found: dict[str, _Place] = {}
    for part, here in zip(given.parts, met, strict=True):
        for index, word in here:
            if word.root:
                found.setdefault(word.root, (part.name, index))
    return found


def _names(given: TokenizedText, hits: Sequence[list[Hit]]) -> dict[str, _Place]:
    """Where each atom stands first."""
    found: dict[str, _Place] = {}
    for part, here in zip(given.parts, hits, strict=True):
        for hit in here:
            found.setdefault(hit.unit, (part.name, hit.first))
    return found
