"""Measures what `learn` and `backfill` make of a few seeds on subjects of strangers, beside TF-IDF and BM25.

usage: subjects.py [--draws N] [--size N] [--only PREFIX[,PREFIX…]] [--without-archive] [--rows FOLDER]
                   [--folds | --no-folds] [--shared FOLDER]

The scorer of the reference material runs this checkout's `seedwatch` in a folder of its own for every subject and draw
of seeds: the archive is backfilled, the seeds are learned, the stream is backfilled. Printed is a row for each group of
subjects: mean average precision of TF-IDF, BM25 and seedwatch, then precision and recall at its threshold. The last
line is one JSON object with the same figures and, over all subjects, the means and the least precision.

Before it stands how the threshold does that was chosen without a group on that group (`threshold_folds.py`), for each
group in turn; `--folds` prints that alone, `--no-folds` leaves it out.

A whole run takes more than an hour of one core. With `--rows` the rows of each subject are kept in FOLDER as soon as it
is done, and those that an earlier run kept there, of the same size and draws, are taken instead of running it again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

import reference
from threshold_folds import leave_groups_out, print_folds, score_subjects

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ("ap_tfidf", "ap_bm25", "ap", "p", "r")


def run_scorer(scorer: Path, options: argparse.Namespace, only: str) -> list[dict[str, Any]]:
    """The rows of the scorer, one for each subject whose name begins with `only` and each draw."""
    with tempfile.TemporaryDirectory() as folder:
        command = Path(folder) / "seedwatch"
        command.write_text(
            f'#!/bin/sh\nexport PYTHONPATH="{ROOT}"\n'
            f'exec "{sys.executable}" -c "from monitor.commands.cli import main; main()" "$@"\n'
        )
        command.chmod(0o700)
        out = Path(folder) / "rows.json"
        words = [sys.executable, str(scorer), "--seedwatch", str(command), "--json", str(out), "--only", only]
        words += ["--draws", str(options.draws), "--size", str(options.size)]
        words += [] if options.without_archive else ["--archive"]
        subprocess.run(words, check=True, stdout=sys.stderr)
        found: list[dict[str, Any]] = json.loads(out.read_text())
    return found


def list_subjects(scorer: Path, only: str) -> list[str]:
    """The subjects whose names begin with one of the prefixes in `only`, in the scorer's order."""
    topics = json.loads((scorer.parent / "topics.json").read_text())
    return [topic["name"] for topic in topics if topic["name"].startswith(tuple(only.split(",")))]


def run_subject(scorer: Path, options: argparse.Namespace, name: str) -> list[dict[str, Any]]:
    """The rows of one subject, from the folder of `--rows` where an earlier run kept them."""
    if options.rows is None:
        return run_scorer(scorer, options, name)
    archive = "without" if options.without_archive else "with"
    kept = Path(options.rows) / f"{name}-{options.size}-{options.draws}-{archive}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(run_scorer(scorer, options, name)))
    found: list[dict[str, Any]] = json.loads(kept.read_text())
    return found


def average_subjects(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The figures of every subject, as means over its draws."""
    names = dict.fromkeys(row["name"] for row in rows)
    return {
        name: {figure: mean(row[figure] for row in rows if row["name"] == name) for figure in FIGURES} for name in names
    }


def summarize(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means by group, over all subjects, and the subject of least precision."""
    subjects = average_subjects(rows)
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row["name"] not in groups.setdefault(row["group"], []):
            groups[row["group"]].append(row["name"])

    def over(names: list[str]) -> dict[str, float]:
        return {figure: round(mean(subjects[name][figure] for name in names), 3) for figure in FIGURES}

    worst = min(subjects, key=lambda name: subjects[name]["p"])
    return {
        "groups": {group: {"subjects": len(names), **over(names)} for group, names in groups.items()},
        "all": over(list(subjects)),
        "least_precision": {"subject": worst, "p": round(subjects[worst]["p"], 3)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--size", type=int, default=5, choices=(3, 5))
    parser.add_argument("--only", default="")
    parser.add_argument("--without-archive", action="store_true")
    parser.add_argument("--rows", help="folder in which the rows of each subject are kept and looked for")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--folds", action="store_true", help="only the thresholds chosen without each group")
    which.add_argument("--no-folds", action="store_true", help="only the table of the commands")
    reference.option(parser)
    options = parser.parse_args()
    scorer = reference.folder(parser, options, "gold", "subjects", "score.py")
    found: dict[str, Any] = {}
    if not options.folds:
        names = list_subjects(scorer, options.only)
        rows = [row for name in names for row in run_subject(scorer, options, name)]
        found = summarize(rows)
        print("| group (subjects) | TF-IDF | BM25 | seedwatch | precision | recall |\n|---|---|---|---|---|---|")
        for group, figures in found["groups"].items():
            cells = " | ".join(f"{figures[figure]:.3f}" for figure in FIGURES)
            print(f"| {group} ({figures['subjects']}) | {cells} |")
    if not options.no_folds:
        found["folds"] = leave_groups_out(score_subjects(scorer.parent, options.size, options.draws))
        print_folds(found["folds"])
    print(json.dumps({"bench": "subjects", "draws": options.draws, "size": options.size, **found}))


if __name__ == "__main__":
    main()
