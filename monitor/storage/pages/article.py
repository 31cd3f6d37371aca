"""What the page of one article reads: the piece, its verdicts, versions, alerts, story and the copies of its text."""

from __future__ import annotations

import json
from typing import Any

from monitor.storage import Store
from monitor.storage.alerts.forgotten_bodies import FORGOTTEN
from monitor.storage.timestamps import format_stamp

_ALERTS = 50
_VERSIONS = 200
_COPIES = 50
_STORY = 12  # pieces of the story shown beside an article; its own page has them all
_JSON = ("authors", "tags", "notes", "background", "conflicts", "rungs")


def read_article(store: Store, number: int) -> dict[str, Any] | None:
    """An article with everything that is told of it; None where there is none of that number."""
    row = store.db.execute(
        "SELECT a.*, coalesce(s.title, a.source) AS outlet FROM articles AS a LEFT JOIN sources AS s "
        "ON s.name = a.source WHERE a.id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    found = dict(row) | {name: json.loads(row[name]) for name in _JSON}
    del found["content_hash"]
    removal = store.removals.get(number)
    return found | {
        "removed": removal and {"at": format_stamp(removal.removed_at), "reason": removal.reason},
        "verdicts": _verdicts(store, number),
        "versions": list_versions(store, number),
        "departures": [dict(one) for one in store.revisits.departures(number)],
        "alerts": _alerts(store, number),
        "copies": _copies(store, number),
        "story": _story(store, number, row["story_id"]),
        "marks": [
            dict(one)
            for one in store.db.execute("SELECT topic, verdict, at FROM marks WHERE article_id = ?", (number,))
        ],
    }


def _verdicts(store: Store, number: int) -> list[dict[str, Any]]:
    return [
        {
            "topic": row["topic"],
            "score": row["score"],
            "threshold": row["threshold"],
            "matched": bool(row["matched"]),
            "revision": row["revision"],
            "evidence": json.loads(row["evidence"]),
            "missing": json.loads(row["missing"]),
        }
        for row in store.topics.verdicts(number)
    ]


def list_versions(store: Store, number: int) -> list[dict[str, Any]]:
    """The versions of an article without their texts, the first first: when seen, and what kind of edit led there."""
    return [
        {
            "number": row["number"],
            "seen_at": row["seen_at"],
            "title": row["title"],
            "kinds": json.loads(row["kinds"]),
            "substance": None if row["substance"] is None else bool(row["substance"]),
            "repeats": row["repeats"],
            "cause": row["cause"],
        }
        for row in store.db.execute(
            "SELECT number, seen_at, title, kinds, substance, repeats, cause FROM revisions WHERE article_id = ? "
            "ORDER BY number LIMIT ?",
            (number, _VERSIONS),
        )
    ]


def read_version(store: Store, number: int, version: int) -> dict[str, Any] | None:
    """Headline, lead and text of one version; None where there is none."""
    row = store.db.execute(
        "SELECT number, seen_at, title, lead, text FROM texts WHERE article_id = ? AND number = ?",
        (number, version),
    ).fetchone()
    return None if row is None else dict(row)


def _alerts(store: Store, number: int) -> list[dict[str, Any]]:
    rows = store.db.execute(
        "SELECT id, rule, channel, event, revision, topic, created_at, state, reason, attempts, delivered_at, hold, "
        "release_at, body FROM alerts WHERE article_id = ? ORDER BY created_at LIMIT ?",
        (number, _ALERTS),
    ).fetchall()
    return [dict(row) | {"body": _body(row["body"])} for row in rows]


def _body(body: bytes) -> Any:
    """What an alert says; bytes that are no JSON are shown as text, and words where it is kept no more."""
    if body == FORGOTTEN:
        return "What it said is kept no more ([store] keep)."
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _copies(store: Store, number: int) -> list[dict[str, Any]]:
    """Other pieces that carry this one's text, the earliest first."""
    titles = dict(store.db.execute("SELECT name, title FROM sources").fetchall())
    return [
        {
            "id": row["id"],
            "url": row["url"],
            "title": row["title"],
            "outlet": titles.get(row["source"], row["source"]),
            "at": row["at"],
            "published_at": row["published_at"],
            "precision": row["published_precision"],
            "copy_of": row["copy_of"],
            "similarity": row["similarity"],
            "added": json.loads(row["added"] or "[]"),
            "cut": json.loads(row["cut"] or "[]"),
        }
        for row in store.lineage.list_family(number, _COPIES)
        if row["id"] != number
    ]


def _story(store: Store, number: int, story: int) -> dict[str, Any]:
    """Its story as `explain` counts it, the place of this piece in it, and the first pieces."""
    found = store.lineage.story(story)
    standing = store.lineage.standing(number)
    titles = dict(store.db.execute("SELECT name, title FROM sources").fetchall())
    return {
        "id": story,
        "title": found["title"] if found else None,
        "articles": found["articles"] if found else 1,
        "outlets": standing.outlets,
        "independent": standing.independent,
        "report": standing.report,
        "first": titles.get(standing.first_source, standing.first_source),
        "pieces": [
            {
                "id": row["id"],
                "title": row["title"],
                "outlet": titles.get(row["source"], row["source"]),
                "at": row["at"],
                "published_at": row["published_at"],
                "precision": row["published_precision"],
                "copy_of": row["copy_of"],
            }
            for row in store.lineage.pieces(story, _STORY)
        ],
    }
