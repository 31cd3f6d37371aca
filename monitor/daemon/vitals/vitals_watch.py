"""Takes the daemon's vitals every few seconds and publishes whether it is ready; it must not write to the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.alerting.liveness import STANDSTILL, find_unready_reasons
from monitor.daemon.vitals.job_pulse import JobPulse
from monitor.errors import DatabaseError
from monitor.model.vitals import DaemonVitals, StoreVitals
from monitor.storage.pages.published_health import PublishedHealth, publish_health

if TYPE_CHECKING:
    from monitor.daemon.engine import Engine

log = logging.getLogger(__name__)

LOOK = 10.0  # seconds between two looks at the database
WAIT = 5.0  # seconds it gets for an answer; it is asked again when it has given that one


class VitalsWatch:
    """One per daemon; `vitals` and `reasons` may be asked for at any time and wait for nothing."""

    def __init__(self, engine: Engine, pulse: JobPulse, elapsed: Callable[[], float]) -> None:
        """`elapsed` gives seconds that nobody can set."""
        self._engine = engine
        self._pulse = pulse
        self._elapsed = elapsed
        self._begun = elapsed()
        self._answered = self._begun
        self._store: StoreVitals | None = None
        self._asking: asyncio.Task[None] | None = None
        self._unpublished = ""

    def vitals(self) -> DaemonVitals:
        """The vitals at this moment, those of the database as it said them last."""
        engine, now = self._engine, self._elapsed()
        claims = (engine.claimed_at, engine.local_desk.claimed_at)  # by this process, and by agents
        claimed = max((at for at in claims if at is not None), default=self._begun)
        return DaemonVitals(
            store=self._store,
            silent=now - self._answered,
            write_fault=engine.store.write_fault,
            unclaimed=now - claimed,
            crawls=engine.crawls_running,
            tasks=self._pulse.list_tasks(),
        )

    def reasons(self) -> tuple[str, ...]:
        """Why the daemon is not ready, empty where it is."""
        if self._store is None and self._elapsed() - self._begun <= STANDSTILL:
            return ("it has just begun and knows nothing yet",)
        return find_unready_reasons(self.vitals())

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK)
        finally:
            if self._asking is not None:
                self._asking.cancel()

    async def look(self) -> None:
        """Ask the database, where it is not still busy with the last question, and publish what is known then."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), name="vitals")
        await asyncio.wait((self._asking,), timeout=WAIT)
        health = PublishedHealth(at=self._engine.clock.now(), reasons=self.reasons())
        try:
            await asyncio.to_thread(publish_health, self._engine.store.path, health)
        except OSError as error:
            if self._unpublished != str(error):
                log.warning("event=health-not-published error=%r", str(error))
            self._unpublished = str(error)
        else:
            self._unpublished = ""

    async def _ask(self) -> None:
        engine = self._engine
        try:
            self._store = await engine.store.read(engine.store.vitals.measure, engine.clock.now())
        except DatabaseError as error:
            log.warning("event=vitals-not-read error=%r", str(error))
        else:
            self._answered = self._elapsed()
