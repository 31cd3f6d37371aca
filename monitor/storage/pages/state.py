"""The state of the watch as the home page, health.json and `status` tell it, read from one database."""

from __future__ import annotations

import shutil
from pathlib import Path

from monitor.alerting.watch_state import ChannelCondition, OpenProblem, SourceState, WatchState, describe_watch
from monitor.storage.alerts.channels import Channels
from monitor.storage.connection import Connection
from monitor.storage.daemon_lock import Lock
from monitor.storage.pages.published_health import read_published_health
from monitor.storage.problems import Problems
from monitor.storage.timestamps import parse_optional_stamp

UNWRITABLE = "database-not-writable"  # a kind of problem
UNWRITTEN = "nothing can be written to the database"  # how a reason of it begins
_ROOM = 1_000_000  # bytes on the disk below which a transaction finds none


def read_watch_state(db: Connection, path: Path, *, simulated: bool) -> WatchState:
    """What is wrong with the watch of the database at `path` now, the worst first."""
    running = Lock(path).holder() is not None
    return describe_watch(
        running=running,
        simulated=simulated,
        sources=tuple(
            SourceState(name=row["name"], title=row["title"], state=row["state"], reason=row["reason"])
            for row in db.execute(
                "SELECT name, title, state, reason FROM sources WHERE enabled = 1 AND paused_at IS NULL ORDER BY name"
            )
        ),
        channels=tuple(_channels(db)),
        problems=tuple(_problems(db, path, running=running)),
    )


def _problems(db: Connection, path: Path, *, running: bool) -> list[OpenProblem]:
    """The open problems, and the one that no row can tell: that nothing can be written."""
    found = [
        OpenProblem(
            kind=problem.kind,
            subject=problem.subject,
            detail=problem.detail,
            cure=problem.cure,
            since=problem.opened_at,
        )
        for problem in Problems(db).current()
    ]
    if (fault := _find_write_fault(path, running=running)) is not None and UNWRITABLE not in {
        problem.kind for problem in found
    }:
        cure = "free some space, or mend the folder; it goes on by itself, and nothing is lost"
        found.insert(0, OpenProblem(kind=UNWRITABLE, subject=str(path), detail=fault, cure=cure, since=None))
    return found


def _find_write_fault(path: Path, *, running: bool) -> str | None:
    """Why nothing can be written: what the running daemon says of it, or that the disk is full."""
    said = read_published_health(path) if running else None
    if said is not None and (reason := next((one for one in said.reasons if one.startswith(UNWRITTEN)), None)):
        return reason
    free = shutil.disk_usage(path.parent).free
    return f"{UNWRITTEN}: its disk is full" if free < _ROOM else None


def _channels(db: Connection) -> list[ChannelCondition]:
    owed: dict[tuple[str, str], tuple[int, str | None]] = {}
    for state, tried in (("dead", 0), ("pending", 1)):
        for row in db.execute(
            "SELECT channel, count(*) AS alerts, min(created_at) AS oldest FROM alerts "
            "WHERE state = ? AND attempts >= ? GROUP BY channel",
            (state, tried),
        ):
            owed[row["channel"], state] = (row["alerts"], row["oldest"])
    found = []
    for channel in Channels(db).all():
        dead, oldest_dead = owed.get((channel.name, "dead"), (0, None))
        waiting, oldest_waiting = owed.get((channel.name, "pending"), (0, None))
        oldest = min((at for at in (oldest_dead, oldest_waiting) if at), default=None)
        found.append(
            ChannelCondition(
                name=channel.name,
                state=channel.state,
                reason=channel.reason,
                since=channel.failing_since,
                dead=dead,
                waiting=waiting,
                oldest=parse_optional_stamp(oldest),
            )
        )
    return found
