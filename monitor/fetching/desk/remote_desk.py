"""A desk elsewhere: each call of the port is a message, and returns with the answer to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from monitor.clock import Clock
from monitor.discovery.endpoint import EndpointAnswer
from monitor.fetching.desk.port import (
    AnswerTaken,
    CrawlOrder,
    CrawlReport,
    FurtherRequest,
    HostTurn,
    PageOrder,
    PollEnd,
)
from monitor.fetching.desk.topic_text import parse_topics
from monitor.fetching.desk.wire import decode_answer, encode_call
from monitor.model.page import FetchFacts, Reading, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import Endpoint
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link
from monitor.storage.sources.soft_404 import AbsenceAnswer
from monitor.topics.topic import Topic

# (call, arguments) → the answer, once it has come; whoever sends decides for how long a message is sent again.
Send = Callable[[str, bytes], Awaitable[bytes]]


class RemoteDesk:
    """The port over messages."""

    def __init__(self, send: Send, clock: Clock) -> None:
        self._send = send
        self._clock = clock
        self._topics: tuple[str, tuple[Topic, ...]] = ("", ())

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        found: CrawlOrder = await self._ask("open_poll", lease)
        return found

    async def record_answer(
        self,
        lease: PollLease,
        answer: EndpointAnswer,
        room: int,
        without: frozenset[int],
        report: CrawlReport | None = None,
    ) -> AnswerTaken:
        found: AnswerTaken = await self._ask("record_answer", lease, answer, room, without, report)
        return found

    async def list_further(self, lease: PollLease, asked: frozenset[str]) -> tuple[FurtherRequest, ...]:
        found: tuple[FurtherRequest, ...] = await self._ask("list_further", lease, asked)
        return found

    async def record_probe(self, lease: PollLease, endpoint: Endpoint, status: int) -> None:
        await self._ask("record_probe", lease, endpoint, status)

    async def record_absence(self, lease: PollLease, answered: AbsenceAnswer) -> None:
        await self._ask("record_absence", lease, answered)

    async def rest_host(self, host: str, until: datetime) -> None:
        await self._ask("rest_host", host, until)

    async def take_host(self, lease: PollLease, host: str) -> HostTurn:
        found: HostTurn = await self._ask("take_host", lease, host)
        return found

    async def leave_host(self, lease: PollLease, host: str) -> None:
        await self._ask("leave_host", lease, host)

    async def load_robots(self, host: str) -> Robots | None:
        found: Robots | None = await self._ask("load_robots", host)
        return found

    async def save_robots(self, host: str, robots: Robots) -> None:
        await self._ask("save_robots", host, robots)

    async def order_page(self, link: Link, url: str, served: str) -> PageOrder:
        found: PageOrder = await self._ask("order_page", link, url, served)
        return found

    async def load_topics(self, key: str) -> tuple[Topic, ...]:
        """The topics of that name; asked for once, until another name is."""
        if self._topics[0] != key:
            self._topics = (key, parse_topics(await self.load_topics_text(key)))
        return self._topics[1]

    async def load_topics_text(self, key: str) -> str:
        """The topics as text."""
        found: str = await self._ask("load_topics_text", key)
        return found

    async def settle_page(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        found: SettledPage = await self._ask("settle_page", link, result, fetched)
        return found

    async def close_poll(self, lease: PollLease, report: CrawlReport) -> PollEnd:
        found: PollEnd = await self._ask("close_poll", lease, report)
        return found

    async def _ask(self, call: str, *arguments: object) -> Any:
        with self._clock.hold():
            return decode_answer(call, await self._send(call, encode_call(arguments)))
