"""Weighs the words and phrases of seeds against English in general; it must not know names of countries.

c-TF-IDF in small: how many seeds say it, how rare it is elsewhere (wordfreq), how often each says it. Names weigh
more than words, since a common noun belongs to many topics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from monitor.text.words.languages.word_rarity import COMMON, measure_rarity, read_zipf
from monitor.text.words.tokens import is_same_phrase, stem_word
from monitor.topics.learning.distinct_sentences import DistinctSentences, SeedSentence
from monitor.topics.learning.seed_article import MONTHS
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import NAME, WORD, Term

_EDGE = 5.5  # a word alone, and the ends of a phrase without a name, must be rarer than this
_TERMS = 40
_LEAST = 0.125  # weight, relative to the best term, under which a term tells nothing
_WORD_FACTOR = 0.6  # "ceasefire" is not one war's, "Karabakh" is
_NAMED = 0.8  # share of capitals away from the start of a sentence that makes a word a name
_LOUD = 0.1  # said often in each seed counts a little more: term frequency, damped

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CALENDAR = frozenset((*MONTHS, *_DAYS))
# Who holds an office says nothing of what it is about; the office holders are in the groups.
_OFFICE_WORDS = """
    president presidents prime premier minister ministers ministry ministries foreign leader leaders spokesman
    spokeswoman spokesperson secretary ambassador chancellor speaker government parliament deputy official officials
    correspondent reporter reporters journalist journalists
