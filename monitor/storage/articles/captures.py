"""Fetched pages kept for a better extractor, each text of bytes once; it must not read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.page import Capture
from monitor.storage.connection import Connection
from monitor.storage.sources.links import Link, link_from_row
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_stamp

_STEP = 200  # captures that go at once where room is wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCapture:
    """A capture with its link; `article_id` and `revision` name the text that was read from it, None for none."""

    id: int
    link: Link
    at: datetime
    final_url: str
    content_type: str
    body: bytes
    article_id: int | None
    revision: int | None


class Captures:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def keep(self, link_id: int, capture: Capture, at: datetime, final_url: str, article_id: int | None) -> None:
        """Keep a page of a link, and the article's present revision that was read from it."""
        self.db.execute(
            "INSERT INTO pages (digest, size, packed, body) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            (capture.digest, capture.size, len(capture.body), capture.body),
        )
        self.db.execute(
            "INSERT INTO captures (link_id, digest, at, final_url, content_type, article_id, revision) "
            "VALUES (:link, :digest, :at, :url, :type, :article, (SELECT revision FROM articles WHERE id = :article))",
            {
                "link": link_id,
                "digest": capture.digest,
                "at": format_stamp(at),
                "url": final_url,
                "type": capture.content_type,
                "article": article_id,
            },
        )

    def list_unread(
        self, extractor: str, *, after: int, source: str | None, since: datetime | None, limit: int
    ) -> list[KeptCapture]:
        """Captures behind number `after` that `extractor` has not read, in their order.

        Only the newest of each link, and only where what was read from it is what the article says now: an older
        page would bring an older text back.
        """
        rows = self.db.execute(
            "SELECT links.*, captures.id AS capture_id, captures.at AS captured_at, captures.final_url, "
            "captures.content_type, captures.article_id AS read_as, captures.revision AS read_revision, pages.body "
            "FROM captures JOIN links ON links.id = captures.link_id JOIN pages USING (digest) "
            "WHERE captures.id > :after AND captures.extractor IS NOT :extractor "
            "AND (:source IS NULL OR links.source = :source) AND (:since IS NULL OR captures.at >= :since) "
            "AND NOT EXISTS (SELECT 1 FROM captures AS later WHERE later.link_id = captures.link_id "
            "AND later.id > captures.id) "
            "AND CASE WHEN captures.article_id IS NULL THEN links.article_id IS NULL ELSE EXISTS "
            "(SELECT 1 FROM articles WHERE id = captures.article_id AND revision = captures.revision) END "
            "ORDER BY captures.id LIMIT :limit",
            {
                "after": after,
                "extractor": extractor,
                "source": source,
                "since": format_optional_stamp(since),
                "limit": limit,
            },
        )
        return [
            KeptCapture(
                id=row["capture_id"],
                link=link_from_row(row),
                at=parse_stamp(row["captured_at"]),
                final_url=row["final_url"],
                content_type=row["content_type"],
                body=row["body"],
                article_id=row["read_as"],
                revision=row["read_revision"],
            )
            for row in rows
        ]

    def mark_read(self, number: int, extractor: str, article_id: int | None) -> None:
        """Note that `extractor` has read a capture, and which article's present revision that gave."""
        self.db.execute(
            "UPDATE captures SET extractor = :extractor, article_id = :article, "
            "revision = (SELECT revision FROM articles WHERE id = :article) WHERE id = :id",
            {"extractor": extractor, "article": article_id, "id": number},
        )

    def prune(self, before: datetime, room: int) -> int:
        """Forget captures made before then, and the oldest beyond `room` bytes; how many captures went."""
        gone = self._forget("at < ?", (format_stamp(before),))
        while self.size() > room:
            gone += self._forget("id IN (SELECT id FROM captures ORDER BY id LIMIT ?)", (_STEP,))
        return gone

    def size(self) -> int:
        """Bytes that the kept pages take, packed."""
        row = self.db.execute("SELECT coalesce(sum(packed), 0) AS total FROM pages").fetchone()
        return int(row["total"])

    def _forget(self, which: str, values: tuple[object, ...]) -> int:
        rows = self.db.execute(f"SELECT id, digest FROM captures WHERE {which}", values).fetchall()  # noqa: S608
        self.db.executemany("DELETE FROM captures WHERE id = ?", [(row["id"],) for row in rows])
        self.db.executemany(
            "DELETE FROM pages WHERE digest = :digest AND NOT EXISTS "
            "(SELECT 1 FROM captures WHERE captures.digest = :digest)",
            [{"digest": digest} for digest in {row["digest"] for row in rows}],
        )
        return len(rows)
