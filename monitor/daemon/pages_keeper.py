"""Keeps the pages' process running: noticed when it ends, restarted with a growing pause, told of when it goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from monitor.clock import Clock
from monitor.config.schema import Config
from monitor.daemon.pages_process import Pages, start_pages
from monitor.errors import DatabaseError, SeedwatchError, StopAsked
from monitor.storage import Store

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks at the process
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds before it is started again, doubled each time
STEADY = 600.0  # seconds of running after which an end is a first one again
ENOUGH = 3  # ends in a row that a person should know of
KIND = "pages"


class PagesKeeper:
    """The pages beside the daemon; they keep their address over restarts."""

    def __init__(self, config: Config, store: Store, clock: Clock, stopping: Callable[[], bool]) -> None:
        """`stopping`: whether the daemon is to end, so that nothing more is started; asked from another thread."""
        self._stopping = stopping
        self._config = config
        self._store = store
        self._clock = clock
        self._pages: Pages | None = None
        self._ends = 0

    async def start(self) -> str | None:
        """Start them the first time; their address, None where the daemon was told to stop before they answered.

        Raises SeedwatchError where they cannot be.
        """
        try:
            self._pages = await asyncio.to_thread(start_pages, self._config, give_up=self._stopping)
        except StopAsked:
            return None
        pages = self._config.pages.model_copy(update={"port": self._pages.port})  # 0 took a free one: keep it
        self._config = self._config.model_copy(update={"pages": pages})
        return self._pages.address

    async def run(self, elapsed: Callable[[], float]) -> None:
        """Restart them whenever they end; `elapsed` gives seconds that nobody can set."""
        since = elapsed()
        while True:
            await asyncio.sleep(LOOK)
            if self._pages is not None and self._pages.process.poll() is None:
                if self._ends and elapsed() - since >= STEADY:
                    self._ends = 0
                    await self._close()
                continue
            self._ends += 1
            code = None if self._pages is None else self._pages.process.returncode
            pause = min(FIRST_PAUSE * 2.0 ** (self._ends - 1), LONGEST_PAUSE)
            log.error("event=pages-ended code=%s times=%d restart_in=%.0fs", code, self._ends, pause)
            if self._ends >= ENOUGH:
                await self._open(code)
            await asyncio.sleep(pause)
            since = elapsed()
            try:
                self._pages = await asyncio.to_thread(start_pages, self._config, give_up=self._stopping)
            except StopAsked:
                return
            except (SeedwatchError, OSError) as error:
                self._pages = None
                log.error("event=pages-not-started error=%r", str(error))
            else:
                log.warning("event=pages-restarted address=%s", self._pages.address)

    def stop(self) -> None:
        """End them."""
        if self._pages is not None:
            self._pages.stop()

    async def _open(self, code: int | None) -> None:
        await self._record(
            self._store.problems.open,
            KIND,
            Path(self._config.store.path).name,
            f"the pages ended {self._ends} times in a row, the last time with code {code}; they are started again",
            "what Datasette said stands in the log; the memory limit of the pages may be too low for a question",
            self._clock.now(),
        )

    async def _close(self) -> None:
        await self._record(self._store.problems.close, KIND, Path(self._config.store.path).name, self._clock.now())

    async def _record(self, work: Callable[..., object], *words: object) -> None:
        try:
            await self._store.do(work, *words)
        except DatabaseError as error:
            log.error("event=problem-not-recorded kind=%s error=%r", KIND, str(error))
