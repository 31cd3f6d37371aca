"""What the page of a topic reads: what it looks for, near misses, and what people said of its matches."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from monitor.storage import Store
from monitor.storage.connection import pack_list
from monitor.storage.timestamps import format_stamp

_TERMS = 60  # of each kind
_NEAR = 30
_NEAR_DAYS = 14


def read_topic(store: Store, name: str, now: datetime) -> dict[str, Any] | None:
    """A topic as it was loaded; None for one that never was."""
    row = store.db.execute("SELECT * FROM topics WHERE name = ?", (name,)).fetchone()
    if row is None:
        return None
    marked = next((one for one in store.marks.precision() if one["topic"] == name), None)
    near = list_near_misses(store, name, now)
    return {
        **dict(row),
        "looks_for": _terms(store, name),
        "suggested": read_suggestions(store, name),
        "near_misses": near,
        "lacked": Counter(_name_kind(reason) for piece in near for reason in piece["missing"]).most_common(12),
        "marks": marked,
        "problems": [
            {"kind": one.kind, "detail": one.detail, "cure": one.cure, "since": format_stamp(one.opened_at)}
            for one in store.problems.current()
            if one.subject == name and one.kind in ("topic", "quiet-topic")
        ],
    }


def _name_kind(reason: str) -> str:
    """A reason without the words that gave it, so that the same ones count together: "reads like sport"."""
    return reason.partition(":")[0] if reason.startswith("reads like ") else reason


def read_suggestions(store: Store, name: str) -> dict[str, Any] | None:
    """What has come up beside a topic, as it was looked for last; None where nobody has looked yet.

    Each term of `terms` has with it the numbers of pieces that say it, and the headlines of some of them.
    """
    row = store.db.execute("SELECT * FROM suggestions WHERE topic = ?", (name,)).fetchone()
    if row is None:
        return None
    found = []
    for term in json.loads(row["terms"]):
        pieces = store.db.execute(
            "SELECT id, title FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (pack_list(term["pieces"]),),
        )
        found.append({**term, "pieces": [dict(piece) for piece in pieces]})
    return {**dict(row), "terms": found}


def _terms(store: Store, name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"rule": [], "name": [], "word": [], "group": [], "together": []}
    for row in store.db.execute(
        "SELECT kind, term, weight, seeds FROM topic_terms WHERE topic = ? ORDER BY kind, weight DESC, term", (name,)
    ):
        kind = found.setdefault(row["kind"], [])
        if len(kind) < _TERMS:
            kind.append({"term": row["term"], "weight": row["weight"], "seeds": json.loads(row["seeds"])})
    return found


def list_near_misses(store: Store, name: str, now: datetime) -> list[dict[str, Any]]:
    """Pieces of the last two weeks with two thirds of the threshold or more and no match, the latest first."""
    rows = store.db.execute(
        "SELECT m.article_id AS id, m.score, m.threshold, m.missing, m.at, a.title, coalesce(s.title, a.source) AS "
        "outlet FROM matches AS m JOIN articles AS a ON a.id = m.article_id LEFT JOIN sources AS s "
        "ON s.name = a.source WHERE m.topic = ? AND m.matched = 0 AND m.score * 3 >= m.threshold * 2 "
        "AND m.at >= ? AND a.baseline = 0 ORDER BY m.at DESC LIMIT ?",
        (name, format_stamp(now - timedelta(days=_NEAR_DAYS)), _NEAR),
    )
    return [dict(row) | {"missing": json.loads(row["missing"])} for row in rows]
