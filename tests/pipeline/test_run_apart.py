"""Functions in processes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.pipeline.readers.run_apart import run_apart


def write_number(path: Path) -> None:
    """In the process: what its number is."""
    path.write_text(str(os.getpid()))


def fail(path: Path) -> None:
    raise ValueError(f"no room for {path.name}")


def leave(_: Path) -> None:
    os._exit(3)


def test_it_runs_in_another_process_and_has_ended(tmp_path: Path) -> None:
    run_apart(f"{__name__}:write_number", tmp_path / "number")
    number = int((tmp_path / "number").read_text())
    assert number != os.getpid()
    assert not Path(f"/proc/{number}").exists()


def test_what_it_fails_of_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^ValueError: no room for x$"):
        run_apart(f"{__name__}:fail", tmp_path / "x")


def test_a_process_that_says_nothing_is_told_by_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^exit code 3$"):
        run_apart(f"{__name__}:leave", tmp_path / "x")
