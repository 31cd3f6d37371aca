from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from monitor.discovery.silence import HISTORY, Silence, find_usual_pause, measure_silence

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def office(weeks: int, a_day: int, seed: int = 1) -> list[datetime]:
    """Pieces between 08:00 and 20:00 on workdays, none else."""
    chance = random.Random(seed)
    return [
        BEGAN + DAY * day + HOUR * chance.uniform(8, 20)
        for day in range(weeks * 7)
        if day % 7 < 5
        for _ in range(a_day)
    ]


def test_a_night_and_a_weekend_are_no_silence_and_a_tuesday_is() -> None:
    pieces = office(8, 10)
    monday = BEGAN + timedelta(weeks=8)
    assert measure_silence(pieces, BEGAN, monday + HOUR * 8) is None  # since Friday evening
    found = measure_silence(pieces, BEGAN, monday + DAY + HOUR * 20)  # Monday and Tuesday: nothing
    assert found is not None
    assert found.since == max(pieces)
    assert found.odds is not None
    assert found.odds > 400
    assert found.describe(monday + DAY + HOUR * 20) == f"silent for 4 d, 1 in {found.odds:,} on a Tuesday"


def test_bursts_make_silences_likelier() -> None:
    """Twice as many pieces, always ten at once: a silence is no stranger than with a tenth of the events."""
    chance = random.Random(3)
    events = [BEGAN + timedelta(weeks=4) * chance.random() for _ in range(60)]
    burst = [event + timedelta(minutes=minute) for event in events for minute in range(10)]
    now = max(events) + HOUR * 30
    assert measure_silence(burst, BEGAN, now) is None
    even = [BEGAN + HOUR * hour for hour in range(4 * 168)]
    assert measure_silence(even, BEGAN, even[-1] + HOUR * 30) is not None


@pytest.mark.parametrize(
    ("pieces", "days"),
    [
        (office(2, 4)[:15], 16),  # too few
        ([BEGAN + HOUR * n for n in range(200)], 12),  # not two weeks
        ([], 13),
    ],
)
def test_what_says_nothing_of_a_rhythm(pieces: list[datetime], days: int) -> None:
    assert measure_silence(pieces, BEGAN, BEGAN + DAY * days) is None


def test_two_weeks_without_anything_are_a_silence_whatever_the_rhythm() -> None:
    now = BEGAN + DAY * 15
    assert measure_silence([], BEGAN, now) == Silence(since=BEGAN, odds=None)
    assert measure_silence([BEGAN - DAY, BEGAN, now + DAY], BEGAN, now) == Silence(since=BEGAN, odds=None)
    assert Silence(since=BEGAN, odds=None).describe(now) == "silent for 15 d"
    assert Silence(since=BEGAN, odds=400).describe(BEGAN + HOUR * 31) == "silent for 31 h, 1 in 400 on a Tuesday"


def test_a_gap_as_long_as_one_before_is_none() -> None:
    pieces = [BEGAN + HOUR * hour for hour in range(4 * 168) if not 300 <= hour < 340]
    assert measure_silence(pieces, BEGAN, pieces[-1] + HOUR * 39) is None
    assert measure_silence(pieces, BEGAN, pieces[-1] + HOUR * 42) is not None


def test_an_outlet_that_goes_on_is_hardly_ever_called_silent() -> None:
    """Judged just before each of its last 20 pieces comes, in 15 histories: one in 400 would be fair."""
    judged = alarms = 0
    for seed in range(15):
        pieces = sorted(office(6, 6, seed))
        for n in range(len(pieces) - 20, len(pieces)):
            judged += 1
            alarms += measure_silence(pieces[:n], BEGAN, pieces[n]) is not None
    assert (judged, alarms <= 1) == (300, True)


@pytest.mark.parametrize("seed", range(6))
def test_no_silence_follows_within_a_usual_pause(seed: int) -> None:
    """Judged every hour over a fortnight from different pieces on; the history moves on with `now`."""
    pieces = sorted(office(10, 5, seed) + office(1, 1, seed + 99))
    for n in (3, 60, 150, 200, len(pieces)):
        since, pause = pieces[n - 1], find_usual_pause(pieces[:n], BEGAN, pieces[n - 1])
        at = since
        while at < pause:
            assert measure_silence(pieces[:n], max(BEGAN, at - HISTORY), at) is None
            at += HOUR


def test_a_usual_pause_is_as_long_as_the_longest_that_is_still_looked_at() -> None:
    pieces = [BEGAN + HOUR * hour for hour in range(4 * 168) if not 300 <= hour < 340]
    assert find_usual_pause(pieces, BEGAN, pieces[-1]) == pieces[-1] + HOUR * 41
    assert find_usual_pause(pieces, BEGAN + HOUR * 100, pieces[-1]) == pieces[-1] + HOUR * 41
    just = timedelta(microseconds=1)
    assert find_usual_pause([], BEGAN, BEGAN + HOUR) == BEGAN + DAY * 14 - just
    assert find_usual_pause(pieces[:19], BEGAN, BEGAN + DAY * 20) == pieces[18] + DAY * 14 - just
    early = [BEGAN, *(BEGAN + DAY * 10 + HOUR * hour for hour in range(45 * 24 + 1))]
    assert find_usual_pause(early, BEGAN, early[-1]) == BEGAN + HISTORY
