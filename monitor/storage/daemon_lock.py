"""One daemon per database: an advisory lock on `<database>.lock` that the kernel frees when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from monitor.errors import AlreadyRunning, StoreError

_MADE = "there is a database"  # the second line, once there is


class Lock:
    """The lock file beside a database; it holds the daemon's process id, for people, and that there was a database.

    The file stays when the lock is let go: unlinking it would let two holders lock two files of one name.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self.path = database.with_name(database.name + ".lock")
        self._held = self._open()

    def _open(self) -> FileLock:
        # Without flock there is no lock: a file that merely exists would outlive a daemon that was killed.
        return FileLock(self.path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False)

    def take(self) -> None:
        """Take the lock; raises AlreadyRunning, naming the holder's process id, and StoreError where it cannot be."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held.acquire()
            self._write(made=_MADE in self._read()[1:])
        except Timeout:
            raise AlreadyRunning(
                f"seedwatch already runs on this database as process {self._read_holder()}: stop it first, "
                "or give this one another [store] path"
            ) from None
        except OSError as error:
            self.release()
            raise StoreError(
                f"{self.path}: {error.strerror}: choose another [store] path or mend the folder"
            ) from error

    def is_free(self) -> bool:
        """Whether no other holds the lock at this moment."""
        if self._held.is_locked or not self.path.exists():
            return True
        probe = self._open()
        try:
            probe.acquire()
        except Timeout:
            return False
        probe.release()
        return True

    def holder(self) -> int | None:
        """The process id of the daemon that runs, None when none does."""
        if self.is_free():
            return None
        text = self._read_holder()
        return int(text) if text.isdigit() else None

    def note_database(self) -> None:
        """Note, as its holder, that there is a database from now on; raises OSError."""
        self._write(made=True)

    def find_loss(self) -> str | None:
        """What to say where a daemon had a database here and its file is gone: to make a new one would hide that."""
        if self._database.exists() or not self.path.is_file() or _MADE not in self._read()[1:]:
            return None
        return (
            f"{self._database}: there was a database and it is gone: put the file back or restore a copy; "
            f"to begin anew, delete {self.path.name} too"
        )

    def _write(self, *, made: bool) -> None:
        self.path.write_text("".join(f"{line}\n" for line in (os.getpid(), *([_MADE] if made else []))), "ascii")

    def _read(self) -> list[str]:
        return self.path.read_text("ascii", "replace").splitlines()

    def _read_holder(self) -> str:
        return next(iter(self._read()), "").strip()

    def release(self) -> None:
        """Let go; nothing where the lock is not held."""
        self._held.release()
