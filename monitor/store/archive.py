"""The stored articles as a back-test reads them: in order, a few hundred at a time; it writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.store.connection import Connection, Row

_CHUNK = 500  # rows in memory at once; full texts, so a few megabytes


class Archive:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def pieces(self, topic: str) -> Iterator[Row]:
        """The present text of every article but the seeds, oldest row first, with the `day` it was published.

        `mark` is what a person said of it for the topic, NULL where nobody did.

        The day is that of the first sight where the outlet gives no date. No transaction is held between chunks, so
        a daemon beside is never kept from writing; what it adds meanwhile is read too.
        """
        last = 0
        while rows := self.db.execute(
            "SELECT id, url, source, title, lead, text, language, dateline_place, copy_of IS NOT NULL AS copy, "
            "substr(coalesce(published_at, first_seen_at), 1, 10) AS day, "
            "(SELECT verdict FROM marks WHERE article_id = articles.id AND topic = ?) AS mark "
            "FROM articles WHERE id > ? AND baseline = 0 ORDER BY id LIMIT ?",
            (topic, last, _CHUNK),
        ).fetchall():
            yield from rows
            last = rows[-1]["id"]
