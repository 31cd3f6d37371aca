"""Parts seeds into sentences and hears each sentence once; it must not weigh words.

What stands in several seeds alike is a teaser, a form letter or an agency's background paragraph: one voice, not
many. A term must be said by several voices, so shared lines cannot carry one in. Measured (MATCHING.md): when two
seeds share a teaser, 8 of 30 terms leak without this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.text.words.tokens import Token, split_tokens
from monitor.topics.learning.seed_article import Seed
from monitor.topics.profile import DroppedLine

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-ZÀ-ÝА-ЯԱ-Ֆ0-9])|\n+")
_SHINGLE = 4  # words: shorter runs are turns of phrase that honest reports share
_REPEATED = 0.6  # share of a sentence's shingles heard before: light edits of a copy stay above, .3 is chance
_COPY = 0.8  # share of a seed heard before that makes it a copy; a short seed under a long teaser stays below


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSentence:
    """One sentence or line of a seed; `title` where it is the headline."""

    text: str
    words: tuple[Token, ...]
    title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctSentences:
    """What one seed says that no earlier one said in the same words."""

    seed: str
    sentences: tuple[SeedSentence, ...]


def split_seed_sentences(seed: Seed) -> list[SeedSentence]:
    """Headline and sentences of a seed, its dateline cut off."""
    body = seed.text
    if seed.dateline is not None:
        body = body.replace(seed.dateline.raw, "", 1)
    lines = [seed.headline, *(part for part in _SENTENCE.split(body) if part.strip())]
    return [SeedSentence(text=line, words=tuple(split_tokens(line)), title=i == 0) for i, line in enumerate(lines)]


def _shingles(sentence: SeedSentence) -> frozenset[tuple[str, ...]]:
    words = tuple(token.key for token in sentence.words)
    if len(words) <= _SHINGLE:
        return frozenset({words})
    return frozenset(words[i : i + _SHINGLE] for i in range(len(words) - _SHINGLE + 1))


def collect_distinct_sentences(seeds: Sequence[Seed]) -> tuple[tuple[DistinctSentences, ...], tuple[DroppedLine, ...]]:
    """The seeds' own sentences, and what was dropped because another seed has it too.

    A sentence that several seeds share is heard in the first of them. A seed that mostly repeats others gives no
    voice of its own (two outlets' copies of one agency text are one report).
    """
    heard: dict[tuple[str, ...], str] = {}
    found: list[DistinctSentences] = []
    dropped: list[DroppedLine] = []
    for seed in seeds:
        own: list[SeedSentence] = []
        shared: list[DroppedLine] = []
        total = kept = 0
        fresh: dict[tuple[str, ...], str] = {}
        for sentence in split_seed_sentences(seed):
            shingles = _shingles(sentence)
            before = [heard[shingle] for shingle in sorted(shingles) if shingle in heard]
            total += len(sentence.words)
            if len(before) >= _REPEATED * len(shingles):
                reason = f"stands in {before[0]} too: counted once"
                shared.append(DroppedLine(seed=seed.name, line=sentence.text.strip(), reason=reason))
                continue
            kept += len(sentence.words)
            own.append(sentence)
            fresh.update(dict.fromkeys(shingles, seed.name))
        heard = fresh | heard
        dropped.extend(shared)
        if total - kept < _COPY * total:
            found.append(DistinctSentences(seed=seed.name, sentences=tuple(own)))
        else:
            dropped.append(
                DroppedLine(seed=seed.name, line=seed.headline, reason="a copy of other seeds: no own voice")
            )
    return tuple(found), tuple(dropped)
