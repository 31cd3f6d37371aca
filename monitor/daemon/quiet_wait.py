"""Whether anything can have become due since a look found nothing: then the daemon need not ask its database.

Due times stand in the database, and other processes change them: commands that poll, replay or correct. Every write
lengthens or touches the write-ahead log, so that a look at its size and time says whether any was made. A daemon with
nothing to do wakes once a second for that, and every other second after a while, instead of a dozen times a second for
questions whose answer is known.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

# File systems keep times in steps of some milliseconds: what was written just before a look may hide what came after.
_SETTLED = 1.0  # seconds
_TRUSTED = 60.0  # seconds a look is believed: a reload may change when a report is due, and writes nothing
# Of the CPU that an idle daemon took, .16 % of a core on a busy machine, the thread that ticks took two thirds. What a
# person or another process asks for after a rest waits a second longer for that; what is due by itself does not wait.
_RESTED, _NAP = 30.0, 2.0  # seconds of quiet, and from one look to the next after them

FileState = tuple[int, int, int]


class DueWork(Protocol):
    """What has due times: the engine."""

    async def next_due(self) -> datetime | None:
        """When there is something to do next, None when nothing waits."""

    @property
    def busy(self) -> bool:
        """Whether work is under way that ends without a due time."""


class QuietWait:
    """`work` on the database at `path`; `now` is its time, `wall` seconds since 1970 as files have them."""

    def __init__(self, work: DueWork, path: Path, now: Callable[[], datetime], wall: Callable[[], float]) -> None:
        self._work = work
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._now = now
        self._wall = wall
        self._seen: FileState | None = None
        self._until: datetime | None = None
        self._looked = 0.0
        self._quiet_since: float | None = None  # by `wall`

    def is_quiet(self) -> bool:
        """Whether nothing was due at the last look, nothing has been written since, and no due time has come."""
        if not self._is_unchanged():
            self._quiet_since = None
            return False
        if abs(self._wall() - self._looked) >= _TRUSTED:
            return False
        if self._quiet_since is None:
            self._quiet_since = self._wall()
        return True

    def choose_wait(self, tick: float) -> float:
        """Seconds to the next look: a tick, or a nap where it has been quiet for a while and nothing is due sooner."""
        if self._quiet_since is None or self._wall() - self._quiet_since < _RESTED:
            return tick
        left = _NAP if self._until is None else (self._until - self._now()).total_seconds()
        return max(tick, min(_NAP, left))

    def _is_unchanged(self) -> bool:
        if self._seen is None or self._work.busy or (self._until is not None and self._now() >= self._until):
            return False
        return self.read_state() == self._seen

    def read_state(self) -> FileState | None:
        """The files as they are; None where that cannot be told, or where they were written this very second."""
        try:
            log, file = os.stat(self._log), os.stat(self._path)
        except OSError:
            return None
        if self._wall() - max(log.st_mtime, file.st_mtime) < _SETTLED:
            return None
        return log.st_mtime_ns, log.st_size, file.st_mtime_ns

    async def look(self) -> None:
        """Note when something is due next, as of the files as they are."""
        self._seen = None
        if not self._work.busy and (state := self.read_state()) is not None:
            self._looked = self._wall()
            self._until = await self._work.next_due()
            self._seen = state
