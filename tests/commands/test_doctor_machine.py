"""What doctor says of the machine alone: packages, SQLite, room on the disk."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

import pytest

from monitor.commands.doctor import (
    check_disk,
    check_space,
    check_sqlite,
)
from monitor.commands.live.version_floors import FLOORS, Check, CheckVerdict, check_floor, check_floors


@pytest.mark.row("S11")
def test_the_floors_are_those_of_the_lock_file() -> None:
    assert [check.verdict for check in check_floors()] == [CheckVerdict.OK] * len(FLOORS)
    assert check_floors()[0] == Check(name="scrapy", verdict=CheckVerdict.OK, detail=metadata.version("scrapy"))


@pytest.mark.row("S11")
def test_a_package_below_its_floor_fails() -> None:
    version = metadata.version("click")
    assert check_floor("click", (99, 1)) == Check(
        name="click",
        verdict=CheckVerdict.FAIL,
        detail=f"{version} is below 99.1",
        cure="pip install --upgrade 'click>=99.1'",
    )


@pytest.mark.row("S11")
def test_a_missing_package_fails() -> None:
    found = check_floor("seedwatch-no-such-package", (1, 0))
    assert (found.verdict, found.detail) == (CheckVerdict.FAIL, "not installed")


@pytest.mark.row("S11")
@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 40, 1), CheckVerdict.WARN),
        ((3, 44, 5), CheckVerdict.WARN),
        ((3, 44, 6), CheckVerdict.OK),
        ((3, 50, 7), CheckVerdict.OK),
        ((3, 51, 2), CheckVerdict.WARN),
        ((3, 51, 3), CheckVerdict.OK),
    ],
)
def test_an_sqlite_with_the_wal_reset_bug_is_said(version: tuple[int, ...], verdict: CheckVerdict) -> None:
    assert check_sqlite(version, "sqlite3").verdict is verdict


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(99_999_999, CheckVerdict.FAIL), (999_999_999, CheckVerdict.WARN), (1_000_000_000, CheckVerdict.OK)],
)
def test_little_space_is_said(tmp_path: Path, free: int, verdict: CheckVerdict) -> None:
    assert check_space(free, tmp_path).verdict is verdict


def test_the_disk_of_a_folder_to_be_is_that_of_its_parent(tmp_path: Path) -> None:
    assert check_disk(tmp_path / "a/b").detail == check_space(shutil.disk_usage(tmp_path).free, tmp_path).detail
