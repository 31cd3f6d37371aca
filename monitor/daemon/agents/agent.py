"""The process of an agent: asks its desk for work, crawls, renews its leases; it holds no state of its own."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nats.errors import Error as NatsError

from monitor import __version__
from monitor.address_policy import Allow
from monitor.clock import WallClock, measure_elapsed
from monitor.daemon.stop_signal import StopSignal, end_process
from monitor.errors import AgentRefused, DatabaseError, SourceVanished
from monitor.fetching.agents.agent_desk import AgentDesk
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms, WorkOrder
from monitor.fetching.agents.key_file import AgentKey
from monitor.fetching.agents.lease_clock import LeaseClock
from monitor.fetching.agents.unread_pages import UnreadPages
from monitor.fetching.context import Crawl, CrawlServices
from monitor.fetching.crawler import Crawls
from monitor.fetching.desk.nats_line import NatsLine, connect_line
from monitor.fetching.transport.rate_limiter import Pacer
from monitor.fetching.transport.reactor import run_reactor
from monitor.fetching.transport.resolver import GuardedResolver
from monitor.fetching.transport.wire_slots import WireSlots
from monitor.model.page import Rejection
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_reader import PageReader
from monitor.pipeline.readers import PRELOADED
from monitor.process_limits import raise_file_limit, raise_memory_limit

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two questions for work, and the shortest pause before a failed call is made again
AGAIN = 30.0  # seconds until an agent that cannot read tries again
CRAWLS_A_SLOT = 4  # crawls begun for each request that may be on the wire: most of them wait for their host's turn
GRACE = 5.0  # seconds that crawls under way have to close their polls at the end
CLOCK_STEP = 1.0  # seconds by which this machine's clock may differ from the desk's


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOptions:
    """How an agent was begun: `server` is the address of the NATS server, `slots` the requests on the wire at once."""

    server: str
    key: AgentKey
    labels: tuple[str, ...] = ()
    slots: int = 16
    workers: int | None = None


def run_agent(options: AgentOptions) -> None:
    """Run an agent until SIGTERM or SIGINT; raises AgentRefused where the desk takes no such agent."""
    raise_file_limit()
    raise_memory_limit()

    async def main(reactor: Any) -> None:
        stop = StopSignal()
        stop.watch(asyncio.get_running_loop())
        await Agent(options, reactor).run(stop)

    run_reactor(main)
    end_process(0)


class DeskClock(WallClock):
    """The desk's time: what an agent writes down is dated as if the desk had."""

    def __init__(self) -> None:
        self._ahead = 0.0
        super().__init__(wall=lambda: time.time() + self._ahead)

    def follow(self, ahead: float) -> None:
        """The desk's clock is so many seconds ahead of what this one shows."""
        self._ahead += ahead
        self.rebase()


