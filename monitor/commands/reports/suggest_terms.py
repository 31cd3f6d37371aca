"""`seedwatch topics suggest`: what has come up beside a topic, and what adding it would change; it judges only.

Every piece is judged anew by the topic as it is, as in a back-test; what a proposal adds are pieces that say it and
do not match now.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from monitor.errors import SeedwatchError
from monitor.pipeline.archive.archive_judge import ArchiveJudge
from monitor.storage import Store
from monitor.storage.articles.archive import ArchivedPiece
from monitor.text.words.tokens import split_tokens
from monitor.topics.learning.emerging_terms import (
    MATCHED,
    ArchivePiece,
    EmergingTerm,
    classify_match,
    report_emerging_terms,
)
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import Profile
from monitor.topics.topic import Topic
from monitor.topics.user_edits import apply_user_edits

NEWEST = 20_000  # pieces looked at: two months of a large outlet, judged in half a minute
DAYS = 30
_FURTHER = 6  # times as far back, where too few pieces matched
_EXAMPLES = 3


def suggest_terms(
    store: Store, judge: ArchiveJudge, topic: Topic, now: datetime, *, days: int = DAYS, newest: int = NEWEST
) -> dict[str, Any]:
    """The terms that rose in the last `days` days of the archive, each with examples and what adding it would add.

    Copies are left out, as they repeat what one outlet wrote; `read` counts them, and `stored` what older pieces there
    are beside. What the usual days show is kept for the topic's page.
    Raises SeedwatchError for a topic of rules only.
    """
    profile = topic.profile
    if profile is None:
        raise SeedwatchError(f"topic {topic.name} has no profile, only rules: there is no vocabulary to compare with")
    archived: dict[str, ArchivedPiece] = {}
    pieces: dict[str, ArchivePiece] = {}
    stored = store.archive.count_pieces()
    read = min(stored, newest)
    originals = (found for found in store.archive.pieces(topic.name, newest) if not found.copy)
    for found, (verdict,) in judge.judge(originals, (topic,), read):
        name = str(found.id).zfill(12)  # in text order, the later stored the later
        archived[name] = found
        pieces[name] = ArchivePiece(
            name=name,
            day=found.day,
            title=found.article.title,
            lead=found.article.lead,
            text=found.article.text,
            standing=classify_match(verdict, profile),
        )
    report = report_emerging_terms(tuple(pieces.values()), profile, days=days)
    if days == DAYS:
        with store.write():
            store.topics.keep_suggestions(topic.name, report, now)
    count = len({piece.day for piece in pieces.values()})
    return {
        "topic": topic.name,
        "articles": len(pieces),
        "read": read,
        "stored": stored,
        "days": count,
        "since": report.since,
        "until": report.until,
        "matched": report.matched,
        "named": report.named,
        "reason": report.reason,
        "further": suggest_further(topic.name, days),
        "rising": [
            {
                **asdict(term),
                "pieces": [_example(archived[name]) for name in term.pieces[:_EXAMPLES]],
                "adds": _adds(judge, _with(topic, profile, term), archived, _say(pieces, term), count),
            }
            for term in report.terms
        ],
        "together": _adds(judge, _with(topic, profile, *report.terms), archived, _say(pieces, *report.terms), count),
    }


def suggest_further(topic: str, days: int = DAYS) -> str:
    """The command that looks for terms further back, where too few pieces of `days` days matched."""
    return shlex.join(["seedwatch", "topics", "suggest", topic, "--days", str(_FURTHER * days)])


def _with(topic: Topic, profile: Profile, *found: EmergingTerm) -> Topic:
    """The topic with these terms added to its profile by its owner."""
    add = (*profile.wishes.add, *((term.term, term.weight) for term in found))
    wished = replace(profile, wishes=replace(profile.wishes, add=add))
    return replace(topic, profile=apply_user_edits(wished, wished))


def _say(pieces: Mapping[str, ArchivePiece], *found: EmergingTerm) -> list[ArchivePiece]:
    """The pieces that do not match and say one of these terms."""
    table = Phrases([(term.term, term.term) for term in found])
    return [
        piece
        for piece in pieces.values()
        if piece.standing != MATCHED
        and any(table.find(part, split_tokens(part)) for part in (piece.title, piece.lead or "", piece.text))
    ]


def _adds(
    judge: ArchiveJudge,
    topic: Topic,
    archived: Mapping[str, ArchivedPiece],
    asked: list[ArchivePiece],
    days: int,
) -> dict[str, Any]:
    """What a topic would match of pieces that do not match now, newest first."""
    judged = judge.judge((archived[piece.name] for piece in asked), (topic,), len(asked))
    gained = [piece for piece, (verdict,) in judged if verdict.matched]
    gained.sort(key=lambda piece: (piece.day, piece.id), reverse=True)
    return {
        "matched": len(gained),
        "alerts_per_day": round(len(gained) / days, 2) if days else 0.0,
        "pieces": [_example(piece) for piece in gained[:_EXAMPLES]],
    }


def _example(piece: ArchivedPiece) -> dict[str, Any]:
    return {"article": piece.id, "url": piece.article.url, "title": piece.article.title, "day": piece.day}
