"""Where the user's cache is, whether what stands there is the user's own, and what of it nobody uses any more.

What is laid there may be read only: a file that is cut off while it is mapped kills whoever looks at it (SIGBUS).
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from platformdirs import user_cache_path

log = logging.getLogger(__name__)

READ_ONLY = 0o444
KINDS = ("languages-", "words-")  # how the names of what is laid in the cache begin, whichever release laid it
_UNUSED = 30 * 86_400.0  # seconds after which what no process has loaded is another release's that is gone


def locate_cache(cache: Path | None) -> Path:
    """`cache`, or the user's own; raises OSError where the user has none."""
    if cache is not None:
        return cache
    try:
        return user_cache_path("seedwatch")
    except RuntimeError as error:  # no HOME, and no such user
        raise OSError(str(error)) from error


def check_owner(path: Path) -> None:
    """Raises OSError where a file or folder is missing or another user's, who could write what he likes into it."""
    if path.stat().st_uid != os.geteuid():
        raise OSError(f"{path} belongs to another user")


def tidy_cache(folder: Path, used: Collection[str], now: float) -> None:
    """Note that `used` was loaded `now` (in Unix seconds), and remove what nobody has loaded for a month.

    Another release that still runs has loaded its own within that time, or keeps what it has mapped: that lasts until
    it ends, whatever becomes of the file's name.
    """
    try:
        for path in folder.iterdir():
            if not path.name.startswith(KINDS):
                continue
            state = path.stat()
            if path.name in used:
                os.utime(path, (now, state.st_mtime))
            elif now - state.st_atime > _UNUSED:
                log.info("event=cache-removed path=%s", path)
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    except OSError as error:  # another process was faster, or it is another user's
        log.debug("event=cache-not-tidied error=%r", str(error))
