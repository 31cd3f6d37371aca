"""Announcements of which only a stamp or a counter moved: whether their pages are worth a look, as endpoints taught.

A list that stamps its entries anew at every request would have every page fetched at every poll.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model.page import Outcome
from monitor.storage.connection import Connection
from monitor.storage.timestamps import parse_stamp

# Changes in a row behind which the page was the same as before: from then on the endpoint's say nothing.
_HOLLOW = 20
# How many of them are looked at all the same in one answer, and how often a page is.
_CHECKS, _CHECKED = 2, timedelta(days=1)


class ClaimHints:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def take(self, link_id: int, endpoint_id: int, number: int, now: datetime) -> bool:
        """Whether a page is to be looked at because figures of its announcement moved; `number` counts those that
        were in this answer. Whatever is not looked at here has its own schedule of looks."""
        row = self.db.execute(
            "SELECT hollow, (SELECT max(at) FROM fetches WHERE link_id = ?) AS at FROM endpoints WHERE id = ?",
            (link_id, endpoint_id),
        ).fetchone()
        learned = row["hollow"] >= _HOLLOW
        if number >= (_CHECKS if learned else _HOLLOW):
            return False
        if learned and row["at"] is not None and now - parse_stamp(row["at"]) < _CHECKED:
            return False
        self.db.execute("UPDATE links SET hinted_by = ? WHERE id = ?", (endpoint_id, link_id))
        return True

    def learn(self, link_id: int, endpoint_id: int, outcome: Outcome) -> None:
        """Learn from the page of a link that was looked at for that reason."""
        self.db.execute("UPDATE links SET hinted_by = NULL WHERE id = ?", (link_id,))
        if outcome is Outcome.REVISION:
            self.db.execute("UPDATE endpoints SET hollow = 0 WHERE id = ?", (endpoint_id,))
        elif outcome is Outcome.UNCHANGED:
            self.db.execute("UPDATE endpoints SET hollow = hollow + 1 WHERE id = ?", (endpoint_id,))
