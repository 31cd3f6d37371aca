"""What a crawl needs of whoever keeps the books, as calls with plain values; it must not know of any store.

Every call names its poll, and what answers a link names the link as it was asked for: a desk refuses what comes too
late (docs/design/agents.md). A call returns after COMMIT. Where the store takes nothing it raises DatabaseError; the
crawl then asks for nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.discovery.endpoint import EndpointAnswer
from monitor.model.page import FetchFacts, Reading, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import Endpoint, Source, Validators
from monitor.pipeline.ingest.served_page import PageView
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link
from monitor.storage.sources.soft_404 import AbsenceAnswer
from monitor.topics.topic import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTurn:
    """Whether a host may be asked: `wait` is 0 where it may be, else after how many seconds to ask for the turn again.

    `seconds` is how long the turn lasts from when it was asked for, None where nobody else could take it.
    """

    wait: float = 0.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRequest:
    """An endpoint to ask beside those that are due: to fill a gap, without validators, or to try old ones (`probe`)."""

    endpoint: Endpoint
    root: Endpoint
    validators: Validators = field(default_factory=Validators)
    probe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOrder:
    """What one poll is to do: the endpoints that are due, what requests to them carry and where they moved.

    `further`: whether `list_further` has something to ask at once. `owed` are links that wait for an answer, `looks`
    known pieces to look at again. `absence` is an article's address, where the site is to be asked for one that does
    not exist, else None.
    """

    source: Source
    endpoints: tuple[Endpoint, ...]
    validators: Mapping[str, Validators] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    further: bool = False
    owed: tuple[Link, ...] = ()
    looks: tuple[Link, ...] = ()
    absence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEnd:
    """How a poll ended, by its books: entries `seen`, and all that went wrong in one line, None for nothing."""

    outcome: str
    seen: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTaken:
    """What an endpoint's answer leads to, once it is written down.

    `owed` are links to be asked for. `shallow`: the endpoint stands on known ground, so that its list goes no deeper.
    `further` as in `CrawlOrder`. `end` tells how the poll ended where the answer was its last; None while it goes on.
    """

    owed: tuple[Link, ...] = ()
    shallow: bool = False
    further: bool = False
    end: PollEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOrder:
    """How one page is to be read: whose it is and what is known of it, and by which topics (`load_topics`)."""

    view: PageView
    topics: str
    captures: bool = False  # whether the page is kept for a better extractor


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What a crawl tells at its end that its desk does not know.

    `settled` and `stored` count pages, `answered` links whose server answered in time. `postponed` are links whose
    host rests, until when; `hung` hosts that answered nothing in time. `fault` is what went wrong on our side;
    `stopped`: the crawl was stopped in the middle.
    """

    requests: int = 0
    settled: int = 0
    stored: int = 0
    answered: int = 0
    blocked: bool = False
    fault: str | None = None
    stopped: bool = False
    postponed: Mapping[int, datetime] = field(default_factory=dict)
    hung: tuple[str, ...] = ()


class Desk(Protocol):
    """Who keeps the books of crawls."""

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        """What the poll is to do.

        Raises SourceVanished, the poll closed, where its source left the configuration; LeaseLapsed.
        """

    async def record_answer(
        self,
        lease: PollLease,
        answer: EndpointAnswer,
        room: int,
        without: frozenset[int],
        report: CrawlReport | None = None,
    ) -> AnswerTaken:
        """Write down what an endpoint answered; gives `room` links at most, none of `without`. Raises LeaseLapsed.

        `report` says that the crawl has nothing else to do: where the answer gives nothing to do either, the books are
        closed with it.
        """

    async def list_further(self, lease: PollLease, asked: frozenset[str]) -> tuple[FurtherRequest, ...]:
        """What to ask now beside what is due, each once; `asked` are keys of pages that were asked for meanwhile."""

    async def record_probe(self, lease: PollLease, endpoint: Endpoint, status: int) -> None:
        """What old validators got."""

    async def record_absence(self, lease: PollLease, answered: AbsenceAnswer) -> None:
        """What the site answers for an address that does not exist."""

    async def rest_host(self, host: str, until: datetime) -> None:
        """A host asked to be left alone until then."""

    async def take_host(self, lease: PollLease, host: str) -> HostTurn:
        """A poll that holds another host asks for one request to this one, until `leave_host`. Raises LeaseLapsed."""

    async def leave_host(self, lease: PollLease, host: str) -> None:
        """That request is over."""

    async def load_robots(self, host: str) -> Robots | None:
        """The host's robots.txt as kept, whatever its age."""

    async def save_robots(self, host: str, robots: Robots) -> None:
        """Keep a robots.txt."""

    async def order_page(self, link: Link, url: str, served: str) -> PageOrder:
        """How the page is to be read that was asked for at `url` for a link and that `served` answered."""

    async def load_topics(self, key: str) -> tuple[Topic, ...]:
        """The topics that a page order names."""

    async def load_topics_text(self, key: str) -> str:
        """The same as text (`dump_topics`), for who judges in another process."""

    async def settle_page(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        """The one outcome of one fetch of a link; `late` where the link was answered since it was asked for."""

    async def close_poll(self, lease: PollLease, report: CrawlReport) -> PollEnd:
        """Close the books; nothing is written where they are closed already."""
