"""The time that the database lives in: a simulation's own, else the real one."""

from __future__ import annotations

from datetime import datetime

from monitor.storage.connection import Connection
from monitor.storage.timestamps import parse_optional_stamp


def read_clock(db: Connection) -> tuple[datetime, bool]:
    """Now, and whether it is a simulated time that stands still."""
    row = db.execute("SELECT now, (SELECT count(*) FROM simulated_clock) AS simulated FROM clock").fetchone()
    now = parse_optional_stamp(row["now"])
    if now is None:
        raise ValueError(f"the database's clock says {row['now']!r}, which is no time")
    return now, bool(row["simulated"])
