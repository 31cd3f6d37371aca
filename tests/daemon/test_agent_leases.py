"""How an agent keeps its leases: renewed in time, tried again soon where that failed, given up where they are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from monitor.clock import SimulatedClock, measure_elapsed
from monitor.daemon.agents.agent import LOOK, Agent, AgentOptions
from monitor.errors import AgentRefused, DatabaseError
from monitor.fetching.agents.agent_desk import AgentDesk
from monitor.fetching.agents.dispatch import LeaseKept
from monitor.fetching.agents.key_file import make_key
from monitor.fetching.agents.lease_clock import LeaseClock
from monitor.fetching.context import Crawl, CrawlServices
from monitor.fetching.desk.wire import decode_call, encode_answer, encode_error
from monitor.model.poll import PollLease

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EVERY, SHORT, LONG = 20.0, 10.0, 1_000.0  # seconds between renewals, of the leases as given, and as renewed

Answer = Callable[[], bytes]


def keep(*polls: int) -> Answer:
    return lambda: encode_answer(LeaseKept(seconds=LONG, polls=frozenset(polls)))


def no_answer() -> bytes:
    raise DatabaseError("the desk gives no answer: TimeoutError")


def renew(*answers: Answer) -> tuple[list[float], list[Any], list[list[bool]]]:
    """Two crawls while a desk gives these answers: the pauses, what was asked, and after each answer which leases hold
    for longer than they were given for."""
    pauses: list[float] = []
    asked: list[Any] = []
    held: list[list[bool]] = []
    left = list(answers)

    async def pause(seconds: float) -> None:
        if pauses:
            held.append([crawl.lease.lasts(SHORT) for crawl in crawls])
        pauses.append(seconds)
        if not left:
            raise asyncio.CancelledError

    async def send(call: str, message: bytes) -> bytes:
        asked.append((call, *decode_call(call, message)))
        return left.pop(0)()

    agent = Agent(AgentOptions(server="tls://127.0.0.1:1", key=make_key("one", None)), None, pause)
    crawls = [
        Crawl(
            shared=cast(CrawlServices, None),
            turn=PollLease(source="gull", poll=poll, whole=True, failures=0),
            ends_at=NOW,
            lease=LeaseClock(measure_elapsed() + SHORT),
        )
        for poll in (3, 7)
    ]

    async def scene() -> None:
        agent._crawls = {asyncio.create_task(asyncio.Event().wait()): crawl for crawl in crawls}  # type: ignore[misc]
        try:
            await agent._renew(AgentDesk(send, SimulatedClock(NOW)), EVERY)
        except asyncio.CancelledError:
            return
        finally:
            for task in agent._crawls:
                task.cancel()

    asyncio.run(scene())
    return pauses, asked, held


ASKED = ("renew", frozenset({3, 7}))


def test_all_leases_are_renewed_together(caplog: pytest.LogCaptureFixture) -> None:
    assert renew(keep(3, 7)) == ([EVERY, EVERY], [ASKED], [[True, True]])
    assert caplog.text == ""


@pytest.mark.parametrize(
    "fault",
    [no_answer, lambda: encode_error(AgentRefused("another version")), lambda: encode_error(KeyError("renew"))],
)
def test_a_renewal_that_failed_is_tried_again_after_a_second(fault: Answer, caplog: pytest.LogCaptureFixture) -> None:
    pauses, asked, held = renew(fault, fault, keep(3, 7))
    assert pauses == [EVERY, LOOK, LOOK, EVERY]
    assert asked == [ASKED] * 3
    assert held == [[False, False], [False, False], [True, True]]
    assert caplog.text.count("event=not-renewed") == 2


def test_a_lease_that_is_anothers_by_now_has_lapsed() -> None:
    assert renew(keep(7)) == ([EVERY, EVERY], [ASKED], [[False, True]])
