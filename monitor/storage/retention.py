"""Lets old rows of the ledgers go, a few at a time; it must not touch what says that a piece is known.

Polls, fetches, attempts and closed problems tell what was done and when. Articles, links, aliases and alerts stay: by
them nothing is stored or told twice. Of a link that no endpoint lists any more, what was announced goes, and all
sightings but the first of each source; of an alert that is settled, what it said. Room that is freed is used again, and
given back to the disk where there is much of it.

Articles go only where a person asked for it, and not by themselves: `list_aged` says which.
"""

from __future__ import annotations

from datetime import datetime

from monitor.model.source import Entry
from monitor.storage.alerts.forgotten_bodies import forget_bodies
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
    (
        "attempts",
        "at",
        (
            "NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.id = alert_id "
            "AND (state = 'pending' OR (state = 'held' AND release_at IS NOT NULL)))"
        ),
    ),
    ("problems", "closed_at", "closed_at IS NOT NULL"),
)
# A settled link in a range of numbers that nobody has listed since a time.
_UNLISTED = "links.id > ? AND links.id <= ? AND last_seen_at < ? AND state IN ('done', 'refused', 'gone', 'given-up')"

# The share of pages that stay free inside the file, for what comes next; what is beyond goes back to the disk.
_FREE = 0.1
AGED = 20  # articles that one step names: each costs its removal some milliseconds of the writer's time
# A text of a story that has ended. What waits to be told, is marked by a person, is listed still, or is the original of
# a younger copy, stays; so does a seed.
_AGED = """
WITH ended AS MATERIALIZED (
    SELECT s.id FROM stories AS s WHERE s.id > :after AND s.id <= :up_to
    AND (SELECT max(stored_at) FROM articles WHERE story_id = s.id) < :before
)
SELECT a.id FROM ended JOIN articles AS a ON a.story_id = ended.id
WHERE a.baseline = 0
AND NOT EXISTS (SELECT 1 FROM removals AS gone WHERE gone.article_id = a.id)
AND NOT EXISTS (SELECT 1 FROM revisions AS r WHERE r.article_id = a.id AND r.seen_at >= :before)
AND NOT EXISTS (SELECT 1 FROM links AS l WHERE l.article_id = a.id AND l.last_seen_at >= :before)
AND NOT EXISTS (SELECT 1 FROM articles AS copy WHERE copy.copy_of = a.id)
AND NOT EXISTS (SELECT 1 FROM marks AS m WHERE m.article_id = a.id)
AND NOT EXISTS (
    SELECT 1 FROM alerts WHERE alerts.article_id = a.id
    AND (state = 'pending' OR (state = 'held' AND release_at IS NOT NULL))
)
ORDER BY ended.id, a.id LIMIT :most
"""
_PAGES = 128  # pages that one step gives back: a megabyte, in files of before whose pages are smaller half of one


class Retention:
    def __init__(self, db: Connection) -> None:
        self.db = db
        # Up to which rows were looked through, by table; from the beginning again at their end.
        self._passed = {"links": 0, "alerts": 0, "stories": 0}

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
        after, up_to = self._next_rows("links")
        gone += self._forget_announcements(after, up_to, before) + self._forget_sightings(after, up_to, before)
        return gone + forget_bodies(self.db, *self._next_rows("alerts"), before)

    def list_aged(self, before: datetime) -> list[int]:
        """One step: numbers of articles whose story and last sign of life are older than `before`, at most `AGED`."""
        after, up_to = self._next_rows("stories")
        found = [
            int(row["id"])
            for row in self.db.execute(
                _AGED, {"after": after, "up_to": up_to, "before": format_stamp(before), "most": AGED}
            )
        ]
        if len(found) == AGED:  # the rest of these stories comes with the next step
            self._passed["stories"] = after
        return found

    def _next_rows(self, table: str) -> tuple[int, int]:
        """The rowids (after, up to) that this step looks at."""
        after = self._passed[table]
        (most,) = self.db.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()  # noqa: S608
        self._passed[table] = after + STEP if after + STEP < most else 0
        return after, after + STEP

    def _forget_announcements(self, after: int, up_to: int, before: datetime) -> int:
        """What was announced of links that are settled and that nobody has listed since then: their address is enough.

        A link that is listed again and says something else gets its new words (`Links.upsert_listed`).
        """
        rows = self.db.execute(
            f"SELECT id, url, key, entry FROM links WHERE {_UNLISTED}",  # noqa: S608
            (after, up_to, format_stamp(before)),
        ).fetchall()
        bare = [(encode_entry(Entry(url=row["url"], key=row["key"], endpoint="")), row) for row in rows]
        changed = [(entry, row["id"]) for entry, row in bare if len(entry) < len(row["entry"])]
        if changed:
            self.db.executemany("UPDATE links SET entry = ?, title = NULL WHERE id = ?", changed)
        return len(changed)

    def _forget_sightings(self, after: int, up_to: int, before: datetime) -> int:
        """Who announced a link that nobody has listed since then: the first endpoint of each source is enough.

        By that one the source is known to have announced it (`LinkOwners`).
        """
        rows = self.db.execute(
            "SELECT link_id, endpoint_id FROM links JOIN sightings AS s ON link_id = links.id "  # noqa: S608
            f"JOIN endpoints ON endpoints.id = endpoint_id WHERE {_UNLISTED} "
            "AND EXISTS (SELECT 1 FROM sightings AS first JOIN endpoints AS other ON other.id = first.endpoint_id "
            "WHERE first.link_id = s.link_id AND other.source = endpoints.source "
            "AND (first.at, first.endpoint_id) < (s.at, s.endpoint_id))",
            (after, up_to, format_stamp(before)),
        ).fetchall()
        if rows:
            self.db.executemany(
                "DELETE FROM sightings WHERE link_id = ? AND endpoint_id = ?", [(row[0], row[1]) for row in rows]
            )
        return len(rows)

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
