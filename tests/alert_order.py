"""Whether alerts reached a receiver in the order of what they tell; it must not know why one came late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FIRST = ("article.matched", "story.grew")
LATER = ("article.edited", "article.retracted")


def count_order_violations(documents: Iterable[Mapping[str, Any]]) -> int:
    """How many of the alert documents, given as they were first accepted, came too early or too late.

    An edit or a retraction comes after the first alert on its piece, and after what happened to the piece before; a
    story that grew comes after the first alert on that story.
    """
    told: set[str] = set()
    stories: set[int] = set()
    latest: dict[str, str] = {}
    violations = 0
    for document in documents:
        kind, data = document["type"], document["data"]
        url, story, at = data["article"]["url"], data["story"]["id"], document["timestamp"]
        early = (kind in LATER and url not in told) or (kind == "story.grew" and story not in stories)
        violations += early or at < latest.get(url, "")
        latest[url] = max(at, latest.get(url, ""))
        stories.add(story)
        if kind in FIRST:
            told.add(url)
    return violations
