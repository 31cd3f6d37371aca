"""A source that is renamed while an agent polls it: what comes under its old name is too late, and its host is free."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from quiet_polls import REPORT, QuietPolls, give_answer

from monitor.errors import LeaseLapsed
from monitor.fetching.desk.port import PollEnd
from monitor.storage import Store


def test_a_poll_of_a_source_that_was_renamed_ends_and_frees_its_host(tmp_path: Path) -> None:
    async def play(store: Store) -> None:
        polls = QuietPolls(store, 1)
        (source,) = polls.due(1)
        desk, now = polls.desk, polls.clock.now()
        with store.write():
            (lease,) = store.sources.claim(now, now + timedelta(minutes=1), 1, agent="one")
        await desk.open_poll(lease)
        with store.write():
            store.source_names.rename(source.name, "gull")
        with pytest.raises(LeaseLapsed, match=r"^s0 is no source any more"):
            await desk.record_answer(lease, give_answer(source, source.endpoints[0], now), 9, frozenset())
        assert await desk.close_poll(lease, REPORT) == PollEnd(outcome="aborted")
        assert await desk.close_poll(lease, REPORT) == PollEnd(outcome="aborted")
        rows = store.db.execute("SELECT source, outcome FROM polls ORDER BY id DESC LIMIT 1").fetchall()
        assert [tuple(row) for row in rows] == [("gull", "aborted")]
        with store.write():
            assert [turn.source for turn in store.sources.claim(now, now + timedelta(minutes=1), 1)] == ["gull"]

    with Store(tmp_path / "test.db") as store:
        asyncio.run(play(store))
