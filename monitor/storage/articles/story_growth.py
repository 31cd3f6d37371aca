"""What a story has got since a time: reports, outlets, figures; it must not decide what of it is worth telling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp

# Reports of one story that are looked at, newest first: what is older than so many is known anyway.
REPORTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report of a story; `source` is the outlet's name in the configuration."""

    source: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What came after a time, copies left out: the reports, newest first, and the outlets and figures new with them.

    `titles` are the headlines of what was there before.
    """

    reports: tuple[Report, ...]
    sources: tuple[str, ...]
    numbers: tuple[str, ...]
    titles: tuple[str, ...]


class Growths:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def since(self, story_id: int, when: datetime, article_id: int | None = None) -> Growth:
        """The growth of a story after `when`; `article_id` counts as new whenever it came."""
        rows = self.db.execute(
            "SELECT articles.id, source, title, url, stored_at, copy_of, numbers FROM articles "
            "LEFT JOIN fingerprints ON fingerprints.article_id = articles.id WHERE story_id = ? "
            "ORDER BY articles.id DESC LIMIT ?",
            (story_id, REPORTS),
        ).fetchall()
        limit = format_stamp(when)
        later = [row for row in rows if row["stored_at"] > limit or row["id"] == article_id]
        before = [row for row in rows if row not in later]
        told = {row["source"] for row in before}
        known = {number for row in before for number in (row["numbers"] or "").split()}
        own = [row for row in later if row["copy_of"] is None or row["id"] == article_id]
        numbers = (number for row in reversed(own) for number in (row["numbers"] or "").split())
        return Growth(
            reports=tuple(Report(source=row["source"], title=row["title"], url=row["url"]) for row in own),
            sources=tuple(dict.fromkeys(row["source"] for row in reversed(own) if row["source"] not in told)),
            numbers=tuple(dict.fromkeys(n for n in numbers if n not in known and any(c.isdigit() for c in n))),
            titles=tuple(row["title"] for row in before),
        )
