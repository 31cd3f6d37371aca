"""How far a long command is, as a terminal shows it."""

from __future__ import annotations

import errno
import io
import os
import pty
import re
import sys

import pytest

from monitor.commands.console import follow_progress


def _read_to_end(terminal: int) -> str:
    """All that was shown on a terminal whose other end is closed: one read may give any part of it."""
    shown = b""
    with open(terminal, "rb", buffering=0) as ours:
        while True:
            try:
                part = ours.read(65_536)
            except OSError as error:
                if error.errno != errno.EIO:  # Linux says so where the other end is closed and all of it was read
                    raise
                return shown.decode()
            if not part:
                return shown.decode()
            shown += part


def test_what_no_terminal_shows_passes_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    items = iter([1, 2, 3])
    assert follow_progress(items, "pieces", 3) is items
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_a_terminal_shows_how_many_of_how_many_and_is_left_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    ours, its = pty.openpty()
    with open(its, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert list(follow_progress(iter("abc"), "pieces", 3)) == ["a", "b", "c"]
    shown = _read_to_end(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert re.findall(r"\d/3 pieces", plain)[-1] == "3/3 pieces"
    assert shown.endswith("\x1b[2K")  # the line is taken away again


def test_who_gives_up_in_between_leaves_the_rest_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, its = pty.openpty()
    with open(its, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        items = iter("abc")
        following = iter(follow_progress(items, "pieces", 3))
        assert next(following) == "a"
        following.close()  # type: ignore[attr-defined]
        assert list(items) == ["b", "c"]
    os.close(ours)
