"""When a profile is weighed anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.topics.calibration_steps import is_day_passed, is_step_reached, is_uncalibrated
from monitor.topics.profile import Calibration, Profile

BARE = Profile(topic="t", threshold=0.5, hash="h", seeds=(), terms=(), groups=(), conjunctions=(), schema=())


def weighed(pieces: int, day: str = "2026-03-02") -> Profile:
    found = Calibration(pieces=pieces, left_out=0, tail=0.1, day=day) if pieces else None
    return replace(BARE, expected=((0, 1.0),), calibration=found)


@pytest.mark.parametrize(
    ("known", "pieces", "expected"),
    [(0, 99, False), (0, 100, True), (40, 100, True), (100, 299, False), (120, 300, True), (999, 1000, True),
     (1000, 2000, False)],
)  # fmt: skip
def test_steps(known: int, pieces: int, expected: bool) -> None:
    assert is_step_reached(weighed(known), pieces) is expected


def test_days_count_for_a_large_archive_only() -> None:
    assert is_day_passed(weighed(1000), 1000, "2026-03-03")
    assert not is_day_passed(weighed(1000), 1000, "2026-03-02")
    assert not is_day_passed(weighed(300), 999, "2026-03-03")
    assert not is_day_passed(weighed(0), 1000, "2026-03-03")


def test_a_profile_that_no_archive_weighs_never_waits() -> None:
    assert not is_uncalibrated(BARE)
    assert not is_step_reached(BARE, 5000)
    assert not is_day_passed(BARE, 5000, "2026-03-03")
    assert [is_uncalibrated(weighed(pieces)) for pieces in (0, 99, 100)] == [True, True, False]
