"""Which of two pieces with one text came first, by what their outlets say and what we saw ourselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.identity.first_report import Appearance, may_be_original


def at(minute: int | None) -> datetime | None:
    return None if minute is None else datetime(2026, 3, 2, 6 + minute // 60, minute % 60, tzinfo=UTC)


def piece(source: str, claimed: int | None, seen: int, looked: int | None = None) -> Appearance:
    seen_at = at(seen)
    assert seen_at is not None
    return Appearance(source=source, claimed=at(claimed), seen_at=seen_at, looked_at=at(looked))


@pytest.mark.parametrize(
    ("original", "told", "may"),
    [
        (piece("gull", 5, 30), [piece("crow", 10, 20)], True),  # dated before what alerted
        (piece("gull", 10, 30), [piece("crow", 5, 20)], False),  # a reprint that says so
        (piece("gull", 10, 30), [piece("crow", 10, 20)], False),
        (piece("gull", None, 30), [piece("crow", 5, 20)], False),  # it claims nothing
        (piece("gull", 15, 30), [piece("crow", None, 20)], True),  # the copy has no date: it was there when seen
        (piece("gull", 25, 30), [piece("crow", None, 20)], False),
        # Dated two hours back, and not there at 6:10: it came between 6:10 and 6:20.
        (piece("gull", 15, 30), [piece("crow", 2, 20, looked=12)], True),
        (piece("gull", 20, 30), [piece("crow", 2, 20, looked=12)], True),
        (piece("gull", 21, 30), [piece("crow", 2, 20, looked=12)], False),
        (piece("gull", 15, 30), [piece("crow", 13, 20, looked=12)], False),
        # A date after the moment of seeing is a clock that is wrong: the moment counts.
        (piece("gull", 25, 30), [piece("crow", 50, 20)], False),
        (piece("gull", 15, 30), [piece("crow", 50, 20)], True),
        # A newcomer may be listed up to two hours late; dated back further it came after its outlet was asked last.
        (piece("gull", 5, 140, looked=125), [piece("crow", 10, 20)], True),
        (piece("gull", 5, 140, looked=126), [piece("crow", 10, 20)], False),
        (piece("gull", 5, 400, looked=126), [piece("crow", None, 130)], True),
        # It has to be before all that was told, and no piece of its own outlet among that.
        (piece("gull", 5, 30), [piece("crow", 10, 20), piece("tern", 3, 25)], False),
        (piece("gull", 2, 30), [piece("crow", 10, 20), piece("tern", 3, 25)], True),
        (piece("gull", 5, 30), [piece("gull", 10, 20)], False),
        (piece("gull", 5, 30), [], True),
    ],
)
def test_a_piece_may_be_the_original_of_what_was_told(original: Appearance, told: list[Appearance], may: bool) -> None:
    assert may_be_original(original, told) is may
