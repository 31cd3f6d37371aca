"""Chooses a topic's threshold on all groups of subjects but one and tries it on that one, for each in turn.

The threshold of a topic is a multiple of the tail of its archive's scores, within bounds (`learning/term_weights.py`).
Multiple and bounds are taken from a grid: those with the best mean of F1 over the subjects plus the worst precision or
recall of any, since both have floors.
Scores are made in process by what `learn` and `backfill` call, once; subjects told by a pair of countries are left out.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from hashlib import md5, sha256
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias

from monitor.topics.learning.archive_features import NEWEST, ArchiveFeatures
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.profile import Profile
from monitor.topics.shares.share_score import compile_share, measure_share
from monitor.topics.tokenized_text import tokenize_text

Document: TypeAlias = dict[str, Any]
Choice: TypeAlias = tuple[float, float, float]  # lowest threshold, multiple of the tail, highest threshold

SHIPPED: Choice = (0.45, 2.5, 0.7)
GRID = tuple(product((0.33, 0.40, 0.45, 0.50, 0.55), (2.0, 2.5, 3.0), (0.6, 0.7)))


@dataclass(frozen=True, slots=True)
class ScoredDraw:
    """The shares of one stream for one draw of seeds, with what is relevant, and the tail of the archive."""

    name: str
    group: str
    tail: float
    shares: tuple[tuple[float, bool], ...]

    def measure(self, choice: Choice) -> tuple[float, float, float]:
        """Precision, recall and F1 at the threshold that a choice gives."""
        lowest, times, highest = choice
        threshold = round(min(max(times * self.tail, lowest), highest), 2)
        matched = [relevant for share, relevant in self.shares if share >= threshold]
        right, relevant = sum(matched), sum(wanted for _, wanted in self.shares)
        precision, recall = right / max(1, len(matched)), right / max(1, relevant)
        return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def score_subjects(folder: Path, size: int, draws: int) -> list[ScoredDraw]:
    """Every draw of every subject that is told by words."""
    extra = {piece["id"]: piece for piece in _read(folder / "seeds-extra.jsonl.gz")}
    subjects = json.loads((folder / "topics.json").read_text("utf-8"))
    archives: dict[str, ArchiveFeatures] = {}
    found = []
    for stream in dict.fromkeys(subject["stream"] for subject in subjects):
        pieces = _read(folder / stream)
        for subject in (one for one in subjects if one["stream"] == stream):
            if subject["archive"] and subject["archive"] not in archives:
                archives[subject["archive"]] = _archive(_read(folder / subject["archive"])[-NEWEST:])
            for seeds in subject["draws"][:draws]:
                left_out = {*subject["grey"]} - {*subject["relevant"]} | {*seeds}
                kept = [piece for piece in pieces if piece["id"] not in left_out]
                archive = archives.get(subject["archive"])
                if archive is None:  # one half of the stream serves as it, as the scorer does
                    archive = _archive([piece for piece in kept if _first_half(piece["id"])])
                    kept = [piece for piece in kept if not _first_half(piece["id"])]
                known = {piece["id"]: piece for piece in pieces} | extra
                profile = learn_profile(
                    [_seed(number, known[id]) for number, id in enumerate(seeds[:size])], topic="t", archive=archive
                )
                if profile.calibration is not None:
                    found.append(_score(subject, profile, kept))
    return found


def _read(path: Path) -> list[Document]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def _archive(pieces: list[Document]) -> ArchiveFeatures:
    return ArchiveFeatures([(piece["title"], None, piece["text"]) for piece in pieces], "2026-01-01")


def _first_half(id: str) -> bool:
    return int(md5(id.encode()).hexdigest(), 16) % 2 == 0


def _seed(number: int, piece: Document) -> Seed:
    text = f"{piece['title'].strip()}\n\n{piece['text'].strip()}\n"
    seed = parse_seed(text, name=f"{number}.txt", digest=sha256(text.encode()).hexdigest())
    if seed is None:
        raise ValueError(f"{piece['id']} is no seed")
    return seed


def _score(subject: Document, profile: Profile, pieces: list[Document]) -> ScoredDraw:
    terms, relevant = compile_share(profile), {*subject["relevant"]}
    if terms is None or profile.calibration is None:
        raise ValueError(f"{subject['name']} is not told by words")
    shares = tuple(
        (
            measure_share(terms, tokenize_text(piece["title"], None, piece["text"]).features).share,
            piece["id"] in relevant,
        )
        for piece in pieces
    )
    return ScoredDraw(subject["name"], subject["group"], profile.calibration.tail, shares)


def average_choice(draws: list[ScoredDraw], choice: Choice) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of every subject, as means over its draws."""
    measured: dict[str, list[tuple[float, float, float]]] = {}
    for draw in draws:
        measured.setdefault(draw.name, []).append(draw.measure(choice))
    return {
        name: (mean(p for p, _, _ in m), mean(r for _, r, _ in m), mean(f for _, _, f in m))
        for name, m in measured.items()
    }


def choose(draws: list[ScoredDraw]) -> Choice:
    """The choice with the best mean of F1 plus the worst precision or recall of any subject.

    Of equal ones it is the nearest to what ships.
    """

    def worth(choice: Choice) -> tuple[float, float]:
        each = average_choice(draws, choice).values()
        far = sum(abs(one - other) for one, other in zip(choice, SHIPPED, strict=True))
        worst = min(min(precision, recall) for precision, recall, _ in each)
        return round(mean(f1 for _, _, f1 in each) + worst, 4), -far

    return max(GRID, key=worth)


def leave_groups_out(draws: list[ScoredDraw]) -> list[dict[str, Any]]:
    """For each group what the others choose, and what that gives on it, beside what ships."""
    found = []
    for group in dict.fromkeys(draw.group for draw in draws):
        chosen = choose([draw for draw in draws if draw.group != group])
        row: dict[str, Any] = {"group": group, "chosen": chosen}
        for side, choice in (("", chosen), ("shipped_", SHIPPED)):
            subjects = average_choice([draw for draw in draws if draw.group == group], choice)
            row |= {
                f"{side}p": round(mean(p for p, _, _ in subjects.values()), 3),
                f"{side}r": round(mean(r for _, r, _ in subjects.values()), 3),
                f"{side}least_p": round(min(p for p, _, _ in subjects.values()), 3),
            }
        found.append(row)
    return found


def print_folds(rows: list[dict[str, Any]]) -> None:
    """The folds as a table."""
    print(
        "| left out | chosen on the others: lowest, times, highest | precision | recall | least precision | shipped |"
    )
    print("|---|---|---|---|---|---|")
    for row in rows:
        chosen = ", ".join(f"{value:g}" for value in row["chosen"])
        shipped = f"{row['shipped_p']:.3f} {row['shipped_r']:.3f} {row['shipped_least_p']:.3f}"
        print(f"| {row['group']} | {chosen} | {row['p']:.3f} | {row['r']:.3f} | {row['least_p']:.3f} | {shipped} |")
