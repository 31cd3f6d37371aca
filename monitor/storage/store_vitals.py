"""What the database says of the whole, in counts: how sources, channels and alerts stand, how large the file is.

It must not decide what that means (`monitor.alerting.liveness` does). Every question is answered by an index or a small
table, for it is asked every few seconds.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from monitor.model.service_levels import ServiceLevels
from monitor.model.vitals import StoreVitals
from monitor.storage.alerts.liveness import Liveness
from monitor.storage.connection import Connection
from monitor.storage.service_levels import measure_levels
from monitor.storage.timestamps import format_stamp, parse_optional_stamp

# Of each ledger: its columns to add up and the one that says how a row came out; all under the name of the table.
_LEDGERS = (
    ("fetches", "outcome"),
    ("attempts", "CASE WHEN status BETWEEN 200 AND 299 THEN 'taken' ELSE 'refused' END"),
)

_LEVELS_LAST = timedelta(minutes=10)


class VitalCounts:
    """Counts of one daemon's run: totals begin at zero when it is made."""

    def __init__(self, db: Connection, path: Path) -> None:
        self.db = db
        self._path = path
        self._liveness = Liveness(db)
        self._last: dict[str, int] = {}
        self._open: set[int] = set()
        self._totals: Counter[tuple[str, str]] = Counter()
        self._seconds = 0.0
        self._levels: ServiceLevels | None = None

    def measure(self, now: datetime) -> StoreVitals:
        """The counts now; it only reads."""
        alerts = {state: self._one("SELECT count(*) FROM alerts WHERE state = ?", state) for state in _WAITING}
        return StoreVitals(
            at=now,
            sources=self._groups(
                "SELECT CASE WHEN paused_at IS NULL THEN state ELSE 'paused' END, count(*) FROM sources "
                "WHERE enabled = 1 GROUP BY 1"
            ),
            channels=self._groups("SELECT state, count(*) FROM channels GROUP BY 1"),
            alerts=alerts,
            problems=self._groups("SELECT kind, count(*) FROM problems WHERE closed_at IS NULL GROUP BY 1"),
            open_gaps=self._one("SELECT count(*) FROM gaps WHERE closed_at IS NULL"),
            overdue_since=parse_optional_stamp(self._find_overdue(now)),
            waiting=self._liveness.channels(),
            totals=self._count_work(),
            bytes=measure_file_sizes(self.db, self._path),
            levels=self._renew_levels(now),
        )

    def _renew_levels(self, now: datetime) -> ServiceLevels:
        """The service levels, at most ten minutes old: they read the links of a week, which the rest does not."""
        if self._levels is None or not timedelta(0) <= now - self._levels.at < _LEVELS_LAST:
            self._levels = measure_levels(self.db, now)
        return self._levels

    def _one(self, sql: str, *values: object) -> int:
        (found,) = self.db.execute(sql, values).fetchone()
        return int(found)

    def _groups(self, sql: str) -> dict[str, int]:
        return {str(row[0]): int(row[1]) for row in self.db.execute(sql)}

    def _find_overdue(self, now: datetime) -> str | None:
        """The oldest due time among sources that nothing keeps from being polled: neither a crawl nor a rest."""
        row = self.db.execute(
            "SELECT min(next_poll_at) AS at FROM sources LEFT JOIN hosts ON hosts.host = sources.host "
            "WHERE enabled = 1 AND paused_at IS NULL AND state <> 'stopped' AND next_poll_at <= :now "
            "AND coalesce(leased_until, '') <= :now AND coalesce(next_turn_at, '') <= :now",
            {"now": format_stamp(now)},
        ).fetchone()
        return None if row["at"] is None else str(row["at"])

    def _count_work(self) -> dict[tuple[str, str], float]:
        """What was done since the daemon began; old rows that go meanwhile take nothing away."""
        if not self._last:
            for table in ("polls", "fetches", "attempts"):
                self._last[table] = self._one(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
        for table, outcome in _LEDGERS:
            last = self._last[table]
            self._last[table] = self._one(f"SELECT max(coalesce(max(id), 0), ?) FROM {table}", last)  # noqa: S608
            rows = f"SELECT {outcome}, count(*) FROM {table} WHERE id > {last} AND id <= {self._last[table]} GROUP BY 1"  # noqa: S608
            for word, number in self._groups(rows).items():
                self._totals[table, word] += number
            if table == "attempts":
                spent = (
                    f"SELECT coalesce(sum(seconds), 0) FROM attempts WHERE id > {last} AND id <= {self._last[table]}"  # noqa: S608
                )
                self._seconds += float(self.db.execute(spent).fetchone()[0])
        self._count_polls()
        return {**self._totals, ("attempts", "seconds"): self._seconds}

    def _count_polls(self) -> None:
        """Polls that ended; those that are open are asked for again."""
        last = self._last["polls"]
        marks = ", ".join("?" * len(self._open))
        rows = self.db.execute(
            "SELECT id, outcome, requests, new_links, stored FROM polls WHERE id > ? "  # noqa: S608
            f"UNION ALL SELECT id, outcome, requests, new_links, stored FROM polls WHERE id IN ({marks})",
            (last, *self._open),
        ).fetchall()
        self._open.clear()
        for row in rows:
            self._last["polls"] = max(self._last["polls"], row["id"])
            if row["outcome"] == "open":
                self._open.add(row["id"])
                continue
            self._totals["polls", row["outcome"]] += 1
            for column in ("requests", "new_links", "stored"):
                self._totals[column, ""] += row[column]


_WAITING = ("pending", "held", "dead")  # states of alerts that are not over; those delivered are counted as attempts


def measure_file_sizes(db: Connection, path: Path) -> dict[str, int]:
    """Bytes of the database's file, of its WAL, and of the pages inside the file that are free to be used again."""
    (size,), (free,) = (db.execute(f"PRAGMA {name}").fetchone() for name in ("page_size", "freelist_count"))
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    wal = path.with_name(f"{path.name}-wal")
    return {"file": pages * size, "wal": wal.stat().st_size if wal.exists() else 0, "free": free * size}
