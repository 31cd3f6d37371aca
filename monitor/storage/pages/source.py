"""What the page of a source reads beside what `seedwatch explain SOURCE` tells: polls, samples, links, lessons."""

from __future__ import annotations

import json
from typing import Any

from monitor.storage import Store

_SAMPLES = 12
_POLLS = 40
_LINKS = 20


def list_extraction_samples(store: Store, source: str) -> list[dict[str, Any]]:
    """The pieces stored last from a source: what was read, how long, and which carrier gave headline, date and text."""
    rows = store.db.execute(
        "SELECT id, title, url, stored_at, published_at, published_precision, published_from, words, language, rungs "
        "FROM articles WHERE source = ? ORDER BY stored_at DESC LIMIT ?",
        (source, _SAMPLES),
    )
    return [dict(row) | {"rungs": json.loads(row["rungs"])} for row in rows]


def list_polls(store: Store, source: str) -> list[dict[str, Any]]:
    """The latest rounds of a source, newest first."""
    rows = store.db.execute(
        "SELECT started_at, finished_at, outcome, requests, seen, new_links, stored, reason FROM polls "
        "WHERE source = ? ORDER BY started_at DESC LIMIT ?",
        (source, _POLLS),
    )
    return [dict(row) for row in rows]


def list_recent_links(store: Store, source: str) -> list[dict[str, Any]]:
    """The links a source announced last and what became of each."""
    rows = store.db.execute(
        "SELECT first_seen_at, url, title, state, outcome, reason, article_id FROM links WHERE source = ? "
        "ORDER BY first_seen_at DESC LIMIT ?",
        (source, _LINKS),
    )
    return [dict(row) for row in rows]


def read_lessons(store: Store, source: str) -> dict[str, Any] | None:
    """How well the templates of a source hold; None before any was learned."""
    row = store.db.execute(
        "SELECT samples, held, doubted, recent, doubt, doubted_at FROM lessons WHERE source = ?", (source,)
    ).fetchone()
    return None if row is None else dict(row)
