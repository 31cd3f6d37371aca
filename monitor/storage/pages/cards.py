"""Articles as cards: the latest matches and what a search found, newest first, in bounded steps."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor.storage.connection import Connection

OPEN, CLOSE = "\x02", "\x03"  # what full-text search puts around a hit
PAGE = 30  # cards a page
_LOOKED_AT = 3_000  # rows of the index that one page walks: a rare filter goes on with the link to older ones
_STEP = 300
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """What a list shows; None is no limit. `since` and `before` are stored times, `before` of a match or a piece."""

    topic: str | None = None
    source: str | None = None
    language: str | None = None
    since: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """Cards of one page, and where the next begins; None on the last."""

    cards: list[dict[str, Any]]
    next: str | None


def list_match_cards(db: Connection, wanted: CardFilter, size: int = PAGE) -> CardPage:
    """Pieces that a topic accepts, by the time of the match, newest first."""
    cards: dict[int, dict[str, Any]] = {}
    (at, number), looked = _split_cursor(wanted.before), 0
    while looked < _LOOKED_AT:
        if wanted.topic is None:
            rows = db.execute(
                "SELECT article_id, at FROM matches WHERE matched = 1 AND (at, article_id) < (?, ?) AND at >= ? "
                "ORDER BY at DESC, article_id DESC LIMIT ?",
                (at, number, wanted.since or "", _STEP),
            ).fetchall()
        else:
            rows = db.execute(
                "SELECT article_id, at FROM matches WHERE topic = ? AND matched = 1 AND (at, article_id) < (?, ?) "
                "AND at >= ? ORDER BY at DESC, article_id DESC LIMIT ?",
                (wanted.topic, at, number, wanted.since or "", _STEP),
            ).fetchall()
        kept = _filter_numbers(db, [row["article_id"] for row in rows], wanted)
        for row in rows:
            piece = row["article_id"]
            if piece in kept and piece not in cards and (card := read_card(db, piece, wanted)) is not None:
                if len(cards) == size:
                    return CardPage(cards=list(cards.values()), next=f"{at}~{number}")
                cards[piece] = {**card, "at": row["at"]}
            at, number = row["at"], piece
        looked += len(rows)
        if len(rows) < _STEP:
            return CardPage(cards=list(cards.values()), next=None)
    return CardPage(cards=list(cards.values()), next=f"{at}~{number}")


def _split_cursor(cursor: str | None) -> tuple[str, int]:
    """Where a page of matches begins: a time and the number of an article, the match before it."""
    at, _, number = (cursor or "").partition("~")
    return at or "9999", int(number) if number.isdecimal() and len(number) < 18 else 0


def search_cards(db: Connection, words: str, wanted: CardFilter, size: int = PAGE) -> CardPage:
    """Pieces with all the words, the latest stored first; "quoted words" stay together, a final * is any ending.

    `before` is an article's number here. Nothing is found for no words.
    """
    query = quote_query(words)
    if not query:
        return CardPage(cards=[], next=None)
    cursor = wanted.before or ""
    last = int(cursor) if cursor.isdecimal() and len(cursor) < 18 else 1 << 60
    (least,) = db.execute(
        "SELECT coalesce(min(id), 0) FROM (SELECT id FROM articles WHERE stored_at >= ? ORDER BY stored_at LIMIT 1)",
        (wanted.since or "",),
    ).fetchone()
    if wanted.since and not least:
        return CardPage(cards=[], next=None)
    found: list[dict[str, Any]] = []
    looked = 0
    while looked < _LOOKED_AT:
        numbers = [
            row[0]
            for row in db.execute(
                "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? AND rowid < ? AND rowid >= ? "
                "ORDER BY rowid DESC LIMIT ?",
                (query, last, least, _STEP),
            )
        ]
        kept = _filter_numbers(db, numbers, wanted)
        for number in numbers:
            if number in kept and (card := read_card(db, number, wanted)) is not None:
                if len(found) == size:
                    return CardPage(cards=_with_snippets(db, query, found), next=str(last))
                found.append({**card, "at": card["stored_at"]})
            last = number
        looked += len(numbers)
        if len(numbers) < _STEP:
            return CardPage(cards=_with_snippets(db, query, found), next=None)
    return CardPage(cards=_with_snippets(db, query, found), next=str(last))


def _filter_numbers(db: Connection, numbers: Sequence[int], wanted: CardFilter) -> set[int]:
    """Which of these articles a list shows: asked at once, for a card costs twenty times as much."""
    rows = db.execute(
        "SELECT a.id FROM json_each(:numbers) AS n JOIN articles AS a ON a.id = n.value WHERE a.baseline = 0 "
        "AND (:source IS NULL OR a.source = :source) AND (:language IS NULL OR a.language = :language) "
        "AND (:topic IS NULL OR EXISTS (SELECT 1 FROM matches AS m WHERE m.article_id = a.id AND m.topic = :topic "
        "AND m.matched = 1))",
        {
            "numbers": json.dumps(list(numbers)),
            "source": wanted.source,
            "language": wanted.language,
            "topic": wanted.topic,
        },
    )
    return {row["id"] for row in rows}


def quote_query(words: str) -> str:
    """What a person typed as an FTS5 query of quoted strings, all of which must stand in a piece."""
    parts = []
    for phrase, word in _QUOTED.findall(words[:500].replace("\x00", " ")):
        text = phrase or word.strip('"')
        star = "*" if word.endswith("*") else ""
        if any(letter.isalnum() for letter in text):
            parts.append('"' + text.rstrip("*").replace('"', '""') + '"' + star)
    return " ".join(parts[:20])


def _with_snippets(db: Connection, query: str, cards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for card in cards:
        row = db.execute(
            "SELECT snippet(articles_fts, 2, ?, ?, ' … ', 40) AS snippet, highlight(articles_fts, 0, ?, ?) AS title "
            "FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?",
            (OPEN, CLOSE, OPEN, CLOSE, query, card["id"]),
        ).fetchone()
        found.append({**card, "snippet": row["snippet"] if row else None, "title_hits": row["title"] if row else None})
    return found


def read_card(db: Connection, number: int, wanted: CardFilter) -> dict[str, Any] | None:
    """One piece with its verdicts; None for a seed and for what the filter leaves out."""
    row = db.execute(
        "SELECT a.id, a.title, a.lead, substr(a.text, 1, 420) AS opening, a.url, a.source, "
        "coalesce(s.title, a.source) AS outlet, a.language, a.dateline_place AS place, a.published_at, "
        "a.published_precision, a.first_seen_at, a.stored_at, a.copy_of, a.story_id, a.revision, a.baseline, "
        "a.identity, coalesce((SELECT max(r.seen_at) FROM revisions AS r WHERE r.article_id = a.id), a.stored_at) "
        "AS changed_at FROM articles AS a LEFT JOIN sources AS s ON s.name = a.source WHERE a.id = ?",
        (number,),
    ).fetchone()
    if row is None or row["baseline"]:
        return None
    if (wanted.source and row["source"] != wanted.source) or (wanted.language and row["language"] != wanted.language):
        return None
    verdicts = [
        {
            "topic": one["topic"],
            "score": one["score"],
            "matched": True,
            "evidence": json.loads(one["evidence"]) if one["revision"] == row["revision"] else [],
        }
        for one in db.execute(
            "SELECT topic, score, revision, evidence FROM matches WHERE article_id = ? AND matched = 1 ORDER BY topic",
            (number,),
        )
    ]
    if wanted.topic and wanted.topic not in {one["topic"] for one in verdicts}:
        return None
    marks = db.execute("SELECT topic, verdict FROM marks WHERE article_id = ? ORDER BY topic", (number,)).fetchall()
    return {**dict(row), "verdicts": verdicts, "marks": [dict(mark) for mark in marks]}


def list_languages(db: Connection) -> list[str]:
    """The languages of all pieces, seeds left out: the index is asked for the next one after each, not read."""
    return [
        row["language"]
        for row in db.execute(
            "WITH RECURSIVE known (language) AS (SELECT min(language) FROM articles WHERE baseline = 0 "
            "AND language IS NOT NULL UNION ALL SELECT (SELECT min(a.language) FROM articles AS a WHERE a.baseline = 0 "
            "AND a.language IS NOT NULL AND a.language > known.language) FROM known WHERE known.language IS NOT NULL) "
            "SELECT language FROM known WHERE language IS NOT NULL"
        )
    ]


def list_outlets(db: Connection) -> list[tuple[str, str]]:
    """(name, title) of every source, by title."""
    return [(row["name"], row["title"]) for row in db.execute("SELECT name, title FROM sources ORDER BY title")]
