"""An agent that cannot read asks for no work: every poll it took would fail, as if the outlets had."""

from __future__ import annotations

import asyncio

import pytest

from monitor.daemon.agents import agent as agents
from monitor.daemon.agents.agent import Agent, AgentOptions
from monitor.daemon.stop_signal import StopSignal
from monitor.fetching.agents.key_file import make_key
from monitor.pipeline.ingest.workers import Workers


@pytest.mark.parametrize(("preload", "begins"), [((), True), (("monitor.no_such_library",), False)])
def test_work_waits_until_the_readers_have_begun(
    preload: tuple[str, ...], begins: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def rest(stop: StopSignal, seconds: float) -> None:
        assert seconds == agents.AGAIN
        stop.set()

    monkeypatch.setattr(agents, "_rest", rest)

    async def scene() -> bool:
        agent = Agent(AgentOptions(server="tls://127.0.0.1:1", key=make_key("one", None)), None)
        with Workers(1, preload=preload) as workers:
            return await agent._begin_workers(workers, StopSignal())

    assert asyncio.run(scene()) is begins
    assert ("event=no-workers" in caplog.text) is not begins


def test_a_stop_is_heeded_while_the_readers_begin() -> None:
    async def scene() -> bool:
        agent = Agent(AgentOptions(server="tls://127.0.0.1:1", key=make_key("one", None)), None)
        stop = StopSignal()
        with Workers(1, preload=("signal:pause",)) as workers:  # loads until a signal comes
            begins = asyncio.create_task(agent._begin_workers(workers, stop))
            while workers._coming is None:
                await asyncio.sleep(0)
            stop.set()
            return await asyncio.wait_for(begins, 30)

    assert asyncio.run(scene()) is False
