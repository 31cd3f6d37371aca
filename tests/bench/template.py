"""Measures learned templates: train on an outlet's first pages, test on the next; and on the sites of the labelled set.

usage: template.py [--train N] [--test N] [--seed N] [--shared FOLDER] [--no-transfer | --transfer-only]

Page generators of ours print N + N pages each (those of press_later.py were written when the learner was done). They
pass the learner as in the daemon: in order, each read with what
was known before it. `f1` is over runs of four words on the test pages, `below` that of the rung below on the same
pages, `times_trafilatura` the CPU time of ours with the sampled comparisons against trafilatura with its defaults and
metadata in the same run. `transfer` takes the sites of gold/extraction that have two pages or more, and reads each
page with what the site's other pages taught. `outlets` takes the sites of both labelled sets that have four pages or
more, learns as the product does (three pages must agree), holds each page back in turn, and counts those on which a
template, its comparison with the rung below included, made the text worse or better by .005 of F1 and more.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import extract as labelled
import reference
from press import START, Press
from press_first import FIRST
from press_later import LATER
from trafilatura import bare_extraction

from monitor.config.public_suffixes import site_of
from monitor.extraction.extract import extract_article, read_page
from monitor.extraction.templates.learn_template import learn_templates
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import unpack_sample
from monitor.model.page import Article, Page
from monitor.pipeline.ingest.learn_templates import Lessons
from monitor.pipeline.ingest.read_page import judge_article
from monitor.storage import Store

Runs = Counter[tuple[str, ...]]
_SEVERAL = 4  # labelled pages of a site
_CHANGED = 0.005  # of F1


def runs(text: str) -> Runs:
    """A text's runs of four words, as score.py counts them."""
    words = re.findall(r"\w+", text.lower())
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def f1(pairs: Iterable[tuple[str, str]]) -> float:
    """F1 over all runs of (gold, read) texts."""
    hit = extra = lost = 0
    for gold, got in pairs:
        one, other = runs(gold), runs(got)
        shared = sum((one & other).values())
        hit, extra, lost = hit + shared, extra + sum(other.values()) - shared, lost + sum(one.values()) - shared
    return round(2 * hit / max(1, 2 * hit + extra + lost), 4)


def page_of(url: str, body: str) -> Page:
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body.encode(),
        fetched_at=labelled.SEEN,
    )


def text_of(result: object) -> str:
    return result.text if isinstance(result, Article) else ""


def outlet(press: Press, train: int, test: int, store: Store) -> dict[str, Any]:
    """One generator's pages through the learner."""
    lessons = Lessons(store)
    pairs: list[tuple[str, str]] = []
    below: list[tuple[str, str]] = []
    spent: Counter[str] = Counter()
    rungs: Counter[str] = Counter()
    for number in range(train + test):
        url, body, gold = press.next()
        page = page_of(url, body)
        known = lessons.load_knowledge_of(press.name, (url,), site_of(url))
        (article, lesson), seconds = labelled.timed(partial(read_page, page, None, known))
        if isinstance(article, Article):
            with store.write():
                reading = judge_article(article, (), source=press.name)
                store.fingerprints.count(press.name, reading.lines, reading.furniture)
                lessons.learn_from(press.name, lesson, START)
        if number < train:
            continue
        pairs.append((gold, text_of(article)))
        rungs[article.rungs["text"].split()[0] if isinstance(article, Article) else "none"] += 1
        below.append((gold, text_of(extract_article(page))))
        spent["ours"] += seconds
        spent["trafilatura"] += labelled.timed(partial(bare_extraction, page.body, with_metadata=True))[1]
    return {
        "f1": f1(pairs),
        "below": f1(below),
        "by_template": round(rungs["template"] / test, 3),
        "times_trafilatura": round(spent["ours"] / spent["trafilatura"], 3),
    }