"""
_OFFICES = frozenset(_OFFICE_WORDS.split())


Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """How often a word or phrase was said, whether it is a name, by which seeds, and in which forms."""

    count: int
    kind: str
    seeds: tuple[str, ...]
    forms: tuple[str, ...]


def _runs(sentence: SeedSentence, masked: Collection[int]) -> Iterable[Run]:
    """Runs of one to three words that touch no masked word and cross no mark."""
    words = sentence.words
    for first in range(len(words)):
        for last in range(first + 1, min(first + 3, len(words)) + 1):
            if last - 1 in masked:
                break
            if last - first > 1 and not is_same_phrase(sentence.text, words[last - 2], words[last - 1]):
                break
            yield tuple(word.key for word in words[first:last])


def _telling(word: str) -> bool:
    return len(word) > 2 and word not in _CALENDAR and word not in _OFFICES and not any(c.isdigit() for c in word)


@dataclass(slots=True)
class _Heard:
    """What was counted over all voices; runs are folded words."""

    counts: Counter[Run] = field(default_factory=Counter)
    seeds: dict[Run, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    middle: Counter[str] = field(default_factory=Counter)  # occurrences where a capital means a name
    capital: Counter[str] = field(default_factory=Counter)
    after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # "" where a run ends
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def listen(self, seed: str, sentence: SeedSentence, masked: Collection[int]) -> None:
        for run in _runs(sentence, masked):
            self.counts[run] += 1
            self.seeds[run].setdefault(seed)
        words = sentence.words
        for i, word in enumerate(words):
            if i and not sentence.title:
                self.middle[word.key] += 1
                self.capital[word.key] += not sentence.text[word.start].islower()
            last = i + 1 == len(words) or i + 1 in masked or not is_same_phrase(sentence.text, word, words[i + 1])
            first = i == 0 or i - 1 in masked or not is_same_phrase(sentence.text, words[i - 1], word)
            self.after[word.key].add("" if last else words[i + 1].key)
            self.before[word.key].add("" if first else words[i - 1].key)

    def named(self, word: str) -> bool:
        return self.capital[word] >= _NAMED * self.middle[word] > 0

    def torn(self, run: Run) -> bool:
        """Whether an end of the run is a name that always stands beside one further word: "situation in nagorno"."""
        return (self.named(run[-1]) and self.after[run[-1]].isdisjoint({""}) and len(self.after[run[-1]]) == 1) or (
            self.named(run[0]) and self.before[run[0]].isdisjoint({""}) and len(self.before[run[0]]) == 1
        )


def _words(heard: _Heard, least: int, places: Collection[str]) -> Iterable[tuple[Run, Candidate]]:
    """Single words; the inflections of a common noun are one."""
    forms: dict[tuple[str, str], list[str]] = defaultdict(list)
    for run in heard.counts:
        if len(run) == 1 and _telling(run[0]) and run[0] not in places:
            word = run[0]
            kind = NAME if heard.named(word) else WORD
            forms[(word if kind == NAME else stem_word(word), kind)].append(word)
    for (_, kind), words in forms.items():
        seeds = tuple(sorted({seed for word in words for seed in heard.seeds[(word,)]}))
        limit = COMMON if kind == NAME else _EDGE
        if len(seeds) < least or any(read_zipf(word, "en") >= limit for word in words):
            continue
        shown = min(words, key=lambda word: (-heard.counts[(word,)], len(word), word))
        count = sum(heard.counts[(word,)] for word in words)
        yield (shown,), Candidate(count=count, kind=kind, seeds=seeds, forms=tuple(words))


def _phrases(heard: _Heard, least: int) -> Iterable[tuple[Run, Candidate]]:
    """Phrases whose ends tell something and which are not torn out of a longer name."""
    for run, count in heard.counts.items():
        if len(run) == 1 or len(heard.seeds[run]) < least or heard.torn(run):
            continue
        kind = NAME if any(map(heard.named, run)) else WORD
        if kind == WORD and count == 1:
            continue  # said once, with one seed to learn from: a turn of phrase
        limit = COMMON if kind == NAME else _EDGE
        if any(not _telling(word) or read_zipf(word, "en") >= limit for word in (run[0], run[-1])):
            continue
        yield run, Candidate(count=count, kind=kind, seeds=tuple(sorted(heard.seeds[run])), forms=(" ".join(run),))


def _parts(run: Run) -> Iterable[Run]:
    for size in range(1, len(run)):
        for start in range(len(run) - size + 1):
            yield run[start : start + size]


def find_candidates(
    voices: Sequence[DistinctSentences], names: Phrases, *, least: int, places: Collection[str]
) -> dict[Run, Candidate]:
    """The words and phrases that at least `least` voices say and that may tell something, unweighed.

    `names` finds what is left out; `places` are folded names of countries' things, which alone would speak of those.
    What stands only inside a longer phrase is left to that.
    """
    heard = _Heard()
    for voice in voices:
        for sentence in voice.sentences:
            hits = names.find(sentence.text, list(sentence.words))
            heard.listen(voice.seed, sentence, {i for hit in hits for i in range(hit.first, hit.last)})
    return dict((*_words(heard, least, places), *_phrases(heard, least)))


def find_free_candidates(found: Mapping[Run, Candidate]) -> set[Run]:
    """Those that also stand outside of a longer candidate: "nagorno" stands only in "nagorno karabakh"."""
    inside: Counter[Run] = Counter()
    for run in found:
        for part in _parts(run):
            inside[part] = max(inside[part], found[run].count)
    return {run for run in found if inside[run] < found[run].count}


def choose_terms(
    voices: Sequence[DistinctSentences], names: Phrases, *, least: int, places: Collection[str]
) -> tuple[Term, ...]:
    """The telling terms of at least `least` voices, heaviest first, at most 40.

    `names` finds what belongs to groups and is left out; `places` are folded names of other countries' things,
    which alone would speak of those countries.
    """
    found = find_candidates(voices, names, least=least, places=places)
    weights: dict[Run, float] = {}
    for run, candidate in found.items():
        share = len(candidate.seeds) / len(voices)
        loud = 1 + _LOUD * log2(candidate.count / len(candidate.seeds))
        factor = 1.0 if candidate.kind == NAME else _WORD_FACTOR
        weights[run] = share * measure_rarity(candidate.forms) * loud * factor
    # "karabakh conflict" says less than the "karabakh" in it.
    own = find_free_candidates(found)
    left = {run: weight for run, weight in weights.items() if run in own}
    best = max(left.values(), default=0.0)
    kept = [
        Term(term=" ".join(run), weight=round(weight / best, 2), kind=found[run].kind, seeds=found[run].seeds)
        for run, weight in left.items()
        if weight >= _LEAST * best and not any(left.get(part, 0.0) >= weight for part in _parts(run))
    ]
    return tuple(sorted(kept, key=lambda term: (-term.weight, term.term))[:_TERMS])
