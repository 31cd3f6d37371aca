"""The stored articles as a back-test reads them: in order, a few hundred at a time; it writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.store.connection import Connection, Row
from monitor.store.stamps import stamp_or_none

_CHUNK = 500  # rows in memory at once; full texts, so a few megabytes


class Archive:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def pieces(self, topic: str, newest: int | None = None) -> Iterator[Row]:
        """The present text of every article but the seeds, oldest row first, with the `day` it was published.

        `mark` is what a person said of it for the topic, NULL where nobody did. Of a large archive only the `newest`
        so many by that day are read where that is given.

        The day is that of the first sight where the outlet gives no date. No transaction is held between chunks, so
        a daemon beside is never kept from writing; what it adds meanwhile is read too.
        """
        last, since = 0, "" if newest is None else self._since(newest)
        while rows := self.db.execute(
            "SELECT id, url, source, title, lead, text, background, language, dateline_place, "
            "copy_of IS NOT NULL AS copy, substr(coalesce(published_at, first_seen_at), 1, 10) AS day, "
            "(SELECT verdict FROM marks WHERE article_id = articles.id AND topic = ?) AS mark "
            "FROM articles WHERE id > ? AND baseline = 0 AND coalesce(published_at, first_seen_at) >= ? "
            "ORDER BY id LIMIT ?",
            (topic, last, since, _CHUNK),
        ).fetchall():
            yield from rows
            last = rows[-1]["id"]

    def matched(self, topics: Sequence[str], since: datetime | None) -> Iterator[Row]:
        """Every piece but the seeds that one of the topics accepts, by publication, with the verdict of the best."""
        marks = ", ".join("?" * len(topics))
        yield from self.db.execute(
            "SELECT a.id, coalesce(published_at, first_seen_at) AS at, story_id, source, language, copy_of, "  # noqa: S608
            "max(m.score) AS score, m.evidence FROM matches AS m JOIN articles AS a ON a.id = m.article_id "
            f"WHERE m.matched = 1 AND m.topic IN ({marks}) AND a.baseline = 0 "
            "AND coalesce(published_at, first_seen_at) >= ? GROUP BY a.id ORDER BY at, a.id",
            (*topics, stamp_or_none(since) or ""),
        )

    def _since(self, newest: int) -> str:
        """The time from which on the `newest` so many pieces are; an empty text where there are no more."""
        row = self.db.execute(
            "SELECT coalesce(published_at, first_seen_at) AS at FROM articles WHERE baseline = 0 "
            "ORDER BY at DESC LIMIT 1 OFFSET ?",
            (newest - 1,),
        ).fetchone()
        return "" if row is None else str(row["at"])
