"""Which matching pieces of a flood wait, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerting.flood import flood_limit, hold_flood, usual_hour
from monitor.alerting.policy import Hold

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def held(limit: int, minutes: float) -> Hold:
    return Hold(
        kind="flood",
        reason=f"gull brought more than {limit} matching pieces within an hour",
        until=NOW + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize(
    ("pieces", "hours", "usual"), [(0, 300.0, 0.0), (300, 300.0, 1.0), (24, 1.0, 1.0), (48, 0.0, 2.0)]
)
def test_a_usual_hour_is_a_mean_over_a_day_at_least(pieces: int, hours: float, usual: float) -> None:
    assert usual_hour(pieces, hours) == usual


@pytest.mark.parametrize(("usual", "limit"), [(0.0, 50), (5.0, 50), (5.1, 51), (20.0, 200)])
def test_the_limit_is_ten_usual_hours_and_fifty_at_least(usual: float, limit: int) -> None:
    assert flood_limit(usual) == limit


@pytest.mark.parametrize(
    ("count", "usual", "window", "hold"),
    [
        (50, 0.0, None, None),
        (51, 0.0, None, held(50, 15)),
        (51, 0.0, NOW + timedelta(minutes=4), held(50, 4)),
        (51, 0.0, NOW, held(50, 15)),
        (200, 20.0, None, None),
        (201, 20.0, None, held(200, 15)),
    ],
)
def test_what_comes_beyond_the_limit_waits_for_the_digest_that_gathers(
    count: int, usual: float, window: datetime | None, hold: Hold | None
) -> None:
    assert hold_flood(count, usual, "gull", NOW, window) == hold
