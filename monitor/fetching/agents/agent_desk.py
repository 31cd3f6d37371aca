"""The desk as an agent's process sees it: the port of its crawls, and where its work comes from."""

from __future__ import annotations

from monitor.clock import Clock
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms, LeaseKept, WorkTaken
from monitor.fetching.desk.port import CrawlOrder
from monitor.fetching.desk.remote_desk import RemoteDesk, Send
from monitor.model.poll import PollLease


class AgentDesk(RemoteDesk):
    """`RemoteDesk` with the calls of `Dispatch`; an order that came with the work is not asked for again."""

    def __init__(self, send: Send, clock: Clock) -> None:
        super().__init__(send, clock)
        self._orders: dict[int, CrawlOrder] = {}

    async def greet(self, request: AgentRequest) -> CrawlTerms:
        found: CrawlTerms = await self._ask("greet", request)
        return found

    async def work(self, request: AgentRequest) -> WorkTaken:
        found: WorkTaken = await self._ask("work", request)
        for given in found.orders:
            if given.order is not None:
                self._orders[given.lease.poll] = given.order
        return found

    async def renew(self, polls: frozenset[int]) -> LeaseKept:
        found: LeaseKept = await self._ask("renew", polls)
        return found

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        order = self._orders.pop(lease.poll, None)
        return order if order is not None else await super().open_poll(lease)
