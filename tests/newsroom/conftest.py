"""A newsroom on loopback at a moment that only the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from monitor.clock import SimulatedClock
from monitor.newsroom.newsroom import Newsroom

START = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # already the next day in Moscow


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def newsroom(clock: SimulatedClock) -> Iterator[Newsroom]:
    with Newsroom(now=clock.now, seed=11) as running:
        yield running


@pytest.fixture
def web() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client
