"""The desk as one agent reaches it: every call is checked against what that agent was given.

An agent is another machine's process. What pages and lists say can only come from it; whose polls and links they
answer, when, and with which of the desk's own values, is the desk's to say.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.backoff import RETRY_AFTER_CAP
from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import AgentRefused, LeaseLapsed
from monitor.fetching.agents.checked_report import check_answer, check_facts, check_reading, check_report
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms, LeaseKept, WorkOrder, WorkTaken
from monitor.fetching.desk.local_desk import LocalDesk
from monitor.fetching.desk.port import (
    AnswerTaken,
    CrawlOrder,
    CrawlReport,
    FurtherRequest,
    HostTurn,
    PageOrder,
    PollEnd,
)
from monitor.model.page import FetchFacts, Reading, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import Endpoint, Source
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link
from monitor.storage.sources.soft_404 import AbsenceAnswer
from monitor.topics.topic import Topic

log = logging.getLogger(__name__)
Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_POLLS = 256  # that one agent has at a time
_LINKS_KEPT = 50_000  # links that an agent was given and may still answer
_HOSTS_KEPT = 10_000
_ROOM = 20  # links up to which an order travels with the work; more are asked for poll by poll
_LATE = timedelta(hours=2)  # pages of links that an agent was given longer ago are another's


def may_have(source: Source, labels: Iterable[str]) -> bool:
    """Whether an agent with these labels may have a source."""
    return not source.is_private and (source.label is None or source.label in labels)


class ServedDesk:
    """One per agent and desk; `terms` gives the present ones, `version` is the only one that is taken."""

    def __init__(self, name: str, desk: LocalDesk, terms: Callable[[], CrawlTerms], version: str) -> None:
        self._name = name
        self._desk = desk
        self._store = desk.store
        self._terms = terms
        self._version = version
        self._polls: OrderedDict[int, PollLease] = OrderedDict()
        self._links: OrderedDict[int, Link] = OrderedDict()
        self._hosts: OrderedDict[str, None] = OrderedDict()  # that it had a turn at

    # — work ——————————————————————————————————————————————————————————————————————————————————————————————————————

    async def greet(self, request: AgentRequest) -> CrawlTerms:
        self._check(request)
        await self._store.do(self._note, request, self._desk.clock.now())
        return self._terms()

    async def work(self, request: AgentRequest) -> WorkTaken:
        self._check(request)
        terms = self._terms()
        with self._desk.clock.hold():
            found = await self._store.do_if_due(self._claim, request, terms.lease)
        for lease, order in found:
            _keep(self._polls, lease.poll, lease, 4 * MOST_POLLS)
            self._remember((*order.owed, *order.looks))
        return WorkTaken(
            seconds=terms.lease,
            orders=tuple(
                WorkOrder(lease=lease, order=order if len(order.owed) + len(order.looks) <= _ROOM else None)
                for lease, order in found
            ),
        )

    async def renew(self, polls: frozenset[int]) -> LeaseKept:
        seconds = self._terms().lease
        until = self._desk.clock.now() + timedelta(seconds=seconds)
        kept = await self._store.do_together(self._store.sources.renew, self._name, sorted(polls)[:MOST_POLLS], until)
        return LeaseKept(seconds=seconds, polls=kept)

    def _check(self, request: AgentRequest) -> None:
        """Raises AgentRefused."""
        if request.version != self._version:
            theirs = request.version[:40]
            raise AgentRefused(f"the agent is seedwatch {theirs}, its desk {self._version}: install the same")
        if len(request.labels) > 16 or not all(label.isidentifier() and len(label) <= 32 for label in request.labels):
            raise AgentRefused("an agent has 16 labels at most, each a short word")

    def _note(self, request: AgentRequest, now: datetime) -> None:
        slots = min(max(request.slots, 0), MOST_POLLS)
        self._store.agents.note_seen(self._name, request.version, request.labels, slots, now)

    def _claim(self, request: AgentRequest, seconds: float) -> list[tuple[PollLease, CrawlOrder]]:
        now = self._desk.clock.now()
        self._note(request, now)
        room = min(request.free, MOST_POLLS - self._store.agents.count_running(self._name, now))
        if room <= 0:
            return []
        until = now + timedelta(seconds=seconds)
        return self._desk.claim_polls(self._name, until, room, lambda source: may_have(source, request.labels))

    # — what it was given —————————————————————————————————————————————————————————————————————————————————————————

    async def _own_poll(self, lease: PollLease) -> PollLease:
        """The desk's own value of a poll of this agent's; raises LeaseLapsed."""
        known = self._polls.get(lease.poll)
        if known is None:  # given before this desk began
            find = self._store.agents.find_poll
            known = await self._store.read(lambda: find(self._name, lease.poll, whole=lease.whole))
            if known is None:
                raise LeaseLapsed(f"poll {lease.poll} is none of this agent's")
            _keep(self._polls, known.poll, known, 4 * MOST_POLLS)
        return known

    async def _own_link(self, link: Link) -> Link:
        """The desk's own value of a link this agent was given, as it was asked for; raises LeaseLapsed."""
        if (known := self._links.get(link.id)) is None:  # given before this desk began
            known = await self._store.read(self._load_link, link)
        return replace(known, answers=link.answers)

    def _load_link(self, link: Link) -> Link:
        found = self._store.agents.find_link(self._name, link.id, self._desk.clock.now() - _LATE)
        if found is None:
            raise LeaseLapsed(f"link {link.id} is none of this agent's")
        return replace(found, revisit=link.revisit and found.article_id is not None)

    def _remember(self, links: Iterable[Link]) -> None:
        for link in links:
            _keep(self._links, link.id, link, _LINKS_KEPT)

    async def _asks(self, host: str) -> bool:
        """Whether the agent has to do with a host: it holds it, or had a turn there."""
        return host in self._hosts or await self._store.read(self._store.sources.holds, self._name, host)

    # — the port ——————————————————————————————————————————————————————————————————————————————————————————————————

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        order = await self._desk.open_poll(await self._own_poll(lease))
        self._remember((*order.owed, *order.looks))
        return order

    async def record_answer(
        self,
        lease: PollLease,
        answer: EndpointAnswer,
        room: int,
        without: frozenset[int],
        report: CrawlReport | None = None,
    ) -> AnswerTaken:
        own, told = await self._own_poll(lease), None
        if report is not None:
            told = check_report(report, self._links, self._desk.clock.now())
        taken = await self._desk.record_answer(own, check_answer(answer), min(max(room, 0), 1_000), without, told)
        self._remember(taken.owed)
        return taken

    async def list_further(self, lease: PollLease, asked: frozenset[str]) -> tuple[FurtherRequest, ...]:
        return await self._desk.list_further(await self._own_poll(lease), asked)

    async def record_probe(self, lease: PollLease, endpoint: Endpoint, status: int) -> None:
        await self._desk.record_probe(await self._own_poll(lease), endpoint, status)

    async def record_absence(self, lease: PollLease, answered: AbsenceAnswer) -> None:
        await self._desk.record_absence(await self._own_poll(lease), answered)

    async def rest_host(self, host: str, until: datetime) -> None:
        latest = self._desk.clock.now() + timedelta(seconds=RETRY_AFTER_CAP)
        if await self._asks(host):
            await self._desk.rest_host(host, min(until, latest))

    async def take_host(self, lease: PollLease, host: str) -> HostTurn:
        if not 0 < len(host) <= 300:
            raise AgentRefused("that is no host")
        turn = await self._desk.take_host(await self._own_poll(lease), host)
        if not turn.wait:
            _keep(self._hosts, host, None, _HOSTS_KEPT)
        return turn

    async def leave_host(self, lease: PollLease, host: str) -> None:
        await self._desk.leave_host(await self._own_poll(lease), host)

    async def load_robots(self, host: str) -> Robots | None:
        return await self._desk.load_robots(host)

    async def save_robots(self, host: str, robots: Robots) -> None:
        if await self._asks(host):
            now = self._desk.clock.now()
            await self._desk.save_robots(host, replace(robots, text=robots.text[:600_000], at=min(robots.at, now)))

    async def order_page(self, link: Link, url: str, served: str) -> PageOrder:
        return await self._desk.order_page(await self._own_link(link), url, served)

    async def load_topics(self, key: str) -> tuple[Topic, ...]:
        return await self._desk.load_topics(key)

    async def load_topics_text(self, key: str) -> str:
        return await self._desk.load_topics_text(key)

    async def settle_page(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        own, now = await self._own_link(link), self._desk.clock.now()
        topics = frozenset(topic.name for topic in self._desk.ingest.watch.topics)
        checked = check_reading(result, topics) if isinstance(result, Reading) else result
        if not self._desk.ingest.watch.captures:
            fetched = replace(fetched, capture=None)
        facts = check_facts(fetched, self._name, now, self._terms().max_bytes)
        return await self._desk.settle_page(own, checked, facts)

    async def close_poll(self, lease: PollLease, report: CrawlReport) -> PollEnd:
        own = await self._own_poll(lease)
        return await self._desk.close_poll(own, check_report(report, self._links, self._desk.clock.now()))


def _keep(known: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > most:
        known.popitem(last=False)
