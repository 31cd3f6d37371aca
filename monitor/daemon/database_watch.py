"""Watches the database from outside: its file, the room for it, whether it takes what is written; it never writes it.

What a person must know of it cannot always be written into it, so that the channels are told from memory.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.daemon.alarm import Alarm, choose_recipients, tell_directly
from monitor.errors import DatabaseError, StoreGone

if TYPE_CHECKING:
    from monitor.daemon.engine import Engine

log = logging.getLogger(__name__)

LOOK = 5.0  # seconds between two looks: a database that is gone must be noticed within a minute
AGAIN = 60.0  # seconds after which a channel that did not take an alarm is tried again
LEAVE = 15.0  # seconds that the channels get to take the last alarm before the daemon ends
GONE, BLOCKED = "database-gone", "database-not-writable"


class DatabaseWatch:
    """One per daemon; `on_gone` is called once where the database cannot be gone on with."""

    def __init__(self, engine: Engine, on_gone: Callable[[], None]) -> None:
        self.engine = engine
        self.path = Path(engine.store.path)
        self.gone: StoreGone | None = None  # why the daemon has to end
        self._on_gone = on_gone
        self._file = self._identify()
        self._alarm: Alarm | None = None
        self._next_try = 0.0

    def _identify(self) -> tuple[int, int] | None:
        """Device and inode of the file under the database's name, None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def run(self) -> None:
        """Look until the database is gone."""
        while self.gone is None:
            await asyncio.sleep(LOOK)
            await self.look()

    async def look(self) -> None:
        """One look: end the daemon where the file is gone, tell where nothing can be written, and when it can again."""
        if (found := self._identify()) != self._file:
            await self._end("deleted" if found is None else "replaced by another file")
            return
        fault = self.engine.store.write_fault
        if fault is not None and self._alarm is None:
            detail = f"nothing can be written to {self.path}: {fault}; {self._room()}"
            log.error("event=database-not-writable %s", detail)
            self._alarm = Alarm(
                kind=BLOCKED,
                subject=str(self.path),
                detail=detail,
                cure="free some space, or mend the folder; it goes on by itself, and nothing is lost",
                since=self.engine.clock.now(),
            )
        if self._alarm is None:
            return
        await self._tell(self._alarm)
        if fault is None:
            await self._close(self._alarm)
        else:
            await self._probe(self._alarm)

    async def _probe(self, alarm: Alarm) -> None:
        """Write the problem down: where that works, something can be written, and the next look believes it."""
        problems = self.engine.store.problems
        with suppress(DatabaseError):  # still the fault that is told of
            await self.engine.store.do(problems.open, alarm.kind, alarm.subject, alarm.detail, alarm.cure, alarm.since)

    def _room(self) -> str:
        try:
            return f"{shutil.disk_usage(self.path.parent).free / 1e6:.0f} MB are free there"
        except OSError as error:
            return f"its folder cannot be looked at ({error.strerror})"

    async def _tell(self, alarm: Alarm) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_try:
            return
        self._next_try = float("inf") if await self._send(alarm, self._recipients()) else now + AGAIN

    async def _close(self, alarm: Alarm) -> None:
        """Close the problem, and tell those who were told that it began."""
        store, now = self.engine.store, self.engine.clock.now()
        try:
            await store.do(store.problems.close, alarm.kind, alarm.subject, now)
        except DatabaseError:  # `write_fault` says so at the next look
            return
        log.warning("event=database-writable-again after=%.0fs", (now - alarm.since).total_seconds())
        self._alarm, self._next_try = None, 0.0
        informed = {name: rule for name, rule in self._recipients().items() if name in alarm.told}
        alarm.over, alarm.told = True, set()
        await self._send(alarm, informed)

    def _recipients(self) -> dict[str, str]:
        return choose_recipients(self.engine.ingest.watch.rules, self.engine.config.channels)

    async def _send(self, alarm: Alarm, recipients: dict[str, str]) -> bool:
        engine = self.engine
        return await tell_directly(
            alarm,
            recipients,
            engine.config.channels,
            engine.sender,
            folder=engine.folder,
            environ=engine.environ,
            now=engine.clock.now(),
        )

    async def _end(self, what: str) -> None:
        detail = f"the database {self.path} was {what} while seedwatch ran: it has stopped"
        cure = "put the file back or restore a copy (`seedwatch restore`), then start seedwatch again"
        log.critical("event=database-gone %s: %s", detail, cure)
        alarm = Alarm(kind=GONE, subject=str(self.path), detail=detail, cure=cure, since=self.engine.clock.now())
        self.gone = StoreGone(f"{detail}: {cure}")
        try:
            async with asyncio.timeout(LEAVE):
                await self._send(alarm, self._recipients())
        except TimeoutError:
            log.error("event=alarm-not-sent nobody answered within %.0f s", LEAVE)
        self._on_gone()
