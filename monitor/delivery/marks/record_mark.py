"""`seedwatch mark`: a person's word on a stored piece; it must not change a verdict or a profile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from monitor.errors import SeedwatchError
from monitor.storage import Store


def record_mark(
    store: Store, what: str, verdict: str, topic: str | None, topics: Collection[str], now: datetime
) -> dict[str, Any]:
    """Keep a verdict on the article of a URL, key, number or alert, and say how each topic now stands.

    Without `topic` it is the alert's own, the only one of `topics` (those configured), or the only one that accepts
    the piece. Raises SeedwatchError where no article or no one topic is meant.
    """
    alert = store.alerts.show(what)
    if alert is not None and alert.alert.article_id is not None:
        what, topic = str(alert.alert.article_id), topic or alert.alert.topic
    article = store.articles.find(what)
    link = store.links.find(what) if article is None else None
    if link is not None and link["article_id"] is not None:
        article = store.articles.find(str(link["article_id"]))
    if article is None:
        cure = (
            f"`seedwatch explain {what}` says why" if link is not None else "give the URL or number of a stored piece"
        )
        raise SeedwatchError(f"no article is stored of {what}: {cure}")
    meant = [topic] if topic else list(topics)
    if len(meant) != 1:
        accepting = store.topics.matched(article["id"])
        meant = [name for name in topics if name in accepting]
    if len(meant) != 1:
        raise SeedwatchError(
            f"{'several' if meant else 'no'} topics accept it: name one with --topic: {', '.join(topics)}"
        )
    with store.write():
        store.marks.put(article["id"], meant[0], verdict, now)
    return {
        "article": article["id"],
        "url": article["url"],
        "title": article["title"],
        "topic": meant[0],
        "verdict": verdict,
        "matched": meant[0] in store.topics.matched(article["id"]),
        "precision": store.marks.precision(),
    }
