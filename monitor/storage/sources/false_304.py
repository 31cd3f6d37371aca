"""Whether an endpoint's "not modified" is believed: what adds to its count, and what came of a check."""

from __future__ import annotations

from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp


class EndpointTrust:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def add_suspicion(self, endpoint_id: int, weight: int) -> None:
        """Others had news while this endpoint said "not modified": it counts `weight` times."""
        self.db.execute("UPDATE endpoints SET unchanged = unchanged + ? WHERE id = ?", (weight - 1, endpoint_id))

    def distrust(self, endpoint_id: int, until: datetime) -> None:
        """Believe no "not modified" until then."""
        self.db.execute("UPDATE endpoints SET distrusted_until = ? WHERE id = ?", (format_stamp(until), endpoint_id))

    def restore_trust(self, endpoint_id: int) -> None:
        """Believe an endpoint again."""
        self.db.execute("UPDATE endpoints SET distrusted_until = NULL WHERE id = ?", (endpoint_id,))
