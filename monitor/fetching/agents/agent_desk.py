"""The desk as an agent's process sees it: the port of its crawls, and where its work comes from."""

from __future__ import annotations

import logging
from dataclasses import replace

from monitor.address_policy import hide_user_name
from monitor.clock import Clock
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms, LeaseKept, WorkTaken
from monitor.fetching.desk.port import CrawlOrder
from monitor.fetching.desk.remote_desk import RemoteDesk, Send
from monitor.model.page import FetchFacts, Reading, Rejection
from monitor.model.poll import PollLease
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link

log = logging.getLogger(__name__)

# Bytes of a packed page that goes with what was read from it: the server takes 8 MB (`MOST_BYTES`).
LARGEST_PAGE = 4_000_000


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

    async def settle_page(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        """A page too large for a message is settled like any other, and not kept."""
        if fetched.capture is not None and len(fetched.capture.body) > LARGEST_PAGE:
            log.warning("event=page-not-kept url=%s bytes=%d", hide_user_name(link.url), len(fetched.capture.body))
            fetched = replace(fetched, capture=None)
        return await super().settle_page(link, result, fetched)

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        order = self._orders.pop(lease.poll, None)
        return order if order is not None else await super().open_poll(lease)
