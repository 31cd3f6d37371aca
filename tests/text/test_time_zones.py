"""Offsets as dates state them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.text.times.time_zones import to_utc

NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("+0300", (9, 0)),
        ("-07:30", (19, 30)),
        ("GMT-07:00", (19, 0)),
        ("UTC+4", (8, 0)),
        ("--0700", (19, 0)),
        ("−0100", (13, 0)),
        ("Z", (12, 0)),
        ("MSK", (9, 0)),
        ("pst", (20, 0)),
        ("Asia/Baku", (8, 0)),
        ("Etc/GMT+3", (15, 0)),
        ("America/Argentina/Buenos_Aires", (15, 0)),
        ("-05:00Z", (17, 0)),
        ("MST-07:00", (19, 0)),
    ],
)
def test_known_zones(zone: str, utc: tuple[int, int]) -> None:
    assert to_utc(NOON, zone) == datetime(2026, 11, 24, *utc, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["+1500", "XYZ", "Mars/Olympus", "America/Argentina", "../../etc/passwd", ""])
def test_unknown_zones(zone: str) -> None:
    assert to_utc(NOON, zone) is None
