"""By method calls, by messages, or by messages over a NATS server: a crawl reaches its desk, and the same comes of it.

`pytest tests/fetching --desk nats` (or `loopback`) plays every scenario of this folder so.
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from test_books import every_outcome
from test_gap_filling import deeper
from test_late_polls import a_crawl_whose_host_was_taken
from test_quiet_poll import a_poll_that_finds_nothing

pytestmark = pytest.mark.slow

NATS = pytest.mark.skipif(shutil.which("nats-server") is None, reason="needs nats-server (Debian: nats-server)")
PLAYED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (every_outcome, {}),
    (deeper, {"break_at": 4}),
    (a_crawl_whose_host_was_taken, {}),
    (a_poll_that_finds_nothing, {}),
)


@pytest.mark.parametrize("desk", ["loopback", pytest.param("nats", marks=[NATS, pytest.mark.long])])
@pytest.mark.parametrize(("scenario", "arguments"), PLAYED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_line_to_the_desk_changes_nothing(
    scenario: Any, arguments: dict[str, Any], desk: str, drive: Any, far_drive: Any
) -> None:
    assert far_drive(desk)(scenario, **arguments) == drive(scenario, **arguments)
