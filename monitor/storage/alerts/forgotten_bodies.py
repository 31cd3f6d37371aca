"""Lets go what old alerts said; that they were told, of what, to whom and when, stays: by that nothing is told twice.

What is still owed keeps its words: what waits, what is held until a time, what was tried of late.
"""

from __future__ import annotations

from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp

FORGOTTEN = b"{}"  # stands where an alert's words stood: a document that says nothing


def forget_bodies(db: Connection, after: int, up_to: int, before: datetime) -> int:
    """Forget the words of settled alerts with rowids in (after, up_to] that were made, delivered and tried before then.

    How many. Retention lets attempts of settled alerts go by the same limit: where one is left, it was tried since.
    """
    rows = db.execute(
        "SELECT rowid FROM alerts WHERE rowid > ? AND rowid <= ? AND max(created_at, coalesce(delivered_at, '')) < ? "
        "AND state <> 'pending' AND NOT (state = 'held' AND release_at IS NOT NULL) AND length(body) > ? "
        "AND NOT EXISTS (SELECT 1 FROM attempts WHERE alert_id = alerts.id)",
        (after, up_to, format_stamp(before), len(FORGOTTEN)),
    ).fetchall()
    if rows:
        db.executemany("UPDATE alerts SET body = ? WHERE rowid = ?", [(FORGOTTEN, row["rowid"]) for row in rows])
    return len(rows)
