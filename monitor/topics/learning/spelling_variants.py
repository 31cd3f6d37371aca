"""Spellings in the seeds that are probably one name, for a person to confirm; it must not change a profile.

Likeness errs: what is found here is shown and counts only where a person writes it into [yours].names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from monitor.text.words.languages.word_rarity import read_zipf
from monitor.text.words.name_spelling import is_same_name, is_similar_name
from monitor.text.words.tokens import fold_word
from monitor.topics.learning.distinct_sentences import split_seed_sentences
from monitor.topics.learning.seed_article import Seed
from monitor.topics.profile import Profile

_LETTERS = 5  # shorter words are alike by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """Two `spellings` as the seeds write them, the one that `group` has first, else the commoner.

    `group` is empty where no group of the profile has either; `known` says that it has both already.
    """

    spellings: tuple[str, str]
    group: str
    known: bool


def find_spelling_variants(seeds: Sequence[Seed], profile: Profile) -> tuple[Spelling, ...]:
    """Pairs of names in `seeds` that are spelled alike, what the profile does not have yet first.

    A name is a word that the seeds write with a capital away from the start of a sentence, and never without one.
    """
    counts: Counter[str] = Counter()
    small: set[str] = set()
    shown: dict[str, str] = {}
    for seed in seeds:
        for sentence in split_seed_sentences(seed):
            for word in sentence.words[1:]:
                raw = sentence.text[word.start : word.end]
                if raw[0].islower():
                    small.add(word.key)
                elif not sentence.title and len(word.key) >= _LETTERS:
                    counts[word.key] += 1
                    shown.setdefault(word.key, raw)
    held = {fold_word(alias): group.name for group in profile.groups for alias in group.aliases}
    names = sorted(
        (key for key in counts.keys() - small if key in held or not _english(key)), key=lambda key: (-counts[key], key)
    )
    found = []
    for one, other in combinations(names, 2):
        groups = (held.get(one, ""), held.get(other, ""))
        known = groups[0] == groups[1] != ""
        # Two names of one group that share no key are a country and its people, not two spellings.
        if one[0] == other[0] and (is_same_name(one, other) if known else is_similar_name(one, other)):
            pair = (shown[other], shown[one]) if groups[1] and not groups[0] else (shown[one], shown[other])
            found.append(Spelling(spellings=pair, group=groups[0] or groups[1], known=known))
    return tuple(sorted(found, key=lambda pair: (pair.known, not pair.group)))


def _english(word: str) -> bool:
    """Whether wordfreq's short list has the word: "President" and "Presidents" are no spellings of a name."""
    return read_zipf(word, "en", wordlist="small") > 0
