"""The pages beside the daemon come back when they are killed; a person is told when that goes on."""

from __future__ import annotations

import os
import signal
from urllib.request import urlopen

import pytest
from house import House, find_pages, wait_until


@pytest.mark.long
@pytest.mark.slow
def test_killed_pages_are_restarted_under_the_same_address_and_told_of_at_the_third_time(house: House) -> None:
    house.configure()
    daemon = house.run("--pages")
    address = daemon.said("pages: http://127.0.0.1:").partition("pages: ")[2].strip()
    for times in (1, 2, 3):
        os.kill(wait_until(lambda: find_pages(daemon.process.pid)), signal.SIGKILL)
        daemon.said(f"event=pages-ended code=-9 times={times} ")
        wait_until(lambda: sum("event=pages-restarted" in line for line in tuple(daemon.lines)) == times, 90)  # noqa: B023
        with urlopen(address) as reply:
            assert reply.status == 200
        found = house.rows("SELECT kind, closed_at FROM problems WHERE kind = 'pages'")
        assert found == ([("pages", None)] if times == 3 else [])
    assert daemon.stop() == 0
