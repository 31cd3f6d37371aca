"""The history of a text and of a story as `explain` tells it; it reads the database only.

One wire that twelve outlets print is one voice: what counts as independent is the text, not the outlet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from monitor.storage import Store
from monitor.storage.connection import Row
from monitor.storage.timestamps import parse_stamp

_SHOWN = 200  # pieces of one text or story; beyond that the pages of the database are the place to look


def trace_text(store: Store, article_id: int) -> dict[str, Any] | None:
    """Who printed an article's text, when, and what they added or cut; None where nobody else did.

    `agency` is the one that most of them credit.
    """
    rows = store.lineage.list_family(article_id, _SHOWN)
    if len(rows) < 2:
        return None
    credited = Counter(row["agency"] for row in rows if row["agency"])
    return {"agency": credited.most_common(1)[0][0] if credited else None, "printed_by": _pieces(rows)}


def describe_story_place(store: Store, article_id: int) -> dict[str, Any]:
    """An article's place in its story."""
    standing = store.lineage.standing(article_id)
    found = store.lineage.story(standing.story_id)
    return {
        "id": standing.story_id,
        "title": found["title"] if found else None,
        "report": standing.report,
        "first": standing.first_source,
        "articles": found["articles"] if found else None,
        "outlets": standing.outlets,
        "independent": standing.independent,
        "independent_texts": found["texts"] if found else None,
    }


def trace_story(store: Store, number: int) -> dict[str, Any] | None:
    """A story with its pieces in their order, their delays, and what was merged into it; None for no story.

    The number of a story that went into another leads to that one.
    """
    current = store.stories.resolve(number)
    found = store.lineage.story(current)
    if found is None:
        return None
    return {
        "story": current,
        **({"asked": number} if current != number else {}),
        "title": found["title"],
        "articles": found["articles"],
        "outlets": found["outlets"],
        "independent_texts": found["texts"],
        "pieces": _pieces(store.lineage.pieces(current, _SHOWN)),
        "changes": [
            {name: row[name] for name in ("at", "kind", "story_id", "other_id", "article_id", "similarity", "articles")}
            for row in store.stories.changes(current)
        ],
    }


def _pieces(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Pieces, earliest first, with their delay behind the first."""
    first = parse_stamp(rows[0]["at"]) if rows else None
    found = []
    for row in rows:
        piece = {name: row[name] for name in ("source", "url", "title", "at", "agency", "copy_of", "similarity")}
        late = parse_stamp(row["at"]) - first if first else timedelta()
        piece |= {"article": row["id"], "minutes_later": round(late.total_seconds() / 60)}
        if row["added"] is not None:
            piece |= {"added": json.loads(row["added"]), "cut": json.loads(row["cut"])}
        found.append(piece)
    return found
