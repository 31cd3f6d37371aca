"""Measures extraction as users run it: `seedwatch backfill --nl --full` on the labelled sets, scored by their score.py.

usage: extract_sets.py [--shared FOLDER] [--sets NAME …]

Pages that are refused or that fail count as empty. Beside score.py's own figures stand `title_shown` – the label or an
h1 that the page shows, since the labels of these sets are often the title written for sharing – and `outcomes`.
The last line is one JSON object, a set each.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import reference
from lxml import html

SETS = ("extraction", "extraction2")


def backfill_set(folder: Path, scratch: Path) -> list[dict[str, Any]]:
    """What `backfill --nl --full` prints of each labelled page of `folder`, in the order of the labels."""
    pages = scratch / "pages"
    shutil.copytree(folder / "pages", pages)
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    index = "".join(json.dumps({"page": row["page"], "url": row["url"]}) + "\n" for row in rows)
    (pages / "index.jsonl").write_text(index, encoding="utf-8")
    config = scratch / "config.toml"
    config.write_text("", encoding="utf-8")
    command = [sys.executable, "-c", "from monitor.commands.cli import main; main()", "--config", str(config)]
    done = subprocess.run(
        [*command, "backfill", str(pages), "--nl", "--full", "--db", str(scratch / "backfill.db")],
        cwd=scratch,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def measure_set(folder: Path) -> dict[str, Any]:
    """score.py's figures of one set, with `title_shown` and the outcomes."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        lines = backfill_set(folder, scratch)
        predictions = scratch / "predictions.jsonl"
        fields = [
            {"page": line["page"], "text": line["text"], "title": line["title"], "date": line["published_at"]}
            for line in lines
        ]
        predictions.write_text("".join(json.dumps(row) + "\n" for row in fields), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(folder / "score.py"), str(predictions)], check=True, capture_output=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout)
    found["title_shown"] = share_of_shown_titles(folder, {line["page"]: line["title"] for line in lines})
    found["outcomes"] = dict(Counter(line["outcome"] for line in lines))
    return found


def share_of_shown_titles(folder: Path, titles: dict[str, str | None]) -> float:
    """The share of labelled titles that are the label or an h1 of the page, compared as score.py compares."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    labelled = [row for row in rows if row.get("title")]
    right = 0
    for row in labelled:
        got = _words(titles.get(row["page"]))
        if got == _words(row["title"]):
            right += 1
        elif got:
            tree = html.fromstring(gzip.decompress((folder / "pages" / row["page"]).read_bytes()))
            right += any(got == _words(heading.text_content()) for heading in tree.iter("h1"))
    return round(right / max(1, len(labelled)), 4)


def _words(text: str | None) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text or "").lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reference.option(parser)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    options = parser.parse_args()
    measured = {name: measure_set(reference.folder(parser, options, "gold", name)) for name in options.sets}
    for name, figures in measured.items():
        print(f"{name:12} {figures}")
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