def transfer(folder: Path) -> dict[str, Any]:
    """The labelled sites with two pages or more, each page read with what the others taught."""
    sites: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in labelled.subset(folder, None):
        sites[(urlsplit(row["url"]).hostname or "").removeprefix("www.")].append(row)
    several = [rows for rows in sites.values() if len(rows) > 1]
    found: list[dict[str, Any]] = []
    below: list[dict[str, Any]] = []
    served = 0
    for rows in several:
        pages = [labelled.page_of(row, folder) for row in rows]
        lessons = [read_page(page)[1] for page in pages]
        samples = [unpack_sample(one.sample) if one is not None and one.sample else None for one in lessons]
        for number, (row, page) in enumerate(zip(rows, pages, strict=True)):
            others = [one for place, one in enumerate(samples) if place != number and one is not None]
            known = Knowledge(templates=learn_templates(others, support=1))
            result = extract_article(page, None, known)
            served += isinstance(result, Article) and result.rungs["text"].startswith("template")
            found.append(labelled.predict(row, result))
            below.append(labelled.predict(row, extract_article(page)))
    rows = [row for group in several for row in group]
    ours, rung = labelled.score(found, rows, folder), labelled.score(below, rows, folder)
    names = ("f1", "macro_f1", "bad", "title")
    return {
        "sites": len(several),
        "pages": len(rows),
        "by_template": round(served / len(rows), 3),
        **{name: ours[name] for name in names},
        "below": {name: rung[name] for name in names},
    }


def outlets(folders: Iterable[Path]) -> dict[str, Any]:
    """Sites with four labelled pages or more, each page held back in turn; worse and better than the rung below."""
    sites: defaultdict[str, list[tuple[dict[str, Any], Page]]] = defaultdict(list)
    for folder in folders:
        for row in labelled.subset(folder, None):
            host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
            sites[host].append((row, labelled.page_of(row, folder)))
    count: Counter[str] = Counter()
    worse: list[str] = []
    for several in (pages for pages in sites.values() if len(pages) >= _SEVERAL):
        count["sites"] += 1
        lessons = [read_page(page)[1] for _, page in several]
        samples = [unpack_sample(one.sample) if one is not None and one.sample else None for one in lessons]
        for number, (row, page) in enumerate(several):
            others = [one for place, one in enumerate(samples) if place != number and one is not None]
            trial = Knowledge(templates=learn_templates(others))
            trusted = Knowledge(templates=tuple(replace(one, trusted=True) for one in trial.templates))
            gold = row.get("text") or "\n".join(row["body"])
            plain = f1([(gold, text_of(extract_article(page)))])
            count["pages"] += 1
            for name, known in (("trial", trial), ("trusted", trusted)):
                result = extract_article(page, None, known)
                count[f"{name}_served"] += isinstance(result, Article) and result.rungs["text"].startswith("template")
                gain = f1([(gold, text_of(result))]) - plain
                count[f"{name}_worse"] += gain <= -_CHANGED
                count[f"{name}_better"] += gain >= _CHANGED
                if gain <= -_CHANGED:
                    worse.append(f"{name} {gain:.3f} {row['url']}")
    print(*worse, sep="\n")
    return dict(count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=20)
    parser.add_argument("--test", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    reference.option(parser)
    parser.add_argument("--no-transfer", action="store_true")
    parser.add_argument("--transfer-only", action="store_true")
    options = parser.parse_args()
    measured: dict[str, Any] = {}
    for group, presses in () if options.transfer_only else (("first", FIRST), ("later", LATER)):
        measured[group] = {}
        for press in presses:
            with TemporaryDirectory() as place, Store(Path(place) / "learned.db") as store:
                measured[group][press.name] = outlet(press(options.seed), options.train, options.test, store)
            print(group, press.name, json.dumps(measured[group][press.name]), flush=True)
    if not options.no_transfer:
        sets = [reference.folder(parser, options, "gold", name) for name in ("extraction", "extraction2")]
        measured["transfer"] = transfer(sets[0])
        measured["outlets"] = outlets(sets)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
