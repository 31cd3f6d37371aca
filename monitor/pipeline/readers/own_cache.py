"""Where the user's cache is, and whether what stands there is the user's own; it must not know what that is."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


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
