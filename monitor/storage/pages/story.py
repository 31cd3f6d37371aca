"""What the page of a story reads; its counts are those of `seedwatch explain --story`."""

from __future__ import annotations

from typing import Any

from monitor.storage import Store

PIECES = 200


def read_story(store: Store, number: int) -> dict[str, Any] | None:
    """A story with its pieces, earliest first; the number of one that went into another leads to that one.

    A piece has `at`, the latest time it can have come out, and `precision`, which says whether only its day is known.
    """
    current = store.stories.resolve(number)
    found = store.lineage.story(current)
    if found is None:
        return None
    titles = dict(store.db.execute("SELECT name, title FROM sources").fetchall())
    pieces = [_piece(store, dict(row), titles) for row in store.lineage.pieces(current, PIECES)]
    reported = [piece for piece in pieces if not piece["baseline"]]
    return {
        "story": current,
        "asked": number,
        "title": found["title"],
        "articles": found["articles"],
        "outlets": found["outlets"],
        "independent_texts": found["texts"],
        "independent": store.lineage.standing(reported[-1]["id"]).independent if reported else 0,
        "pieces": pieces,
        "changes": [
            {name: row[name] for name in ("at", "kind", "story_id", "other_id", "article_id", "similarity", "articles")}
            for row in store.stories.changes(current)
        ],
    }


def _piece(store: Store, row: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    more = store.db.execute(
        "SELECT published_at, published_precision AS precision, first_seen_at, revision, baseline, words "
        "FROM articles WHERE id = ?",
        (row["id"],),
    ).fetchone()
    edits = store.db.execute(
        "SELECT seen_at FROM revisions WHERE article_id = ? AND number > 1 AND cause = 'outlet' "
        "ORDER BY number LIMIT 20",
        (row["id"],),
    ).fetchall()
    alerts = store.db.execute(
        "SELECT delivered_at FROM alerts WHERE article_id = ? AND state = 'delivered' ORDER BY delivered_at LIMIT 20",
        (row["id"],),
    ).fetchall()
    topics = store.db.execute(
        "SELECT topic FROM matches WHERE article_id = ? AND matched = 1 ORDER BY topic", (row["id"],)
    ).fetchall()
    return {
        **{name: row[name] for name in ("id", "url", "source", "title", "agency", "copy_of", "similarity", "at")},
        **dict(more),
        "baseline": bool(more["baseline"]),
        "outlet": titles.get(row["source"], row["source"]),
        "edits": [one["seen_at"] for one in edits],
        "alerts": [one["delivered_at"] for one in alerts],
        "topics": [one["topic"] for one in topics],
    }
