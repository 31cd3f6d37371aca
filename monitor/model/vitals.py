"""What the daemon knows of itself at one moment: the facts behind readyz, the metrics and health.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.alert import WaitingChannel
from monitor.model.service_levels import ServiceLevels


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreVitals:
    """What the database says at `at`.

    `sources`, `channels`, `alerts` and `problems` count by state (by kind: problems). `overdue_since` is the oldest
    due time among sources that could be polled at once; `waiting` are the channels that are owed alerts. `totals` are
    what was done since the daemon began, by what and how it came out: ("polls", "ok") → 12. `bytes` are those of the
    database: "file", "wal" and "free" (inside the file). `levels` are measured less often, None before the first time.
    """

    at: datetime
    sources: Mapping[str, int]
    channels: Mapping[str, int]
    alerts: Mapping[str, int]
    problems: Mapping[str, int]
    open_gaps: int
    overdue_since: datetime | None
    waiting: tuple[WaitingChannel, ...]
    totals: Mapping[tuple[str, str], float]
    bytes: Mapping[str, int]
    levels: ServiceLevels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPulse:
    """A job of the scheduler: seconds since it last ended well (since the start where it never did), how often not."""

    name: str
    silent: float
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonVitals:
    """The whole at one moment; the lengths of time are of a clock that nobody sets.

    `store` is what the database said last, None before its first answer, and `silent` the seconds since then.
    `unclaimed` are the seconds since a crawl was begun last, or since the start. `write_fault`: why nothing can be
    written.
    """

    store: StoreVitals | None
    silent: float
    write_fault: str | None
    unclaimed: float
    crawls: int
    tasks: tuple[TaskPulse, ...]
