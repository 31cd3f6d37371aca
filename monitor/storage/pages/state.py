"""The state of the watch as the home page, health.json and `status` tell it, read from one database."""

from __future__ import annotations

import shutil

from monitor.alerting.watch_state import ChannelCondition, OpenProblem, SourceState, WatchState, describe_watch
from monitor.storage import Store
from monitor.storage.published_health import read_published_health
from monitor.storage.timestamps import parse_optional_stamp

UNWRITABLE = "database-not-writable"  # a kind of problem
UNWRITTEN = "nothing can be written to the database"  # how a reason of it begins
_ROOM = 1_000_000  # bytes on the disk below which a transaction finds none


def read_watch_state(store: Store, *, simulated: bool) -> WatchState:
    """What is wrong with the watch now, the worst first."""
    return describe_watch(
        running=store.daemon() is not None,
        simulated=simulated,
        sources=tuple(
            SourceState(name=row["name"], title=row["title"], state=row["state"], reason=row["reason"])
            for row in store.db.execute(
                "SELECT name, title, state, reason FROM sources WHERE enabled = 1 AND paused_at IS NULL ORDER BY name"
            )
        ),
        channels=tuple(_channels(store)),
        problems=tuple(_problems(store)),
    )


def _problems(store: Store) -> list[OpenProblem]:
    """The open problems, and the one that no row can tell: that nothing can be written."""
    found = [
        OpenProblem(
            kind=problem.kind,
            subject=problem.subject,
            detail=problem.detail,
            cure=problem.cure,
            since=problem.opened_at,
        )
        for problem in store.problems.current()
    ]
    if (fault := _find_write_fault(store)) is not None and UNWRITABLE not in {problem.kind for problem in found}:
        cure = "free some space, or mend the folder; it goes on by itself, and nothing is lost"
        found.insert(0, OpenProblem(kind=UNWRITABLE, subject=str(store.path), detail=fault, cure=cure, since=None))
    return found


def _find_write_fault(store: Store) -> str | None:
    """Why nothing can be written: what the running daemon says of it, or that the disk is full."""
    said = read_published_health(store.path) if store.daemon() is not None else None
    if said is not None and (reason := next((one for one in said.reasons if one.startswith(UNWRITTEN)), None)):
        return reason
    free = shutil.disk_usage(store.path.parent).free
    return f"{UNWRITTEN}: its disk is full" if free < _ROOM else None


def _channels(store: Store) -> list[ChannelCondition]:
    owed: dict[tuple[str, str], tuple[int, str | None]] = {}
    for state, tried in (("dead", 0), ("pending", 1)):
        for row in store.db.execute(
            "SELECT channel, count(*) AS alerts, min(created_at) AS oldest FROM alerts "
            "WHERE state = ? AND attempts >= ? GROUP BY channel",
            (state, tried),
        ):
            owed[row["channel"], state] = (row["alerts"], row["oldest"])
    found = []
    for channel in store.channels.all():
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
