"""Sources by name: what is kept of each under its name, and its change of name; it must not decide which is which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp


class SourceNames:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def endpoint_keys(self) -> dict[str, frozenset[str]]:
        """The keys of the endpoints that each known source was ever asked at."""
        found: dict[str, set[str]] = {row["name"]: set() for row in self.db.execute("SELECT name FROM sources")}
        for row in self.db.execute("SELECT source, key FROM endpoints"):
            found[row["source"]].add(row["key"])
        return {name: frozenset(keys) for name, keys in found.items()}

    def unasked(self, configured: Collection[str]) -> tuple[str, ...]:
        """The sources that are asked no more: not configured, switched off or paused."""
        rows = self.db.execute("SELECT name, enabled, paused_at FROM sources ORDER BY name")
        return tuple(
            row["name"]
            for row in rows
            if row["name"] not in configured or not row["enabled"] or row["paused_at"] is not None
        )

    def rename(self, old: str, new: str) -> None:
        """Everything that is kept under one name stands under another; `new` must be unknown.

        Keys are checked at the end of the caller's transaction only: links name their source.
        """
        self.db.execute("PRAGMA defer_foreign_keys = ON")
        self.db.execute("UPDATE sources SET name = ? WHERE name = ?", (new, old))
        tables = self.db.execute(
            "SELECT t.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c "
            "WHERE t.type = 'table' AND c.name = 'source' ORDER BY t.name"
        ).fetchall()
        for table in tables:
            self.db.execute(f"UPDATE {table['name']} SET source = ? WHERE source = ?", (new, old))  # noqa: S608

    def abandon(self, poll: int, now: datetime) -> None:
        """Close a poll that cannot begin, for its source left the configuration, and free its host."""
        self.db.execute(
            "UPDATE polls SET outcome = 'aborted', finished_at = ?, books = NULL, "
            "reason = 'the source left the configuration' WHERE id = ? AND outcome = 'open'",
            (format_stamp(now), poll),
        )
        self.db.execute("UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease = ?", (str(poll),))
