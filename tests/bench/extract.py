"""Measures extraction on the labelled pages: accuracy, and CPU time against two floors of the same run.

usage: extract.py [--pages N] [--shared FOLDER] [--predictions FILE]

N pages, evenly spread (all by default); FILE receives what was read, one object a line, in score.py's form.
The last line is one JSON object. `lxml_ms` is parsing the same bytes and nothing else, `trafilatura_ms` trafilatura
with its defaults and metadata; both run page by page beside ours, so that a noisy machine is noisy for all three.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lxml import html
from trafilatura import bare_extraction

from monitor.core.extract import extract
from monitor.model import Article, Page, Rejection

T = TypeVar("T")
SEEN = datetime(2026, 11, 1, tzinfo=UTC)  # after the youngest labelled page


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--shared", type=Path, default=os.environ.get("SEEDWATCH_SHARED"))
    parser.add_argument("--predictions", type=Path)
    options = parser.parse_args()
    shared = Path(options.shared or Path(__file__).resolve().parents[3] / "shared")
    folder = shared / "gold" / "extraction"
    rows = subset(folder, options.pages)
    predictions = []
    spent = {"ours": 0.0, "lxml": 0.0, "trafilatura": 0.0}
    extract(page_of(rows[0], folder))  # imports, compiled expressions
    for row in rows:
        page = page_of(row, folder)
        _, lxml = timed(partial(html.fromstring, page.body))
        _, peer = timed(partial(bare_extraction, page.body, with_metadata=True))
        result, ours = timed(partial(extract, page))
        predictions.append(predict(row, result))
        spent = {"ours": spent["ours"] + ours, "lxml": spent["lxml"] + lxml, "trafilatura": spent["trafilatura"] + peer}
    refused = [line["page"] + ": " + line["refused"] for line in predictions if "refused" in line]
    for line in refused:
        print(line)
    milliseconds = {name: 1000 * seconds / len(rows) for name, seconds in spent.items()}
    measured = score(predictions, rows, folder) | {
        "refused": len(refused),
        "ms": round(milliseconds["ours"], 1),
        "lxml_ms": round(milliseconds["lxml"], 1),
        "trafilatura_ms": round(milliseconds["trafilatura"], 1),
        "times_lxml": round(milliseconds["ours"] / milliseconds["lxml"], 2),
        "times_trafilatura": round(milliseconds["ours"] / milliseconds["trafilatura"], 2),
    }
    if options.predictions is not None:
        options.predictions.write_text("".join(json.dumps(line) + "\n" for line in predictions), encoding="utf-8")
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
