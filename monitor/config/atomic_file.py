"""Replaces a file whole or not at all; it must not know what stands in it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write `content` beside `path`, bring it to the disk and rename it: a reader sees the old file or the new one.

    The file has the permissions `mode` from the first byte on, whatever the one before had. A crash leaves the old file
    and a draft that is named after it. Raises OSError, without a draft left behind.
    """
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for its owner only, so far
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(mode)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
