"""Measures extraction on the labelled pages: accuracy, and CPU time against two floors of the same run.

usage: extract.py [--pages N] [--shared FOLDER]   N pages, evenly spread (all by default)

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
from pathlib import Path
from typing import Any

from lxml import html
from trafilatura import bare_extraction

from monitor.core.extract import extract
from monitor.model import Article, Page, Rejection

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


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--shared", type=Path, default=os.environ.get("SEEDWATCH_SHARED"))
    options = parser.parse_args()
    shared = Path(options.shared or Path(__file__).resolve().parents[3] / "shared")
    folder = shared / "gold" / "extraction"
    rows = subset(folder, options.pages)
    predictions = []
    spent = {"ours": 0.0, "lxml": 0.0, "trafilatura": 0.0}
    extract(page_of(rows[0], folder))  # imports, compiled expressions
    for row in rows:
        page = page_of(row, folder)
        spent["lxml"] += timed(lambda page=page: html.fromstring(page.body))  # type: ignore[misc]
        spent["trafilatura"] += timed(lambda page=page: bare_extraction(page.body, with_metadata=True))  # type: ignore[misc]
        spent["ours"] += timed(lambda page=page, row=row: predictions.append(predict(row, extract(page))))  # type: ignore[misc]
    refused = [line["page"] + ": " + line["refused"] for line in predictions if "refused" in line]
    for line in refused:
        print(line)
    milliseconds = {name: 1000 * seconds / len(rows) for name, seconds in spent.items()}
    result = score(predictions, rows, folder) | {
        "refused": len(refused),
        "ms": round(milliseconds["ours"], 1),
        "lxml_ms": round(milliseconds["lxml"], 1),
        "trafilatura_ms": round(milliseconds["trafilatura"], 1),
        "times_lxml": round(milliseconds["ours"] / milliseconds["lxml"], 2),
        "times_trafilatura": round(milliseconds["ours"] / milliseconds["trafilatura"], 2),
    }
    if path := os.environ.get("SEEDWATCH_PREDICTIONS"):
        Path(path).write_text("".join(json.dumps(line) + "\n" for line in predictions), encoding="utf-8")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
