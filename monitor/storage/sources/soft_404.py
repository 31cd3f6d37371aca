"""What each source's site answers for an address that does not exist, as last asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from monitor.model.identity import ALGORITHM, Absence, Signature
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAnswer:
    """One answer to a nonsense address. `outcome` is "new" where it would have passed for an article, and then
    `absence` is what it looks like; else the outcome and reason that the line gives such a page anyway."""

    url: str
    status: int | None
    outcome: str
    reason: str | None = None
    absence: Absence | None = None


# An article's address of `:source` where it was not asked since `:before`; nothing where it was, where the source was
# added after `:settled`, or has no article yet. An answer whose sketch another algorithm made counts as none.
ABSENCE_DUE = (
    "SELECT url FROM links WHERE source = :source AND state = 'done' AND article_id IS NOT NULL "
    "AND EXISTS (SELECT 1 FROM sources WHERE name = :source AND added_at <= :settled) "
    "AND NOT EXISTS (SELECT 1 FROM absences WHERE source = :source AND asked_at > :before "
    "AND (sketch IS NULL OR json_extract(sketch, '$.algorithm') IS :algorithm)) "
    "ORDER BY first_seen_at DESC, id DESC LIMIT 1"
)


class Absences:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def save_answer(self, source: str, answered: AbsenceAnswer, now: datetime) -> None:
        """Put an answer in the place of the one before."""
        absence = answered.absence
        self.db.execute(
            "INSERT OR REPLACE INTO absences (source, url, asked_at, status, outcome, reason, title, "
            "sketch) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                answered.url,
                format_stamp(now),
                answered.status,
                answered.outcome,
                answered.reason,
                absence.title if absence else None,
                json.dumps({"algorithm": ALGORITHM, "hashes": absence.signature.sketch}) if absence else None,
            ),
        )

    def get_absence(self, source: str) -> Absence | None:
        """What an address that does not exist looks like.

        None where it looks like no article, or where another algorithm made the sketch: it cannot be compared.
        """
        row = self.db.execute(
            "SELECT title, json_extract(sketch, '$.hashes') AS hashes FROM absences "
            "WHERE source = ? AND json_extract(sketch, '$.algorithm') = ?",
            (source, ALGORITHM),
        ).fetchone()
        if row is None:
            return None
        sketch = tuple(json.loads(row["hashes"]))
        return Absence(title=row["title"], signature=Signature(sketch=sketch, numbers=frozenset()))

    def row(self, source: str) -> Row | None:
        """What was asked last and answered."""
        found: Row | None = self.db.execute("SELECT * FROM absences WHERE source = ?", (source,)).fetchone()
        return found
