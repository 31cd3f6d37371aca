"""One daemon per database: an advisory lock on `<database>.lock` that the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from monitor.errors import AlreadyRunning


class Lock:
    """The lock file beside a database; it holds the process id of the daemon, for people."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._fd: int | None = None

    def take(self) -> None:
        """Take the lock; raises AlreadyRunning, naming the holder's process id."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(fd, 32).decode("ascii", "replace").strip()
            os.close(fd)
            raise AlreadyRunning(
                f"seedwatch already runs on this database as process {holder}: stop it first, "
                "or give this one another [store] path"
            ) from None
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd

    def is_free(self) -> bool:
        """Whether nobody holds the lock at this moment."""
        if self._fd is not None or not self.path.exists():
            return True
        fd = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(fd)
        return True

    def holder(self) -> int | None:
        """The process id of the daemon that runs, None when none does."""
        if self.is_free():
            return None
        text = self.path.read_text("ascii", "replace").strip()
        return int(text) if text.isdigit() else None

    def release(self) -> None:
        """Let go; the file stays, for unlinking it would let two holders lock two files of one name."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
