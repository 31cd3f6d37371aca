"""Calls a function in a process of its own, so that the memory it takes is given back."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import util
from pathlib import Path

_PATIENCE = 120.0  # seconds; what is called takes one or two
_CODE = (
    "import sys; sys.path[:] = sys.argv[4].splitlines(); "  # first: whoever may write here must not be imported
    "import pathlib, pkgutil; from monitor.process_limits import end_with_parent; end_with_parent(int(sys.argv[3])); "
    "pkgutil.resolve_name(sys.argv[1])(pathlib.Path(sys.argv[2]))"
)


def run_apart(function: str, path: Path) -> None:
    """Call `function` ("a.b:c") with `path`, and wait for it; raises OSError with what it said last if it failed.

    It ends with the thread that calls this.
    """
    flags = util._args_from_interpreter_flags()  # type: ignore[attr-defined]
    words = [function, str(path), str(os.getpid()), "\n".join(sys.path)]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter, no shell
            [sys.executable, *flags, "-c", _CODE, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"{function} took longer than {_PATIENCE:g} s") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise OSError(said[-1] if said else f"exit code {done.returncode}")
