"""A daemon's house: its folder, the outlets it watches and the receiver it alerts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from house import SECRET, House

from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import Receiver


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with (
        Newsroom(now=now, seed=11) as newsroom,
        Receiver(now=now, secret=SECRET) as receiver,
        ExitStack() as stack,
    ):
        yield House(tmp_path, newsroom, receiver, stack)
