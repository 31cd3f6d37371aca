"""What of the user's cache is removed, and when."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.pipeline.readers.own_cache import tidy_cache

NOW, DAY = 1_790_000_000.0, 86_400.0


def lay(path: Path, loaded: float) -> None:
    """A file, or a folder of one, that was loaded last so many days ago."""
    if path.suffix:
        path.write_bytes(b"words")
    else:
        path.mkdir()
        (path / "pc.npy").write_bytes(b"numbers")
    os.utime(path, (NOW - loaded * DAY, NOW - 900 * DAY))


def test_what_no_process_has_loaded_for_a_month_goes(tmp_path: Path) -> None:
    kept = {"languages-2.0-now": 400, "words-3-now.marisa": 31, "languages-1.9-last-week": 7, "words-2.marisa": 29}
    gone = {"languages-1.8-spring": 31, "words-1.marisa": 90, "languages-draft-x1": 40}
    foreign = {"notes.txt": 400, "pictures": 400}
    for name, days in (kept | gone | foreign).items():
        lay(tmp_path / name, days)
    tidy_cache(tmp_path, ("languages-2.0-now", "words-3-now.marisa"), NOW)
    assert {path.name for path in tmp_path.iterdir()} == {*kept, *foreign}
    tidy_cache(tmp_path, (), NOW + 3 * DAY)  # another release starts: what this one used three days ago stays
    assert {path.name for path in tmp_path.iterdir()} == {*kept, *foreign} - {"words-2.marisa"}
    assert (tmp_path / "languages-2.0-now").stat().st_mtime == NOW - 900 * DAY


def test_a_cache_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    tidy_cache(tmp_path / "none", (), NOW)
    assert list(tmp_path.iterdir()) == []
