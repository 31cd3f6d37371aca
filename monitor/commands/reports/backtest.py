"""`seedwatch backtest`: what a profile, threshold or rule would have matched over the archive; it only reads.

Both sides are judged anew from the stored texts, since the verdicts in the database come from whatever profile was
loaded at the time. An alert a day is a matched piece that is no copy: copies stay quiet (per = "story").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.errors import SeedError, SeedwatchError
from monitor.model.topic import NEAR, VERDICTS, Match
from monitor.pipeline.archive.archive_judge import ArchiveJudge
from monitor.storage import Store
from monitor.storage.articles.archive import ArchivedPiece
from monitor.topics.profile import Profile
from monitor.topics.profile_toml import parse_profile
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic

# Where a person would try the slider; the proposed threshold joins them.
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NEWEST = 100_000  # pieces that a back-test reads: some months of a hundred outlets, minutes of judging
OUTLOOK = 2_000  # pieces that tell what to expect: a week of a large outlet, judged in two or three seconds
_LOOKED_AT, _MATCHES = 500, 6  # matching pieces of which the strongest are shown
_REASONS = 3  # pieces of evidence an example shows, and headlines of a subject that comes near
_SUBJECTS = 3  # that come near


def propose_topic(present: Topic, *, threshold: float | None, profile: Path | None, rules: Sequence[str]) -> Topic:
    """`present` with another threshold, the profile of another file, further rules.

    Another profile brings its own threshold, where none is given. Raises SeedError for a file that is no profile,
    SeedwatchError for what is no query or cannot have a threshold.
    """
    learned = present.profile if profile is None else _read(profile)
    if threshold is not None:
        if learned is None:
            raise SeedwatchError(f"topic {present.name} has no profile, only rules: a threshold changes nothing")
        learned = replace(learned, threshold=threshold)
    try:
        more = tuple(parse_rule(f"proposed {number}", query) for number, query in enumerate(rules, 1))
    except ValueError as error:
        raise SeedwatchError(f"--rule: {error}") from None
    return Topic(name=present.name, profile=learned, rules=(*present.rules, *more))


def _read(path: Path) -> Profile:
    try:
        return parse_profile(path.read_text("utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: cannot be read: {error}") from error


@dataclass(slots=True)
class _Day:
    articles: int = 0
    present: int = 0
    proposed: int = 0
    gained: int = 0
    lost: int = 0
    kept: int = 0


@dataclass(slots=True)
class _Tally:
    """What has been counted so far."""

    examples: int
    days: dict[str, _Day] = field(default_factory=dict)
    alerts: Counter[str] = field(default_factory=Counter)
    marks: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"gained": [], "lost": [], "kept": []})
    matched_at: Counter[float] = field(default_factory=Counter)
    alerts_at: Counter[float] = field(default_factory=Counter)
    near: list[tuple[str, Match]] = field(default_factory=list)  # headlines of what stays below, if not far

    def count(self, piece: ArchivedPiece, before: Match, after: Match, thresholds: Iterable[float]) -> None:
        day = self.days.setdefault(piece.day, _Day())
        day.articles += 1
        day.present += before.matched
        day.proposed += after.matched
        self.alerts["present"] += before.matched and not piece.copy
        self.alerts["proposed"] += after.matched and not piece.copy
        if piece.mark is not None:
            self.marks["present", piece.mark] += before.matched
            self.marks["proposed", piece.mark] += after.matched
        for threshold in thresholds:
            if after.score >= threshold:
                self.matched_at[threshold] += 1
                self.alerts_at[threshold] += not piece.copy
        if not after.matched and after.score >= NEAR * after.threshold:
            self.near.append((piece.article.title, after))
        if not before.matched and not after.matched:
            return
        change = "kept" if before.matched and after.matched else "gained" if after.matched else "lost"
        setattr(day, change, getattr(day, change) + 1)
        if len(self.shown[change]) < self.examples:
            self.shown[change].append(_example(piece, before, after))


def _example(piece: ArchivedPiece, before: Match, after: Match) -> dict[str, Any]:
    said = after if after.matched else before
    return {
        "article": piece.id,
        "url": piece.article.url,
        "title": piece.article.title,
        "day": piece.day,
        "present": before.score,
        "proposed": after.score,
        "because": list(dict.fromkeys(evidence.term for evidence in said.evidence))[:_REASONS],
        "missing": list(after.missing),
    }


def backtest_topic(
    store: Store, judge: ArchiveJudge, present: Topic, wanted: Topic, *, examples: int = 10, newest: int = NEWEST
) -> dict[str, Any]:
    """Judge stored articles by both sides: totals, the days with matches, examples, and the trade-off.

    `marked` counts what each side matches of the pieces that a person marked relevant and irrelevant.
    `examples` is how many pieces each of gained, lost and kept shows at most; `newest` leaves older pieces alone,
    `stored` says how many there are.
    """
    thresholds = sorted({*THRESHOLDS, wanted.threshold})
    tally = _Tally(examples)
    topics, stored = (present,) if wanted == present else (present, wanted), store.archive.count_pieces()
    pieces = store.archive.pieces(present.name, newest)
    for piece, verdicts in judge.judge(pieces, topics, min(stored, newest)):
        tally.count(piece, verdicts[0], verdicts[-1], thresholds)
    return {**_document(tally, present, wanted, thresholds), "stored": stored}


def forecast_thresholds(store: Store, judge: ArchiveJudge, topic: Topic, newest: int = OUTLOOK) -> dict[str, Any]:
    """What each threshold would have sent of the `newest` stored pieces: pieces, days, and a row per threshold.

    `matches` are some of the pieces that match as it is, the strongest first.
    """
    found = backtest_topic(store, judge, topic, topic, examples=_LOOKED_AT, newest=newest)
    kept = ("articles", "stored", "days", "thresholds", "closest")
    matches = sorted(found["examples"]["kept"], key=lambda piece: (-piece["proposed"], -piece["article"]))
    return {"threshold": topic.threshold, **{name: found[name] for name in kept}, "matches": matches[:_MATCHES]}


def _document(tally: _Tally, present: Topic, wanted: Topic, thresholds: Sequence[float]) -> dict[str, Any]:
    days = len(tally.days)

    def a_day(count: int) -> float:
        return round(count / days, 2) if days else 0.0

    def side(topic: Topic, name: str) -> dict[str, Any]:
        alerts = tally.alerts[name]
        return {
            "threshold": topic.threshold,
            "rules": [found.name for found in topic.rules],
            "matched": sum(getattr(day, name) for day in tally.days.values()),
            "alerts": alerts,
            "alerts_per_day": a_day(alerts),
            "marked": {verdict: tally.marks[name, verdict] for verdict in VERDICTS},
        }

    return {
        "topic": present.name,
        "articles": sum(day.articles for day in tally.days.values()),
        "days": days,
        "first_day": min(tally.days, default=None),
        "last_day": max(tally.days, default=None),
        "present": side(present, "present"),
        "proposed": side(wanted, "proposed"),
        **{name: sum(getattr(day, name) for day in tally.days.values()) for name in ("gained", "lost", "kept")},
        "per_day": [
            {
                "day": name,
                "articles": day.articles,
                "present": day.present,
                "proposed": day.proposed,
                "gained": day.gained,
                "lost": day.lost,
                "kept": day.kept,
            }
            for name, day in sorted(tally.days.items())
            if day.present or day.proposed
        ],
        "examples": tally.shown,
        "thresholds": [
            {
                "threshold": threshold,
                "matched": tally.matched_at[threshold],
                "alerts": tally.alerts_at[threshold],
                "alerts_per_day": a_day(tally.alerts_at[threshold]),
            }
            for threshold in thresholds
        ],
        "closest": _closest(tally.near),
    }


def _closest(near: Iterable[tuple[str, Match]]) -> list[dict[str, Any]]:
    """What comes near the topic, by the term that its pieces say loudest: of each such term some that stay below."""
    groups: dict[str, list[tuple[str, Match]]] = {}
    for title, match in near:
        if match.evidence:
            groups.setdefault(match.evidence[0].term, []).append((title, match))
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:_SUBJECTS]
    return [
        {
            "term": term,
            "pieces": len(found),
            "examples": [title for title, _ in sorted(found, key=lambda one: (-one[1].score, one[0]))[:_REASONS]],
            "missing": list(max(found, key=lambda one: one[1].score)[1].missing),
        }
        for term, found in ranked
    ]
