"""Measures matching against 1, 1,000 and 10,000 rules, as a multiple of cutting the same articles into words.

usage: rules.py [--articles N] [--rules N[,N…]] [--shared FOLDER]

The articles are those of the duplicates' development set; the rules are drawn from the telling words of other
articles of that set in the shapes people write – a phrase or two words together, a headline word with alternatives, a
proximity – each as a topic of its own and all in one topic. The last line is one JSON object: articles/s of cutting and
folding alone, and for each number of rules articles/s and the ratio to that, by kind. Ratios are medians of rounds in
which both are measured in turn, so that a noisy machine is noisy for both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import reference
from wordfreq import zipf_frequency

from monitor.model.page import Article
from monitor.text.words.tokens import split_tokens
from monitor.topics.rules.rule import TopicRule, parse_rule
from monitor.topics.topic import Topic, judge_topics

PIECES = ("gold", "duplicates", "neardup_dev.jsonl.gz")
ROUNDS = 5
TURN = 10  # articles: what else runs on the machine then slows both alike


def articles(file: Path) -> list[Article]:
    """The development set as articles, the first 300 characters of the first paragraph as lead."""
    packed = file.read_bytes()
    rows = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    return [
        Article(
            url=f"bench:{number}",
            identity=None,
            title=row["title"],
            lead=row["text"].partition("\n\n")[0][:300],
            text=row["text"],
        )
        for number, row in enumerate(rows)
    ]


def drawn(source: list[Article], count: int, random: Random) -> list[TopicRule]:
    """Rules over telling words that stand together in one article each; nobody writes a rule of "that" and "from"."""
    said = [sorted({token.key for token in split_tokens(article.text) if _telling(token.key)}) for article in source]
    said = [words for words in said if len(words) > 20]
    found = []
    for number in range(count):
        a, b, c, d = random.sample(random.choice(said), 4)
        shapes = (f'"{a} {b}" OR ({c} AND {d})', f"title:{a} AND ({b} OR {c}*) NOT {d}", f'{a} AND "{b} {c}"~5')
        found.append(parse_rule(f"rule {number}", random.choice(shapes)))
    return found


def _telling(word: str) -> bool:
    """Rarer in English than "minister" and "war" (wordfreq); digits are none."""
    return word.isalpha() and len(word) > 3 and zipf_frequency(word, "en") < 4.5


def seconds(work: Callable[[Article], object], given: list[Article]) -> tuple[float, float]:
    """CPU seconds of cutting alone and of `work`, a few articles of each in turn."""
    cutting = working = 0.0
    for first in range(0, len(given), TURN):
        some = given[first : first + TURN]
        begun = time.process_time()
        for article in some:
            cut(article)
        middle = time.process_time()
        for article in some:
            work(article)
        cutting, working = cutting + middle - begun, working + time.process_time() - middle
    return cutting, working


def cut(article: Article) -> None:
    for text in (article.title, article.lead or "", article.text):
        split_tokens(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--rules", default="1,1000,10000")
    reference.option(parser)
    options = parser.parse_args()
    every = articles(reference.folder(parser, options, *PIECES))
    given, others = every[: options.articles], every[options.articles :]
    found: dict[str, Any] = {"articles": len(given), "rules": {}}
    alone: list[float] = []
    for count in map(int, options.rules.split(",")):
        rules = drawn(others, count, Random(count))
        kinds = {
            "one_topic": (Topic(name="all", profile=None, rules=tuple(rules)),),
            "topics": tuple(Topic(name=r.name, profile=None, rules=(r,)) for r in rules),
        }
        row: dict[str, Any] = {}
        for kind, topics in kinds.items():
            begun = time.process_time()
            accepted = sum(match.matched for article in given for match in judge_topics(article, "bench", topics))
            first = time.process_time() - begun
            rounds = [seconds(lambda a, t=topics: judge_topics(a, "bench", t), given) for _ in range(ROUNDS)]
            alone += [words for words, _ in rounds]
            row[kind] = {
                "articles_per_second": round(len(given) / median(taken for _, taken in rounds)),
                "ratio": round(median(taken / words for words, taken in rounds), 2),
                "first_seconds": round(first, 2),
                "accepted": accepted,
            }
            print(count, kind, row[kind])
        found["rules"][str(count)] = row
    found["tokenising"] = round(len(given) / median(alone))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
