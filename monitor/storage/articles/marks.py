"""What people said of articles, and how far each topic's verdicts agree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.model.topic import Mark
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp

_DIGITS = 12  # of an article's number where numbers are sorted as text


class Marks:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def put(self, article_id: int, topic: str, verdict: str, now: datetime) -> None:
        """Mark an article's present revision "relevant" or "irrelevant" to a topic; an earlier mark is replaced."""
        self.db.execute(
            "INSERT OR REPLACE INTO marks (article_id, topic, verdict, revision, at) "
            "SELECT id, ?, ?, revision, ? FROM articles WHERE id = ?",
            (topic, verdict, format_stamp(now), article_id),
        )

    def pieces(self, topic: str) -> list[Mark]:
        """The marked pieces of a topic, as they read when they were marked, in their order; seeds are none."""
        rows = self.db.execute(
            "SELECT k.article_id, k.verdict, coalesce(r.title, a.title) AS title, "
            "CASE WHEN r.number IS NULL THEN a.lead ELSE r.lead END AS lead, coalesce(r.text, a.text) AS text "
            "FROM marks AS k JOIN articles AS a ON a.id = k.article_id "
            "LEFT JOIN texts AS r ON r.article_id = k.article_id AND r.number = k.revision "
            "WHERE k.topic = ? AND a.baseline = 0 ORDER BY k.article_id",
            (topic,),
        )
        return [
            Mark(
                name=str(row["article_id"]).zfill(_DIGITS),
                relevant=row["verdict"] == "relevant",
                title=row["title"],
                lead=row["lead"],
                text=row["text"],
            )
            for row in rows
        ]

    def precision(self) -> list[dict[str, Any]]:
        """Per topic with marks: pieces marked, relevant, matched, right (both), missed (relevant, not matched).

        `precision` is right of matched, None where nothing marked is matched.
        """
        rows = self.db.execute(
            "SELECT k.topic, count(*) AS marked, sum(k.verdict = 'relevant') AS relevant, "
            "sum(coalesce(m.matched, 0)) AS matched, "
            "sum(k.verdict = 'relevant' AND coalesce(m.matched, 0)) AS right, "
            "sum(k.verdict = 'relevant' AND NOT coalesce(m.matched, 0)) AS missed "
            "FROM marks AS k LEFT JOIN matches AS m ON m.article_id = k.article_id AND m.topic = k.topic "
            "GROUP BY k.topic ORDER BY k.topic"
        )
        return [
            {**dict(row), "precision": round(row["right"] / row["matched"], 3) if row["matched"] else None}
            for row in rows
        ]
