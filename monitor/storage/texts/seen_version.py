"""Whether what was read of the database still holds, so that memory of it may outlast a transaction."""

from __future__ import annotations

from monitor.storage.connection import Connection


class SeenVersion:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._number = 0
        self._version: int | None = None  # of the database when it was looked at last
        self._checked = False
        self._changes: int | None = None  # rows that this connection had changed when its last transaction ended

    def begin(self) -> None:
        """A transaction begins: others may have written since the last one, or this connection outside of any."""
        self._checked = False
        if self._changes != self.db.total_changes:
            self._number += 1

    def end(self) -> None:
        """The transaction was committed."""
        self._changes = self.db.total_changes

    def number(self) -> int:
        """Another number than before where others may have written since; outside of a transaction always another.

        https://www.sqlite.org/pragma.html#pragma_data_version
        """
        if not self.db.in_transaction:
            self._number += 1
        elif not self._checked:
            (version,) = self.db.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._number += 1
            self._version, self._checked = version, True
        return self._number
