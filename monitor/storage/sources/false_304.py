"""Whether an endpoint's "not modified" is believed: the count that leads to a check, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.source import Validators
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustCheck:
    """An endpoint that is asked without validators to see whether its "not modified" hides something."""

    key: str
    validators: Validators


class EndpointTrust:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def distrusted(self, source: str, now: datetime) -> frozenset[str]:
        """The keys of endpoints that are asked without validators because they lied."""
        rows = self.db.execute(
            "SELECT key FROM endpoints WHERE source = ? AND distrusted_until > ?", (source, format_stamp(now))
        )
        return frozenset(row["key"] for row in rows)

    def checks(self, source: str, after: int, now: datetime) -> dict[str, TrustCheck]:
        """The endpoints to be checked, by key: they said "not modified" `after` times in a row."""
        rows = self.db.execute(
            "SELECT key, etag, last_modified FROM endpoints WHERE source = ? AND unchanged >= ? "
            "AND coalesce(etag, last_modified) IS NOT NULL AND coalesce(distrusted_until, '') <= ?",
            (source, after, format_stamp(now)),
        )
        return {
            row["key"]: TrustCheck(
                key=row["key"], validators=Validators(etag=row["etag"], last_modified=row["last_modified"])
            )
            for row in rows
        }

    def record_answer(self, endpoint_id: int, *, unchanged: bool) -> None:
        """Count a "not modified"; a list begins the count anew."""
        self.db.execute(
            "UPDATE endpoints SET unchanged = CASE WHEN ? THEN unchanged + 1 ELSE 0 END WHERE id = ?",
            (unchanged, endpoint_id),
        )

    def add_suspicion(self, endpoint_id: int, weight: int) -> None:
        """Others had news while this endpoint said "not modified": it counts `weight` times."""
        self.db.execute("UPDATE endpoints SET unchanged = unchanged + ? WHERE id = ?", (weight - 1, endpoint_id))

    def distrust(self, endpoint_id: int, until: datetime) -> None:
        """Believe no "not modified" until then."""
        self.db.execute("UPDATE endpoints SET distrusted_until = ? WHERE id = ?", (format_stamp(until), endpoint_id))

    def restore_trust(self, source: str, now: datetime) -> list[str]:
        """Believe again those whose time is over; their addresses."""
        rows = self.db.execute(
            "UPDATE endpoints SET distrusted_until = NULL WHERE source = ? AND distrusted_until <= ? RETURNING url",
            (source, format_stamp(now)),
        )
        return [row["url"] for row in rows.fetchall()]
