"""The desk of this process: the port's calls on the store and the line, each in one transaction."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.clock import Clock, measure_elapsed
from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import LeaseLapsed, SourceVanished
from monitor.fetching.agents.host_pauses import HostPauses
from monitor.fetching.desk.end_poll import end_poll
from monitor.fetching.desk.poll_books import PollBooks
from monitor.fetching.desk.port import (
    AnswerTaken,
    CrawlOrder,
    CrawlReport,
    FurtherRequest,
    HostTurn,
    PageOrder,
    PollEnd,
)
from monitor.fetching.desk.take_answer import AnswerTaker, recall_answer
from monitor.fetching.desk.topic_text import dump_topics
from monitor.fetching.false_304 import TrustProbe
from monitor.fetching.gap_filling import GapFiller
from monitor.identity import recheck_schedule
from monitor.model.page import FetchFacts, Reading, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import Endpoint, Source
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage import Store
from monitor.storage.leases.poll_recall import OrderRecall
from monitor.storage.sources.links import Link
from monitor.storage.sources.soft_404 import AbsenceAnswer
from monitor.text.urls import parse_host
from monitor.topics.topic import Topic

Fits = Callable[[Source], bool]
# Links one crawl asks for before it lets go of the host; the rest stay due and are claimed again at once.
LINKS_A_CRAWL = 200
# A site is asked so seldom for an address that does not exist.
ABSENCE_PAUSE = timedelta(days=7)
# In its first day an outlet is busy enough with us: its backlog is fetched.
ABSENCE_SETTLES = timedelta(days=1)


# Seconds that a host is held for one request of a poll that holds another, beyond the request's own time.
TURN_SLACK = 15.0
# Seconds after which whoever waits for a host asks again at the latest: its holder may be done long before its lease.
ASK_AGAIN = 30.0


class LocalDesk:
    """One per process, over reloads: crawls under way end with the books that they began."""

    def __init__(self, store: Store, ingest: Ingest, clock: Clock, chance: random.Random) -> None:
        self.store = store
        self.ingest = ingest
        self.clock = clock
        self.chance = chance
        # Where agents crawl too, how long hosts rest between requests: the pacer of this process knows its own only.
        self.pauses: HostPauses | None = None
        self.claimed_at: float | None = None  # when an agent was given a poll last, by a clock that nobody sets
        self._books: dict[int, PollBooks] = {}
        self._pauses: dict[str, tuple[datetime, datetime]] = {}
        self._began = clock.now().isoformat()
        self._topics: deque[tuple[str, tuple[Topic, ...]]] = deque(maxlen=2)  # by name: those before a reload, too
        self._sets = 0  # of topics, since this desk began

    async def open_poll(self, lease: PollLease) -> CrawlOrder:
        now = self.clock.now()
        source = self.ingest.watch.sources.get(lease.source)
        if source is None:
            await self.store.do(self.store.source_names.abandon, lease.poll, now)
            raise SourceVanished(f"{lease.source} left the configuration before its crawl began")
        books = self._books[lease.poll] = self._begin(lease, source, now)
        return await self.store.do_together(self._open, books, now)

    def _begin(self, lease: PollLease, source: Source, now: datetime) -> PollBooks:
        gaps, trust = GapFiller(self.store, source, now), TrustProbe(self.store, source)
        return PollBooks(lease=lease, source=source, gaps=gaps, trust=trust, pauses=self._pauses)

    def _open(self, books: PollBooks, now: datetime) -> CrawlOrder:
        """The endpoints that are due, with what requests to them carry and where they moved; links and looks."""
        store, source, whole = self.store, books.source, books.lease.whole
        known = self._recall_order(source.name, now)
        due = known.endpoints.list_due(source, now) if whole else ()
        if whole:
            books.gaps.begin(due, now, any_open=known.gaps)
            books.trust.begin(known.endpoints, now)
        owed = store.links.due(source.name, now, LINKS_A_CRAWL) if known.owed else ()
        looks = store.revisits.due(source.name, now, recheck_schedule.LOOKS_A_POLL) if whole and known.looks else ()
        return CrawlOrder(
            source=source,
            endpoints=due,
            validators=books.trust.filter_validators(known.endpoints.map_validators()),
            addresses=known.endpoints.map_addresses(),
            further=books.gaps.has_wanted(),
            owed=tuple(owed),
            looks=tuple(looks),
            absence=known.absence if whole else None,
        )

    def _recall_order(self, source: str, now: datetime) -> OrderRecall:
        return self.store.recall.load_order(source, now, before=now - ABSENCE_PAUSE, settled=now - ABSENCE_SETTLES)

    async def record_answer(
        self,
        lease: PollLease,
        answer: EndpointAnswer,
        room: int,
        without: frozenset[int],
        report: CrawlReport | None = None,
    ) -> AnswerTaken:
        with self.clock.hold():
            now = self.clock.now()
            taken, queued = await self.store.do_together(self._record, lease, answer, room, without, report, now)
            if queued:
                self.ingest.queued()
        if taken.end is not None:
            self._books.pop(lease.poll, None)
        return taken

    def _record(
        self,
        lease: PollLease,
        answer: EndpointAnswer,
        room: int,
        without: frozenset[int],
        report: CrawlReport | None,
        now: datetime,
    ) -> tuple[AnswerTaken, int]:
        try:
            known = recall_answer(self.store, lease.poll, lease.source, answer, now)
        except SourceVanished as error:
            raise LeaseLapsed(str(error)) from error
        books = self._opened(lease, is_open=known.open)
        taker = AnswerTaker(store=self.store, watch=self.ingest.watch, chance=self.chance, books=books, known=known)
        queued = taker.take(answer, now)
        owed: Iterable[Link] = ()
        if room > 0 and (known.owed or answer.listing is not None):  # else nothing has become due
            owed = self.store.links.due(books.source.name, now, room, without=without)
        taken = AnswerTaken(
            owed=tuple(owed),
            shallow=books.gaps.is_shallow(answer.root),
            further=books.gaps.has_wanted() or books.trust.has_probes(),
        )
        if report is not None and not (taken.owed or taken.further):
            taken = replace(taken, end=self._close(lease, report, now))
        elif books.outlasts:
            self.store.agents.save_books(lease.poll, books.dump())
        return taken, queued

    def _opened(self, lease: PollLease, *, is_open: bool) -> PollBooks:
        """The books of a poll that is open, begun anew for an agent's after a restart; raises LeaseLapsed."""
        if not is_open:
            raise LeaseLapsed(f"poll {lease.poll} of {lease.source} was closed before this answer came")
        return self._books.get(lease.poll) or self._begin_anew(lease, self.clock.now())

    def _begin_anew(self, lease: PollLease, now: datetime) -> PollBooks:
        source = self.ingest.watch.sources.get(lease.source)
        if source is None:
            raise LeaseLapsed(f"{lease.source} left the configuration while poll {lease.poll} ran")
        books = self._books[lease.poll] = self._begin(lease, source, now)
        books.outlasts = True
        if (kept := self.store.agents.load_books(lease.poll)) is not None:
            books.restore(kept)
        known = self._recall_order(source.name, now)
        books.gaps.begin((), now, any_open=known.gaps)
        books.trust.begin(known.endpoints, now)
        return books

    def claim_polls(self, agent: str, until: datetime, limit: int, fits: Fits) -> list[tuple[PollLease, CrawlOrder]]:
        """Polls that are due, for an agent, with what each is to do; runs in the writer's thread, in one transaction.

        `fits` says whether the agent may have a source.
        """
        now, found = self.clock.now(), []
        sources = self.ingest.watch.sources
        for lease in self.store.sources.claim(
            *(now, until, limit),
            agent=agent,
            fits=lambda name: (source := sources.get(name)) is not None and fits(source),
            pause_of=self.measure_pause,
        ):
            books = self._books[lease.poll] = self._begin(lease, sources[lease.source], now)
            books.outlasts = True
            found.append((lease, self._open(books, now)))
            self.claimed_at = measure_elapsed()
        return found

    def measure_pause(self, robots: str | None) -> float:
        """Seconds that a host with this robots.txt rests between requests; 0.0 where no agents crawl, too."""
        return 0.0 if self.pauses is None else self.pauses.measure(robots)

    async def take_host(self, lease: PollLease, host: str) -> HostTurn:
        if self.pauses is None:  # the pacer of this process is all that is needed
            return HostTurn()
        return await self.store.do_together(
            self._take_host, lease, host, self.pauses.timeout + TURN_SLACK, self.clock.now()
        )

    def _take_host(self, lease: PollLease, host: str, seconds: float, now: datetime) -> HostTurn:
        if not self.store.sources.is_open(lease.poll):
            raise LeaseLapsed(f"poll {lease.poll} of {lease.source} was closed before it asked for {host}")
        until = now + timedelta(seconds=seconds)
        busy = self.store.sources.take_turn(host, lease.poll, now, until, self.measure_pause)
        if busy is None:
            return HostTurn(seconds=seconds)
        return HostTurn(wait=min(max((busy - now).total_seconds(), 0.05), ASK_AGAIN))

    async def leave_host(self, lease: PollLease, host: str) -> None:
        if self.pauses is not None:
            await self.store.do_together(self._leave_host, lease, host, self.clock.now())

    def _leave_host(self, lease: PollLease, host: str, now: datetime) -> None:
        self.store.sources.leave_turn(host, lease.poll, self._rested(host, now))

    def _rested(self, host: str, now: datetime) -> datetime:
        """When a host that was asked until now may be asked again."""
        robots = self.store.sources.robots(host)
        return now + timedelta(seconds=self.measure_pause(None if robots is None else robots.text))

    async def list_further(self, lease: PollLease, asked: frozenset[str]) -> tuple[FurtherRequest, ...]:
        books = self._books.get(lease.poll)
        if books is None:
            return ()
        books.gaps.note_asked(asked)
        wanted = [FurtherRequest(endpoint=endpoint, root=root) for endpoint, root in books.gaps.list_wanted()]
        probes = [
            FurtherRequest(endpoint=endpoint, root=endpoint, validators=old, probe=True)
            for endpoint, old in books.trust.probe()
        ]
        return (*wanted, *probes)

    async def record_probe(self, lease: PollLease, endpoint: Endpoint, status: int) -> None:
        await self.store.do_together(self._record_probe, lease, endpoint, status, self.clock.now())

    def _record_probe(self, lease: PollLease, endpoint: Endpoint, status: int, now: datetime) -> None:
        books = self._opened(lease, is_open=self.store.sources.is_open(lease.poll))
        books.trust.record_probe(endpoint, status, now)

    async def record_absence(self, lease: PollLease, answered: AbsenceAnswer) -> None:
        with self.clock.hold():
            await self.store.do(self._record_absence, lease, answered, self.clock.now())

    def _record_absence(self, lease: PollLease, answered: AbsenceAnswer, now: datetime) -> None:
        self.store.absences.save_answer(lease.source, answered, now)
        self.ingest.lessons.invalidate(lease.source)

    async def rest_host(self, host: str, until: datetime) -> None:
        await self.store.do_together(self.store.sources.rest_host, host, until)

    async def load_robots(self, host: str) -> Robots | None:
        return await self.store.read(self.store.sources.robots, host)

    async def save_robots(self, host: str, robots: Robots) -> None:
        await self.store.do_together(self.store.sources.keep_robots, host, robots)

    async def order_page(self, link: Link, url: str, served: str) -> PageOrder:
        view = await self.ingest.view(link, url, served)
        watch = self.ingest.watch
        if not self._topics or self._topics[-1][1] is not watch.topics:
            self._sets += 1
            self._topics.append((f"{self._began} {self._sets}", watch.topics))
        return PageOrder(view=view, topics=self._topics[-1][0], captures=watch.captures)

    async def load_topics(self, key: str) -> tuple[Topic, ...]:
        """Those of that name; the present ones where it is older than the last reload, or another desk's."""
        return next((topics for name, topics in self._topics if name == key), self.ingest.watch.topics)

    async def load_topics_text(self, key: str) -> str:
        return dump_topics(await self.load_topics(key))

    async def settle_page(self, link: Link, result: Reading | Rejection, fetched: FetchFacts) -> SettledPage:
        return await self.ingest.settle(link, result, fetched)

    async def close_poll(self, lease: PollLease, report: CrawlReport) -> PollEnd:
        end = await self.store.do_together(self._close, lease, report, self.clock.now())
        self._books.pop(lease.poll, None)
        return end

    def _close(self, lease: PollLease, report: CrawlReport, now: datetime) -> PollEnd:
        if (books := self._books.get(lease.poll)) is None:
            if lease.source not in self.ingest.watch.sources:
                self.store.source_names.abandon(lease.poll, now)
                return PollEnd(outcome="aborted")
            books = self._begin_anew(lease, now)
        books.report = report
        rests = None if self.pauses is None else self._rested(parse_host(books.source.endpoints[0].url), now)
        try:
            return end_poll(self.store, books, self.chance, now, rests_until=rests)
        except SourceVanished:  # it was renamed while an agent polled it; nothing has been written yet
            self.store.source_names.abandon(lease.poll, now)
            return PollEnd(outcome="aborted")
