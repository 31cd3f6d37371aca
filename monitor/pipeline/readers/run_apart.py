"""Calls a function in a process of its own, so that the memory it takes is given back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_CODE = (
    "import pkgutil, sys; from pathlib import Path; sys.path[:] = sys.argv[3].splitlines(); "
    "pkgutil.resolve_name(sys.argv[1])(Path(sys.argv[2]))"
)


def run_apart(function: str, path: Path) -> None:
    """Call `function` ("a.b:c") with `path`, and wait for it; raises OSError with what it said last if it failed."""
    done = subprocess.run(  # noqa: S603  our own interpreter, no shell
        [sys.executable, "-c", _CODE, function, str(path), "\n".join(sys.path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise OSError(said[-1] if said else f"exit code {done.returncode}")
