"""What lies beside the database for marks: the key of the links in alerts, the key of the pages, and the spool in which
the pages leave the tokens that people confirmed. The pages' process reads its own key and must not read the other.

A token is the name of an empty file: made in one step, so that none is ever found half written.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

from monitor.alerting.mark_token import KEY_BYTES
from monitor.config.atomic_file import replace_file
from monitor.errors import StoreError

MOST = 1_000  # tokens looked at in one round; the pages leave no more


def load_mark_key(database: Path) -> bytes:
    """The key of this database's links, made where there is none; to be called by whoever holds the writer's lock.

    Raises StoreError where it cannot be made or read, is no key, or may be read by others.
    """
    return _load_key(Path(f"{database.resolve()}-mark-key"), "the links that mark")


def load_pages_key(database: Path) -> bytes:
    """The key of this database's pages, made where there is none: it signs the buttons that mark, and private feeds.

    Raises StoreError as `load_mark_key` does.
    """
    return _load_key(_pages_key(database), "the pages")


def read_pages_key(database: Path) -> bytes | None:
    """The key of the pages as it stands this moment, None where there is none; nothing is made.

    Raises StoreError for one that is no key or that others may read.
    """
    return load_pages_key(database) if _pages_key(database).exists() else None


def _pages_key(database: Path) -> Path:
    return Path(f"{database.resolve()}-pages-key")


def _load_key(path: Path, what: str) -> bytes:
    try:
        if not path.exists():
            replace_file(path, secrets.token_bytes(KEY_BYTES), mode=0o600)
        status, found = path.stat(), path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: the key of {what}: {error.strerror}") from error
    if len(found) != KEY_BYTES or stat.S_IMODE(status.st_mode) & 0o077:
        raise StoreError(
            f"{path}: needs to be {KEY_BYTES} bytes that only you may read: chmod 600, or delete it for a new one "
            "(what the old one signed ends then)"
        )
    return found


def open_spool(database: Path) -> Path:
    """The folder in which the pages leave tokens, made where there is none. Raises StoreError."""
    path = Path(f"{database.resolve()}-marks")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: the folder for marks: {error.strerror}") from error
    return path


def leave_token(folder: Path, token: str) -> bool:
    """Put a token into the spool; False where too many wait. Raises OSError where the folder is missing or full."""
    with os.scandir(folder) as waiting:
        count = sum(1 for _ in waiting)
    if count >= MOST and not (folder / token).exists():
        return False
    with suppress(FileExistsError):  # said again: it is the latest word
        os.close(os.open(folder / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with suppress(FileNotFoundError):  # taken this moment
        # Stated, for the kernel's own stamps stand still for milliseconds: two words within one would have no order.
        os.utime(folder / token, ns=(time.time_ns(),) * 2)
    return True


def list_waiting_tokens(folder: Path) -> list[Path]:
    """The oldest tokens in the spool, as files in the order in which they were left; folders are none of ours."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if not entry.is_dir(follow_symlinks=False):
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    return [folder / name for _, name in sorted(found)[:MOST]]
