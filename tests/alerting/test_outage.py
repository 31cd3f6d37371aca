"""When a channel that takes nothing is tried again (RELIABILITY W12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.outage import FaultOwner, fault_of, is_detour, next_probe

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def probes(hours: float, jitter: list[float]) -> list[float]:
    """Seconds since the first failure of every request to a receiver that is down for so long."""
    at, failures, found, draws = NOW, 1, [0.0], iter(jitter)
    while (at := next_probe(failures, NOW, at, next(draws))) < NOW + timedelta(hours=hours):
        found.append((at - NOW).total_seconds())
        failures += 1
    return found


def test_the_schedule_without_chance() -> None:
    assert probes(3, [0.5] * 99) == [
        *(0, 5, 16, 40, 93, 210, 467, 1037, 1607, 2177, 2747, 3317),
        *(3887, 5837, 7787, 9737),
    ]


@given(st.integers(0, 10**9))
def test_an_outage_costs_few_requests_and_its_end_is_seen_soon(seed: int) -> None:
    random = Random(seed)
    found = probes(24, [random.random() for _ in range(99)])
    assert sum(at < 3600 for at in found) <= 12
    assert max(later - earlier for earlier, later in pairwise(found) if earlier < 3600) <= 600
    later = [at for at in found if at >= 3600]
    assert max(after - before for before, after in pairwise(later)) <= 2100
    assert max(sum(start <= at < start + 3600 for at in later) for start in later) <= 2


@given(st.integers(0, 10**9), st.floats(0, 480))
def test_a_short_outage_delays_alerts_by_little_more_than_itself(seed: int, away: float) -> None:
    random = Random(seed)
    found = probes(1, [random.random() for _ in range(99)])
    assert min(at for at in found if at >= away) - away <= 6 + 2 * away
    assert min(at for at in probes(1, [0.5] * 99) if at >= away) - away <= 5 + 1.4 * away


@pytest.mark.parametrize(
    ("status", "reached", "expected"),
    [
        *((status, True, FaultOwner.ALERT) for status in (400, 411, 413, 414, 415, 422, 431)),
        *((status, True, FaultOwner.CHANNEL) for status in (301, 307, 401, 403, 404, 408, 429, 502, 503, 504)),
        *((status, True, FaultOwner.UNCLEAR) for status in (200, 409, 500, 501, 550, None)),
        (None, False, FaultOwner.CHANNEL),
    ],
)
def test_whose_fault_an_answer_shows(status: int | None, reached: bool, expected: FaultOwner) -> None:
    assert fault_of(status, reached=reached) is expected


def test_every_fourth_probe_is_another_alert() -> None:
    assert [failures for failures in range(14) if is_detour(failures)] == [4, 8, 12]
