"""Measures extraction on the labelled pages: accuracy, and CPU time, beside its peers in the same run.

usage: extract.py [--pages N] [--repeats N] [--profile] [--no-newspaper] [--shared FOLDER] [--predictions FILE]

N pages, evenly spread (all by default); FILE receives what was read, one object a line, in score.py's form.
`lxml` is parsing the same bytes and nothing else, `trafilatura` Trafilatura with its defaults and metadata,
`newspaper4k` that (extra `bench`; named as absent where it is not installed). Ours is the first page of an outlet
nobody has read yet: the sample to learn a template from is taken too. Times are CPU milliseconds a page. Ours, lxml and
trafilatura take turns page by page, every time in another order, so that a noisy machine and a warm cache are the same
for all three; `times_…` is the median over the repeats of our time by theirs. newspaper4k reads every page once.
`--profile` prints where our time goes, step by step.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import reference
from lxml import html
from stopwatch import REST, Stopwatch
from trafilatura import bare_extraction

from monitor.extraction.extract import extract_article
from monitor.model.page import Article, Page, Rejection
from monitor.pipeline.readers.first_reading import prepare_reading

T = TypeVar("T")
SEEN = datetime(2026, 11, 1, tzinfo=UTC)  # after the youngest labelled page
MEASURES = ("f1", "macro_f1", "bad", "title", "day", "minute")


def page_of(row: dict[str, Any], folder: Path) -> Page:
    """The saved page of one label, as if it had just been fetched."""
    body = gzip.decompress((folder / "pages" / row["page"]).read_bytes())
    return Page(
        url=row["url"],
        final_url=row["url"],
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=SEEN,
    )


def predict(row: dict[str, Any], result: Article | Rejection) -> dict[str, Any]:
    """One line of the predictions file that score.py reads."""
    if isinstance(result, Rejection):
        return {"page": row["page"], "text": "", "title": "", "date": None, "refused": result.reason}
    at = result.published.at.isoformat() if result.published is not None else None
    return {"page": row["page"], "text": result.text, "title": result.title, "date": at, "rungs": dict(result.rungs)}


def score(predictions: list[dict[str, Any]], rows: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """What score.py says of `predictions`, counted over `rows` only."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        (place / "score.py").write_text((folder / "score.py").read_text(encoding="utf-8"), encoding="utf-8")
        for name, lines in (("gold.jsonl", rows), ("predictions.jsonl", predictions)):
            (place / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(place / "score.py"), str(place / "predictions.jsonl")],
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def subset(folder: Path, count: int | None) -> list[dict[str, Any]]:
    """The labels, or `count` of them evenly spread."""
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    if count is None or count >= len(rows):
        return rows
    return [rows[index * len(rows) // count] for index in range(count)]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and its CPU seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def by_trafilatura(page: Page) -> dict[str, Any]:
    """Trafilatura's reading with its defaults and metadata, as score.py wants it."""
    found: Any = bare_extraction(page.body, with_metadata=True)
    if found is None:
        return {"text": "", "title": "", "date": None}
    return {"text": found.text or "", "title": found.title, "date": found.date}


def newspaper() -> Callable[[Page], dict[str, Any]] | None:
    """newspaper4k's reading of a page with its defaults but pictures, which it would fetch; None where it is absent."""
    warnings.simplefilter("ignore")  # it misses nltk, which only its summaries need
    try:
        from newspaper import Article as Piece
        from newspaper import Config
    except ImportError:
        return None
    settings = Config()
    settings.fetch_images = False

    english = Config()
    english.fetch_images, english.language = False, "en"

    def parsed(page: Page, config: Any) -> Any:
        piece = Piece(page.url, config=config)
        piece.download(input_html=page.body)
        piece.parse()
        return piece

    def read(page: Page) -> dict[str, Any]:
        try:
            piece = parsed(page, settings)
        except ImportError:  # Japanese and three others ask for packages of their own
            piece = parsed(page, english)
        at = piece.publish_date.isoformat() if isinstance(piece.publish_date, datetime) else None
        return {"text": piece.text, "title": piece.title, "date": at}

    return read


def lap(pages: list[Page], number: int) -> tuple[dict[str, list[Any]], dict[str, float]]:
    """Every page read by all three, which of them first changing from page to page: the results and CPU seconds."""
    contest: list[tuple[str, Callable[[Page], Any]]] = [
        ("ours", extract_article),
        ("lxml", lambda page: html.fromstring(page.body) is None),
        ("trafilatura", by_trafilatura),
    ]
    results: dict[str, list[Any]] = {name: [] for name, _ in contest}
    spent = dict.fromkeys(results, 0.0)
    for place, page in enumerate(pages):
        turn = (place + number) % len(contest)
        for name, read in contest[turn:] + contest[:turn]:
            result, seconds = timed(partial(read, page))
            results[name].append(result)
            spent[name] += seconds
    return results, spent


def profile(pages: list[Page]) -> None:
    """Print where our time goes, of a process that has read them all before: what is loaded once is not in it."""
    for _ in range(2):
        watch = Stopwatch()
        with watch.running():
            for page in pages:
                watch.timed(extract_article, REST)(page)
    print("\n".join((*watch.lines(len(pages)), f"{1000 * watch.total / len(pages):16.2f} ms  a page")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--no-newspaper", action="store_true")
    reference.option(parser)
    parser.add_argument("--predictions", type=Path)
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # peers complain of odd pages
    folder = reference.folder(parser, options, "gold", "extraction")
    rows = subset(folder, options.pages)
    pages = [page_of(row, folder) for row in rows]
    prepare_reading()  # as in a worker: models, tables and expressions are loaded before its first page
    lap(pages[:3], 0)
    if options.profile:
        profile(pages)
    laps = [lap(pages, number) for number in range(options.repeats)]
    results = laps[0][0]
    predictions = [predict(row, result) for row, result in zip(rows, results["ours"], strict=True)]
    for line in predictions:
        if "refused" in line:
            print(f"{line['page']}: {line['refused']}")
    names = tuple(laps[0][1])
    ms = {name: 1000 * statistics.median(spent[name] for _, spent in laps) / len(rows) for name in names}
    times = {
        name: statistics.median(spent["ours"] / spent[name] for _, spent in laps) for name in ("lxml", "trafilatura")
    }
    read = {"trafilatura": results["trafilatura"]}
    if not options.no_newspaper and (other := newspaper()) is not None:
        read["newspaper4k"], seconds = timed(lambda: [other(page) for page in pages])
        ms["newspaper4k"] = 1000 * seconds / len(rows)
        times["newspaper4k"] = ms["ours"] / ms["newspaper4k"]
    elif not options.no_newspaper:
        print("newspaper4k is not installed: pip install -c requirements.lock -e '.[bench]'")
    measured = score(predictions, rows, folder)
    peers = {
        name: score([{"page": row["page"], **one} for row, one in zip(rows, found, strict=True)], rows, folder)
        for name, found in read.items()
    }
    for name in ("ours", *peers, "lxml"):
        told = measured if name == "ours" else peers.get(name, {})
        values = " ".join(f"{measure} {told[measure]:.3f}" for measure in MEASURES if measure in told)
        ratio = f"  ours takes {times[name]:.2f} times as long" if name in times else ""
        print(f"{name:12s} {values:74s} {ms[name]:6.1f} ms{ratio}")
    measured |= {
        "refused": sum("refused" in line for line in predictions),
        "ms": round(ms.pop("ours"), 1),
        **{f"{name}_ms": round(value, 1) for name, value in ms.items()},
        **{f"times_{name}": round(value, 3) for name, value in times.items()},
        "peers": {name: {measure: told[measure] for measure in MEASURES} for name, told in peers.items()},
    }
    if options.predictions is not None:
        options.predictions.write_text("".join(json.dumps(line) + "\n" for line in predictions), encoding="utf-8")
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
