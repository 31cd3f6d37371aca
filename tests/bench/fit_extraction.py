"""Fits the choice among unlike readings of a page to the labelled pages, and says how it transfers.

usage: fit_extraction.py [--shared FOLDER] [--write]

Both development sets (gold/extraction and gold/extraction2) are read; pages of one site stay together in one of ten
folds. Printed are F1, macro F1 and bad pages per set by cross-validation, for the first reading alone, the choice, and
the best reading of each page; `worst` is the lowest macro F1 of a fold. `--write` fits on all pages and replaces
reading_weights.json. Deterministic: pages in the order of their names, sums in the order of pages, no randomness.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from math import sqrt
from pathlib import Path
from typing import Any

import reference

from monitor.extraction import body as package
from monitor.extraction.body.choose_reading import (
    AGREED,
    NAMES,
    Weights,
    choose_reading,
    compare_readings,
    measure_readings,
)
from monitor.extraction.body.clutter import prune_clutter
from monitor.extraction.body.readings import (
    read_fast,
    read_paragraphs,
    read_readability,
    read_resiliparse,
    write_markup,
)
from monitor.extraction.html_tree import parse_page_tree
from monitor.model.page import Page

SETS = ("extraction", "extraction2")
FOLDS = 10
RIDGE = 3.0  # per hundred readings; .3 to 30 differ by .003 at most
SEEN = datetime(2026, 11, 1, tzinfo=UTC)
WEIGHTS = Path(str(package.__file__)).with_name("reading_weights.json")
_SHINGLE = 4

Overlap = tuple[int, int, int]  # right, too much, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled page: where it is from, its readings, and how right each is."""

    set: str
    site: str
    texts: Mapping[str, str]
    overlaps: Mapping[str, Overlap]
    open: bool  # the first two readings do not agree
    features: list[list[float]]

    @property
    def fold(self) -> int:
        return int(md5(self.site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Four-word shingles as score.py counts them."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    places = range(max(1, len(words) - _SHINGLE + 1)) if words else range(0)
    return Counter(tuple(words[place : place + _SHINGLE]) for place in places)


def references(row: Mapping[str, Any]) -> list[Counter[tuple[str, ...]]]:
    """The texts that count as right: with and without what the label puts in square brackets."""
    if not row.get("body"):
        return [shingles(row["text"])]
    bare = [part[1:-1] if part.startswith("[") and part.endswith("]") else part for part in row["body"]]
    sure = [part for part in row["body"] if not (part.startswith("[") and part.endswith("]"))]
    return [shingles("\n".join(bare)), shingles("\n".join(sure))]


def f1(overlap: Overlap) -> float:
    right, much, missing = overlap
    return 2 * right / (2 * right + much + missing) if right else 0.0


def overlap_of(text: str, wanted: Sequence[Counter[tuple[str, ...]]]) -> Overlap:
    found = shingles(text)
    overlaps = []
    for one in wanted:
        right = sum((one & found).values())
        overlaps.append((right, sum(found.values()) - right, sum(one.values()) - right))
    return max(overlaps, key=f1)


def examples(shared: Path) -> list[Example]:
    """Every labelled page that has a tree, in the order of sets and names."""
    found = []
    for name in SETS:
        folder = shared / "gold" / name
        rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
        for row in sorted(rows, key=lambda row: str(row["page"])):
            page = Page(
                url=row["url"],
                final_url=row["url"],
                status=200,
                headers={"content-type": "text/html"},
                body=gzip.decompress((folder / "pages" / row["page"]).read_bytes()),
                fetched_at=SEEN,
            )
            tree = parse_page_tree(page)
            if tree is None:
                continue
            body = copy(tree)
            prune_clutter(body, page.url)
            texts = {
                "trafilatura": read_fast(body),
                "paragraphs": read_paragraphs(body),
                "readability": read_readability(body),
                "resiliparse": read_resiliparse(write_markup(body)),
            }
            wanted = references(row)
            found.append(
                Example(
                    set=name,
                    site=row["site"],
                    texts=texts,
                    overlaps={name: overlap_of(text, wanted) for name, text in texts.items()},
                    open=compare_readings(texts[NAMES[0]], texts[NAMES[1]]) < AGREED,
                    features=measure_readings(texts),
                )
            )
    return found


def fit(pages: Sequence[Example]) -> Weights:
    """The ridge over all readings of these pages on which the first two do not agree."""
    rows = [features for page in pages if page.open for features in page.features]
    wanted = [f1(page.overlaps[name]) for page in pages if page.open for name in NAMES]
    count, width = len(rows), len(rows[0])
    means = [sum(row[place] for row in rows) / count for place in range(width)]
    spreads = [sqrt(sum((row[place] - means[place]) ** 2 for row in rows) / count) + 1e-9 for place in range(width)]
    base = sum(wanted) / count
    scaled = [[(row[place] - means[place]) / spreads[place] for place in range(width)] for row in rows]
    matrix = [[sum(row[one] * row[other] for row in scaled) for other in range(width)] for one in range(width)]
    for place in range(width):
        matrix[place][place] += RIDGE * count / 100
    right = [
        sum(row[place] * (value - base) for row, value in zip(scaled, wanted, strict=True)) for place in range(width)
    ]
    return Weights(
        means=tuple(round(mean, 6) for mean in means),
        spreads=tuple(round(spread, 9) for spread in spreads),
        coefficients=tuple(round(value, 6) for value in solve(matrix, right)),
        base=round(base, 6),
    )


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a symmetric positive definite system, by elimination."""
    size = len(right)
    rows = [[*matrix[place], right[place]] for place in range(size)]
    for pivot in range(size):
        for below in range(pivot + 1, size):
            factor = rows[below][pivot] / rows[pivot][pivot]
            for place in range(pivot, size + 1):
                rows[below][place] -= factor * rows[pivot][place]
    found = [0.0] * size
    for pivot in reversed(range(size)):
        known = sum(rows[pivot][place] * found[place] for place in range(pivot + 1, size))
        found[pivot] = (rows[pivot][size] - known) / rows[pivot][pivot]
    return found


def summary(pairs: Sequence[tuple[Example, Overlap]]) -> dict[str, Any]:
    """F1, macro F1 and share of bad pages per set, and the lowest macro F1 of a fold."""
    found: dict[str, Any] = {}
    for name in SETS:
        overlaps = [overlap for page, overlap in pairs if page.set == name]
        total = (sum(o[0] for o in overlaps), sum(o[1] for o in overlaps), sum(o[2] for o in overlaps))
        each = [f1(overlap) for overlap in overlaps]
        bad = sum(value < 0.5 for value in each) / len(each)
        found[name] = {"f1": round(f1(total), 4), "macro": round(sum(each) / len(each), 4), "bad": round(bad, 4)}
    folds = [[f1(overlap) for page, overlap in pairs if page.fold == fold] for fold in range(FOLDS)]
    found["worst"] = round(min(sum(fold) / len(fold) for fold in folds), 4)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reference.option(parser)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    pages = examples(reference.folder(parser, options, "gold").parent)
    fitted = {fold: fit([page for page in pages if page.fold != fold]) for fold in range(FOLDS)}
    chosen = []
    for page in pages:
        name = choose_reading(page.texts, fitted[page.fold]) if page.open else NAMES[0]
        chosen.append((page, page.overlaps[name]))
    measured = {
        "first": summary([(page, page.overlaps[NAMES[0]]) for page in pages]),
        "choice": summary(chosen),
        "best": summary([(page, max(page.overlaps.values(), key=f1)) for page in pages]),
        "pages": len(pages),
        "open": sum(page.open for page in pages),
    }
    for name, value in measured.items():
        print(f"{name:8} {value}")
    if options.write:
        weights = fit(pages)
        fields = {
            "means": weights.means,
            "spreads": weights.spreads,
            "coefficients": weights.coefficients,
            "base": weights.base,
        }
        WEIGHTS.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
