"""What is stored, in plain rows, one at a time: matches, articles, stories, full-text search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from monitor.model.topic import NEAR
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_optional_stamp

_ARTICLE = (
    "articles.id, articles.url, articles.title, articles.lead, articles.source, sources.title AS outlet, "
    "articles.language, articles.published_at, articles.first_seen_at, articles.story_id, articles.copy_of"
)
_FROM = "FROM articles LEFT JOIN sources ON sources.name = articles.source"
_NAMES = (
    *("url", "title", "lead", "source", "outlet", "language", "published_at", "first_seen_at", "story_id", "copy_of"),
)


class Exports:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def matches(
        self,
        *,
        topic: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        near: bool = False,
        limit: int = -1,
    ) -> Iterator[dict[str, Any]]:
        """Pieces that match a topic, the latest first; with `near` those that nearly did, as far as they are kept.

        `evidence` are the words found, the weightiest first. `since` is when the verdict was given.
        """
        rows = self.db.execute(
            f"SELECT matches.at, matches.topic, score, threshold, matched, evidence, {_ARTICLE} "  # noqa: S608
            "FROM matches JOIN articles ON articles.id = matches.article_id "
            "LEFT JOIN sources ON sources.name = articles.source "
            "WHERE matched = :matched AND articles.baseline = 0 AND score >= :share * threshold "
            "AND (:topic IS NULL OR topic = :topic) AND (:source IS NULL OR source = :source) "
            "AND (:since IS NULL OR matches.at >= :since) ORDER BY matches.at DESC, articles.id DESC LIMIT :limit",
            {
                "matched": not near,
                "share": NEAR if near else 0.0,
                "topic": topic,
                "source": source,
                "since": format_optional_stamp(since),
                "limit": limit,
            },
        )
        for row in rows:
            found = json.loads(row["evidence"])
            terms = dict.fromkeys(item["found"] for item in sorted(found, key=lambda item: -item["weight"]))
            yield {
                "at": row["at"],
                "topic": row["topic"],
                "score": row["score"],
                "threshold": row["threshold"],
                "evidence": list(terms),
                **_article(row),
            }

    def search(self, words: str, *, source: str | None = None, limit: int = -1) -> Iterator[dict[str, Any]]:
        """Pieces in which all of the words stand, the best first; a word may end in "*"."""
        wanted = " ".join(
            '"' + word.rstrip("*").replace('"', '""') + '"' + ("*" if word.endswith("*") else "")
            for word in words.split()
            if word.strip('*"')
        )
        if not wanted:
            return
        rows = self.db.execute(
            f"SELECT {_ARTICLE}, snippet(articles_fts, 2, '', '', '…', 24) AS passage "  # noqa: S608
            "FROM articles_fts JOIN articles ON articles.id = articles_fts.rowid "
            "LEFT JOIN sources ON sources.name = articles.source "
            "WHERE articles_fts MATCH :wanted AND articles.baseline = 0 AND (:source IS NULL OR source = :source) "
            "ORDER BY bm25(articles_fts, 4.0, 2.0, 1.0), articles.id DESC LIMIT :limit",
            {"wanted": wanted, "source": source, "limit": limit},
        )
        for row in rows:
            yield {**_article(row), "passage": row["passage"]}

    def articles(self, *, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """All pieces with their texts in the order in which they were stored; `since` is when that was."""
        rows = self.db.execute(
            f"SELECT {_ARTICLE}, text, revision, stored_at, authors, tags {_FROM} WHERE articles.baseline = 0 "
            "AND (:since IS NULL OR stored_at >= :since) ORDER BY articles.id",
            {"since": format_optional_stamp(since)},
        )
        for row in rows:
            more = {"authors": json.loads(row["authors"]), "tags": json.loads(row["tags"])}
            yield {**_article(row), **{name: row[name] for name in ("text", "revision", "stored_at")}, **more}

    def stories(self, *, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """All stories by their number; `since` is when the latest of their pieces came."""
        rows = self.db.execute(
            "SELECT stories.id, stories.title, first_at, last_at, muted_at, muted_until, "
            "count(articles.id) AS articles, "
            "count(DISTINCT source) AS outlets, coalesce(sum(copy_of IS NULL), 0) AS texts "
            "FROM stories JOIN articles ON articles.story_id = stories.id AND articles.baseline = 0 "
            "WHERE merged_into IS NULL AND (:since IS NULL OR last_at >= :since) "
            "GROUP BY stories.id ORDER BY stories.id",
            {"since": format_optional_stamp(since)},
        )
        for row in rows:
            yield dict(zip(row.keys(), row, strict=True))


def _article(row: Row) -> dict[str, Any]:
    return {"article": row["id"], **{name: row[name] for name in _NAMES}}
