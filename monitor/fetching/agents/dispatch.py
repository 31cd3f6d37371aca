"""What an agent asks of its desk beside the calls of its crawls: how to crawl, what there is to do, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.fetching.desk.port import CrawlOrder
from monitor.model.poll import PollLease


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRequest:
    """What an agent says of itself when it asks for work: its `version`, its labels, how many polls are `free` to come.

    `slots` is how many polls it takes at all.
    """

    version: str
    labels: tuple[str, ...] = ()
    free: int = 0
    slots: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlTerms:
    """How the desk's configuration wants crawls to be (`[fetch]`), the present time there, and how long leases last.

    `lease` is in seconds; `allow` are hosts and networks that the address policy lets through.
    """

    at: datetime
    lease: float
    agent: str  # the user agent
    timeout: float
    max_bytes: int
    delay: float
    ports: frozenset[int] = frozenset()
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A poll to run; `order` is what `open_poll` would give, None where it is too long for this message."""

    lease: PollLease
    order: CrawlOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTaken:
    """The polls an agent got, all of them leased for `seconds` from when it asked."""

    seconds: float
    orders: tuple[WorkOrder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseKept:
    """Those of an agent's polls that are still its own, for `seconds` from when it asked."""

    seconds: float
    polls: frozenset[int] = frozenset()


class Dispatch(Protocol):
    """Who gives work to agents."""

    async def greet(self, request: AgentRequest) -> CrawlTerms:
        """How to crawl; raises AgentRefused for an agent of another version."""

    async def work(self, request: AgentRequest) -> WorkTaken:
        """Polls that are due, `free` at most; raises AgentRefused."""

    async def renew(self, polls: frozenset[int]) -> LeaseKept:
        """Hold the leases of these polls for longer."""