class Agent:
    """One agent; `run` lasts until it is stopped."""

    def __init__(
        self, options: AgentOptions, reactor: Any, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """`pause` waits for so many seconds."""
        self.options = options
        self._pause = pause
        self.clock = DeskClock()
        self._reactor = reactor
        self._crawls: dict[asyncio.Task[Crawl], Crawl] = {}

    async def run(self, stop: StopSignal) -> None:
        """Crawl for the desk until `stop`. Raises AgentRefused where the desk takes no such agent."""
        client = await self._connect(stop)
        if client is None:
            return
        try:
            line = NatsLine(client, self.options.key.name, secrets.token_hex(8))
            desk = AgentDesk(line.send, self.clock)
            terms = await self._greet(desk, stop)
            if terms is not None:
                with Workers(self.options.workers, preload=PRELOADED, lean=True) as workers:
                    await self._serve(desk, terms, workers, stop)
        finally:
            await client.close()

    async def _connect(self, stop: StopSignal) -> Any:
        """A connection, as soon as there is a server; None where a stop came first."""
        told = ""
        while not stop.is_set():
            try:
                return await connect_line(self.options.server, self.options.key)
            except (NatsError, OSError) as error:
                if (words := f"{type(error).__name__}: {error}") != told:
                    log.warning("event=no-server server=%s error=%r", self.options.server, told := words)
                await _rest(stop, LOOK)
        return None

    async def _greet(self, desk: AgentDesk, stop: StopSignal) -> CrawlTerms | None:
        """The desk's terms, as soon as it answers; None where a stop came first."""
        while not stop.is_set():
            try:
                terms = await desk.greet(self._request(0))
            except DatabaseError as error:
                log.warning("event=no-desk error=%r", str(error))
                await _rest(stop, LOOK)
                continue
            ahead = (terms.at - self.clock.now()).total_seconds()
            if abs(ahead) > CLOCK_STEP:
                log.warning("event=clock-differs seconds=%+.0f the desk's time is taken", ahead)
                self.clock.follow(ahead)
            return terms
        return None

    def _request(self, free: int) -> AgentRequest:
        slots = CRAWLS_A_SLOT * self.options.slots
        return AgentRequest(version=__version__, labels=self.options.labels, free=free, slots=slots)

    def _build_crawls(self, desk: AgentDesk, terms: CrawlTerms, workers: Workers) -> Crawls:
        allow = Allow.parse(terms.allow)
        return Crawls(
            CrawlServices(
                desk=desk,
                reader=PageReader(workers, self.clock),
                clock=self.clock,
                pacer=Pacer(self.clock, terms.delay),
                wire=WireSlots(self.options.slots),
                resolver=GuardedResolver.install(self._reactor, allow),
                allow=allow,
                timeout=terms.timeout,
                max_bytes=terms.max_bytes,
                ports=terms.ports,
                agent=terms.agent,
                unread=UnreadPages(workers.count),
            )
        )

    async def _serve(self, desk: AgentDesk, terms: CrawlTerms, workers: Workers, stop: StopSignal) -> None:
        crawls = self._build_crawls(desk, terms, workers)
        if not await self._begin_workers(workers, stop):
            return
        log.info("event=agent-start name=%s lease=%g slots=%d", self.options.key.name, terms.lease, self.options.slots)
        jobs = [
            asyncio.create_task(self._take_work(desk, crawls), name="work"),
            asyncio.create_task(self._renew(desk, terms.lease / 3), name="renew"),
            asyncio.create_task(self._watch_leases(), name="leases"),
            asyncio.create_task(stop.wait(), name="stop"),
        ]
        ended, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        crawling = tuple(self._crawls)
        for task in crawling:
            task.cancel()
        if crawling:
            await asyncio.wait(crawling, timeout=GRACE)
        for job in ended:
            job.result()  # what ended the agent is told by its own error

    async def _begin_workers(self, workers: Workers, stop: StopSignal) -> bool:
        """Begin what reads, before there is work: pages that are fetched meanwhile would wait for it, for seconds.

        An agent that cannot read asks for no work, for every poll it takes would fail. False where a stop came first.
        """
        while not stop.is_set():
            begun = asyncio.create_task(workers.call(int), name="readers")
            stopped = asyncio.create_task(stop.wait(), name="stop")
            await asyncio.wait((begun, stopped), return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not begun.done():  # loading the reader takes seconds on a busy machine
                begun.cancel()
                await asyncio.wait((begun,))
                return False
            found = begun.result()
            if not isinstance(found, Rejection):
                return True
            log.error("event=no-workers no work is asked for before they begin reason=%r", found.reason)
            await _rest(stop, AGAIN)
        return False

    # — the three loops ———————————————————————————————————————————————————————————————————————————————————————————

    async def _take_work(self, desk: AgentDesk, crawls: Crawls) -> None:
        """Ask for work as long as there is room: not asking is all the back-pressure there is."""
        most = CRAWLS_A_SLOT * self.options.slots
        while True:
            await self._pause(LOOK)
            if (free := most - len(self._crawls)) <= 0:
                continue
            asked = measure_elapsed()
            try:
                taken = await desk.work(self._request(free))
            except (DatabaseError, ValueError) as error:
                log.warning("event=no-work error=%r", str(error))
                continue
            for order in taken.orders:
                self._begin(crawls, order, LeaseClock(asked + taken.seconds))

    def _begin(self, crawls: Crawls, order: WorkOrder, lease: LeaseClock) -> None:
        crawl = crawls.begin(order.lease, lease)
        task = asyncio.create_task(crawls.run(crawl), name=f"crawl {order.lease.source}")
        self._crawls[task] = crawl
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Crawl]) -> None:
        crawl = self._crawls.pop(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, SourceVanished):
            log.info("event=crawl-dropped source=%s reason=%r", crawl.turn.source, str(error))
        elif error is not None:
            log.error("event=crawl-lost source=%s error=%r", crawl.turn.source, str(error), exc_info=error)
        else:
            log.info(
                "event=crawl source=%s poll=%d requests=%d stored=%d reason=%r",
                *(crawl.turn.source, crawl.turn.poll, crawl.requests, crawl.stored, crawl.reason),
            )

    async def _renew(self, desk: AgentDesk, every: float) -> None:
        """Have the leases of all crawls renewed, each reckoned from when that was asked."""
        wait = every
        while True:
            await self._pause(wait)
            wait = every
            crawls = {crawl.turn.poll: crawl for crawl in self._crawls.values()}
            if not crawls:
                continue
            asked = measure_elapsed()
            try:
                kept = await desk.renew(frozenset(crawls))
            except (DatabaseError, AgentRefused, ValueError) as error:
                log.warning("event=not-renewed error=%r", str(error))
                wait = LOOK  # half of a lease may be gone by now
                continue
            for poll, crawl in crawls.items():
                if poll in kept.polls:
                    crawl.lease.extend(asked, kept.seconds)
                else:
                    crawl.lease.lapse()

    async def _watch_leases(self) -> None:
        """Stop the crawls whose lease has run out."""
        while True:
            await self._pause(LOOK / 4)
            for crawl in tuple(self._crawls.values()):
                if crawl.lease.lapsed and not crawl.stopping and crawl.end is None:
                    log.warning("event=lease-lapsed source=%s poll=%d", crawl.turn.source, crawl.turn.poll)
                    crawl.lapse()


async def _rest(stop: StopSignal, seconds: float) -> None:
    """Wait so long, or until a stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
