"""Lets old rows of the ledgers go, a few at a time; it must not touch what says that a piece is known.

Polls, fetches, attempts and closed problems tell what was done and when. Articles, links, sightings, aliases and alerts
stay: by them nothing is stored or told twice. Room that is freed is used again, so that the file stops growing.
"""

from __future__ import annotations

from datetime import datetime

from monitor.storage.connection import Connection
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


class Retention:
    def __init__(self, db: Connection) -> None:
        self.db = db

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
        return gone
