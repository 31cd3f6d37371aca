"""The daemon's own copies of the database, as often as `[store] backup` says; it must not block the loop."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config.schema import StoreSection
from monitor.errors import StoreError
from monitor.storage import Store
from monitor.storage.backup import back_up_database, list_backups, name_backup, prune_backups

log = logging.getLogger(__name__)

KIND = "backup"
AGAIN = timedelta(minutes=10)  # after a copy that failed


class ScheduledBackup:
    """Due when the newest copy is older than the interval: that holds over restarts, without a row of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._failed_at: datetime | None = None

    async def run_if_due(self, section: StoreSection, now: datetime) -> Path | None:
        """Make a copy where one is due; which. What goes wrong is a problem, never an exception."""
        path = self._store.path
        if section.backup is None:
            return None
        copies = list_backups(path)
        # A copy dated ahead comes from a clock that was set: it counts for nothing.
        recent = [at for at, _ in copies if now - timedelta(seconds=section.backup) < at <= now]
        if recent or (self._failed_at is not None and timedelta(0) <= now - self._failed_at < AGAIN):
            return None
        target = name_backup(path, now)
        try:
            size = await asyncio.to_thread(back_up_database, path, target)
            await asyncio.to_thread(prune_backups, path, section.backup_keep)
        except (StoreError, OSError) as error:
            self._failed_at = now
            log.error("event=backup-failed error=%r", str(error))
            cure = "free some space or mend the folder; it is tried again by itself"
            await self._store.do(self._store.problems.open, KIND, str(target.parent), str(error), cure, now)
            return None
        self._failed_at = None
        log.info("event=backup file=%s bytes=%d", target, size)
        await self._store.do(self._store.problems.close, KIND, str(target.parent), now)
        return target
