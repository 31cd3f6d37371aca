"""Problems: what a person should know, opened and closed by state, never repeated while it lasts."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.storage.connection import Connection, pack_list
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

log = logging.getLogger(__name__)

# As a column of a statement: which of `:problems`, a JSON object of kinds and their subjects, are open; by commas.
OPEN_KINDS = (
    "(SELECT group_concat(problems.kind) FROM json_each(:problems) AS asked CROSS JOIN problems "
    "ON problems.kind = asked.key AND subject = asked.value AND closed_at IS NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One open or closed problem; `kind` and `subject` together are its name."""

    kind: str
    subject: str
    detail: str
    cure: str
    opened_at: datetime
    last_at: datetime
    times: int
    closed_at: datetime | None = None


class Problems:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def open(self, kind: str, subject: str, detail: str, cure: str, now: datetime) -> bool:
        """Open a problem, or count it once more; True when it was not open before."""
        updated = self.db.execute(
            "UPDATE problems SET detail = ?, cure = ?, last_at = ?, times = times + 1 "
            "WHERE kind = ? AND subject = ? AND closed_at IS NULL",
            (detail, cure, format_stamp(now), kind, subject),
        )
        if updated.rowcount:
            return False
        self.db.execute(
            "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) VALUES (?, ?, ?, ?, ?, ?)",
            (kind, subject, detail, cure, format_stamp(now), format_stamp(now)),
        )
        # Whoever reads the log alone must see what a person has to do; a single piece given up is no such thing.
        level = logging.WARNING if kind == "given-up" else logging.ERROR
        log.log(level, "event=problem-opened kind=%s subject=%r detail=%r cure=%r", kind, subject, detail, cure)
        return True

    def close_except(self, kind: str, subjects: Collection[str], now: datetime) -> None:
        """Close the problems of a kind whose subject is no longer one of these."""
        rows = self.db.execute("SELECT subject FROM problems WHERE kind = ? AND closed_at IS NULL", (kind,)).fetchall()
        for row in rows:
            if row["subject"] not in subjects:
                self.close(kind, row["subject"], now)

    def close(self, kind: str, subject: str, now: datetime) -> bool:
        """Close a problem; True when it was open. Where it is not, nothing is written."""
        if not self._is_open(kind, subject):
            return False
        self.db.execute(
            "UPDATE problems SET closed_at = ? WHERE kind = ? AND subject = ? AND closed_at IS NULL",
            (format_stamp(now), kind, subject),
        )
        log.warning("event=problem-closed kind=%s subject=%r", kind, subject)
        return True

    def list_open_kinds(self, subject: str, kinds: Iterable[str]) -> frozenset[str]:
        """Of which of these kinds there is an open problem of a subject."""
        rows = self.db.execute(
            "SELECT kind FROM problems WHERE kind IN (SELECT value FROM json_each(?)) AND subject = ? "
            "AND closed_at IS NULL",
            (pack_list(kinds), subject),
        )
        return frozenset(row["kind"] for row in rows)

    def _is_open(self, kind: str, subject: str) -> bool:
        row = self.db.execute(
            "SELECT 1 FROM problems WHERE kind = ? AND subject = ? AND closed_at IS NULL", (kind, subject)
        ).fetchone()
        return row is not None

    def current(self, *, closed_since: datetime | None = None) -> list[Problem]:
        """All open problems, and those closed at `closed_since` or later, newest first."""
        rows = self.db.execute(
            "SELECT kind, subject, detail, cure, opened_at, last_at, times, closed_at FROM problems "
            "WHERE closed_at IS NULL OR closed_at >= ? ORDER BY opened_at DESC, id DESC",
            (format_optional_stamp(closed_since),),
        )
        return [
            Problem(
                kind=row["kind"],
                subject=row["subject"],
                detail=row["detail"],
                cure=row["cure"],
                opened_at=parse_stamp(row["opened_at"]),
                last_at=parse_stamp(row["last_at"]),
                times=row["times"],
                closed_at=parse_optional_stamp(row["closed_at"]),
            )
            for row in rows
        ]
