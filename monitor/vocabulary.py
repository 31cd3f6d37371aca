"""`seedwatch topics suggest`: what has come up beside a topic, and what adding it would change; it only reads.

Every piece is judged anew by the topic as it is, as in a back-test; what a proposal adds are pieces that say it and
do not match now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from monitor.backtest import article
from monitor.core.phrases import Phrases
from monitor.core.profile import Profile
from monitor.core.rising import MATCHED, OTHER, Piece, Rising, rising, standing
from monitor.core.tokens import tokens
from monitor.core.topic import Topic, verdicts
from monitor.core.wishes import obey
from monitor.errors import SeedwatchError
from monitor.store import Store
from monitor.store.connection import Row

NEWEST = 20_000  # pieces looked at: two months of a large outlet, judged in half a minute
DAYS = 30
_EXAMPLES = 3


def suggest(store: Store, topic: Topic, *, days: int = DAYS, newest: int = NEWEST) -> dict[str, Any]:
    """The terms that rose in the last `days` days of the archive, each with examples and what adding it would add.

    Copies are left out, as they repeat what one outlet wrote. Raises SeedwatchError for a topic of rules only.
    """
    profile = topic.profile
    if profile is None:
        raise SeedwatchError(f"topic {topic.name} has no profile, only rules: there is no vocabulary to compare with")
    rows: dict[str, Row] = {}
    pieces: dict[str, Piece] = {}
    for row in store.archive.pieces(topic.name, newest):
        if not row["copy"]:
            (verdict,) = verdicts(article(row), row["source"], (topic,))
            name = str(row["id"]).zfill(12)  # in text order, the later stored the later
            rows[name] = row
            pieces[name] = Piece(
                name=name,
                day=row["day"],
                title=row["title"],
                lead=row["lead"],
                text=row["text"],
                standing=standing(verdict, profile),
            )
    until = max((piece.day for piece in pieces.values()), default=None)
    since = "" if until is None else str(date.fromisoformat(until) - timedelta(days=days - 1))
    found = rising(tuple(pieces.values()), profile, since=since)
    count = len({piece.day for piece in pieces.values()})
    return {
        "topic": topic.name,
        "articles": len(pieces),
        "days": count,
        "since": since or None,
        "until": until,
        "matched": sum(piece.standing == MATCHED and piece.day >= since for piece in pieces.values()),
        "named": sum(piece.standing not in (MATCHED, OTHER) and piece.day >= since for piece in pieces.values()),
        "rising": [
            {
                **asdict(term),
                "pieces": [_example(rows[name]) for name in term.pieces[:_EXAMPLES]],
                "adds": _adds(_with(topic, profile, term), rows, _say(pieces, term), count),
            }
            for term in found
        ],
        "together": _adds(_with(topic, profile, *found), rows, _say(pieces, *found), count),
    }


def _with(topic: Topic, profile: Profile, *found: Rising) -> Topic:
    """The topic with these terms added to its profile by its owner."""
    add = (*profile.wishes.add, *((term.term, term.weight) for term in found))
    wished = replace(profile, wishes=replace(profile.wishes, add=add))
    return replace(topic, profile=obey(wished, wished))


def _say(pieces: Mapping[str, Piece], *found: Rising) -> list[Piece]:
    """The pieces that do not match and say one of these terms."""
    table = Phrases([(term.term, term.term) for term in found])
    return [
        piece
        for piece in pieces.values()
        if piece.standing != MATCHED
        and any(table.find(part, tokens(part)) for part in (piece.title, piece.lead or "", piece.text))
    ]


def _adds(topic: Topic, rows: Mapping[str, Row], asked: list[Piece], days: int) -> dict[str, Any]:
    """What a topic would match of pieces that do not match now, newest first."""
    gained = [
        piece for piece in asked if verdicts(article(rows[piece.name]), rows[piece.name]["source"], (topic,))[0].matched
    ]
    gained.sort(key=lambda piece: (piece.day, piece.name), reverse=True)
    return {
        "matched": len(gained),
        "alerts_per_day": round(len(gained) / days, 2) if days else 0.0,
        "pieces": [_example(rows[piece.name]) for piece in gained[:_EXAMPLES]],
    }


def _example(row: Row) -> dict[str, Any]:
    return {"article": row["id"], "url": row["url"], "title": row["title"], "day": row["day"]}
