"""A file is replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.atomic_file import replace_file


def test_a_file_is_made_and_replaced_with_the_permissions_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a"
    replace_file(path, b"one")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o644)
    path.chmod(0o755)
    replace_file(path, b"two", mode=0o600)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_of_the_old_file_keeps_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    replace_file(path, b"one")
    with path.open("rb") as reader:
        replace_file(path, b"two")
        assert (reader.read(), path.read_bytes()) == (b"one", b"two")


def test_what_cannot_be_written_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for path in (tmp_path / "a", tmp_path / "none" / "a"):
        with pytest.raises(OSError, match="a"):
            replace_file(path, b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
