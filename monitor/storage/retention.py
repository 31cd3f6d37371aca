"""Lets old rows of the ledgers go, a few at a time; it must not touch what says that a piece is known.

Polls, fetches, attempts and closed problems tell what was done and when. Articles, links, sightings, aliases and alerts
stay: by them nothing is stored or told twice. Of a link that no endpoint lists any more, what was announced goes. Room
that is freed is used again, and given back to the disk where there is much of it.
"""

from __future__ import annotations

from datetime import datetime

from monitor.model.source import Entry
from monitor.storage.connection import Connection
from monitor.storage.sources.entry_json import encode_entry
from monitor.storage.timestamps import format_stamp

# Rows that one step looks at in each table, oldest first: some milliseconds of the writer's time. A step each half
# minute keeps up with 10,000 sources that are polled every ten minutes (1.44 million polls a day) five times over.
STEP = 2_500
# Of each table: its column of time, and what must hold for a row to go.
_LEDGERS = (
    ("polls", "started_at", "outcome <> 'open'"),
    ("fetches", "at", "1"),
    ("attempts", "at", "(SELECT state FROM alerts WHERE alerts.id = alert_id) NOT IN ('pending', 'held')"),
    ("problems", "closed_at", "closed_at IS NOT NULL"),
)


# The share of pages that stay free inside the file, for what comes next; what is beyond goes back to the disk.
_FREE = 0.1
_PAGES = 256  # pages that one step gives back: a megabyte


class Retention:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._last_link = 0  # up to which links were looked through; from the beginning again at their end

    def prune(self, before: datetime) -> int:
        """One step: delete what is older than `before` among the oldest rows of each ledger; how many rows.

        Looks before it writes: where nothing is to go, no write transaction begins.
        """
        gone = 0
        for table, column, condition in _LEDGERS:
            rows = self.db.execute(
                f"SELECT id FROM (SELECT * FROM {table} ORDER BY id LIMIT ?) AS {table} "  # noqa: S608
                f"WHERE {column} < ? AND {condition}",
                (STEP, format_stamp(before)),
            ).fetchall()
            if rows:
                self.db.executemany(f"DELETE FROM {table} WHERE id = ?", [(row["id"],) for row in rows])  # noqa: S608
            gone += len(rows)
        return gone + self._forget_announcements(before)

    def _forget_announcements(self, before: datetime) -> int:
        """What was announced of links that are settled and that nobody has listed since then: their address is enough.

        A link that is listed again and says something else gets its new words (`Links.upsert_listed`).
        """
        rows = self.db.execute(
            "SELECT id, url, key, entry FROM links WHERE id > ? AND id <= ? AND last_seen_at < ? "
            "AND state IN ('done', 'refused', 'gone', 'given-up')",
            (self._last_link, self._last_link + STEP, format_stamp(before)),
        ).fetchall()
        bare = [(encode_entry(Entry(url=row["url"], key=row["key"], endpoint="")), row) for row in rows]
        changed = [(entry, row["id"]) for entry, row in bare if len(entry) < len(row["entry"])]
        if changed:
            self.db.executemany("UPDATE links SET entry = ?, title = NULL WHERE id = ?", changed)
        (most,) = self.db.execute("SELECT coalesce(max(id), 0) FROM links").fetchone()
        self._last_link = self._last_link + STEP if self._last_link + STEP < most else 0
        return len(changed)

    def shrink(self) -> int:
        """One step: give free pages back to the disk where they are more than a tenth of the file; how many.

        A database that was made before version 0.2.0 has no map of its pages and keeps its size, until a copy of it is
        put in its place (`seedwatch backup`, `seedwatch restore`).
        """
        (mode,), (pages,), (free,) = (
            self.db.execute(f"PRAGMA {name}").fetchone() for name in ("auto_vacuum", "page_count", "freelist_count")
        )
        if mode == 0 or free < _PAGES or free <= _FREE * pages:
            return 0
        self.db.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
        return int(free - self.db.execute("PRAGMA freelist_count").fetchone()[0])
