"""The running whole – store, workers, crawls, delivery – behind the few calls that a driver makes.

The daemon drives it from APScheduler on wall time, `once` for one round, the demo on simulated time. It must not
know who drives it, nor sleep.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor.address_policy import Allow
from monitor.clock import Clock, measure_elapsed
from monitor.config.schema import Config
from monitor.daemon.machine_problems import note_machine_problems
from monitor.daemon.topic_calibration import TopicCalibration, end_warm_ups
from monitor.daemon.topic_upkeep import TopicUpkeep
from monitor.daemon.upkeep.scheduled_backup import ScheduledBackup
from monitor.daemon.upkeep.topic_suggestions import TopicSuggestions
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender
from monitor.delivery.heartbeat import send_heartbeat
from monitor.delivery.marks.links import MarkLinks
from monitor.delivery.marks.spool import load_mark_key, open_spool
from monitor.errors import DatabaseError, SeedError, SourceVanished
from monitor.fetching.agents.host_pauses import HostPauses
from monitor.fetching.context import Crawl, CrawlServices
from monitor.fetching.crawler import Crawls
from monitor.fetching.desk.local_desk import LocalDesk
from monitor.fetching.desk.port import Desk
from monitor.fetching.transport.rate_limiter import Pacer
from monitor.fetching.transport.resolver import GuardedResolver
from monitor.fetching.transport.wire_slots import WireSlots
from monitor.fetching.user_agent import build_user_agent
from monitor.model.poll import PollLease
from monitor.model.source import Source
from monitor.pipeline.alerts.floods import close_floods
from monitor.pipeline.alerts.queue_fallbacks import queue_fallbacks
from monitor.pipeline.alerts.queue_problem_alerts import queue_problem_alerts
from monitor.pipeline.alerts.queue_reports import find_report_due, queue_reports, sync_reports
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.archive.apply_retention import apply_retention
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.readers import PRELOADED
from monitor.pipeline.resolve_config import resolve_fallbacks, resolve_watch
from monitor.pipeline.retire import find_renamed, rename_source, retire_topics, retire_unasked
from monitor.pipeline.store_seeds import register_topics, store_seeds
from monitor.storage import Store
from monitor.text.urls import parse_host

log = logging.getLogger(__name__)

# Longer than any crawl lasts; a crash frees leases at the next start, not by waiting for this.
LEASE = timedelta(hours=2)
# New sources begin so many seconds after each other, or spread over their interval: a start is no burst (P12).
SPREAD = 0.12
# Crawls begun for each request that may be on the wire: most of them wait for their host's turn.
CRAWLS_A_SLOT = 4
# The machine's clock drifts and is slewed by less than this; more is a step, and due times move with it.
CLOCK_STEP = 5.0


class Engine:
    """One running seedwatch on one database; use it as an async context manager."""

    def __init__(
        self,
        config: Config,
        *,
        folder: Path,
        clock: Clock,
        chance: random.Random,
        reactor: Any,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`folder` is that of config.toml. Raises StoreError, AlreadyRunning, SeedError."""
        self.clock = clock
        self.chance = chance
        self.folder = folder
        self.environ = environ
        self.config = config
        wanted = resolve_watch(config)
        self.store = Store(Path(config.store.path), sole=True)
        allow = Allow.parse(config.fetch.allow)
        self.workers = Workers(config.workers.count, preload=PRELOADED, lean=True)
        self.ingest = Ingest(self.store, self.workers, wanted, clock, chance, queued=lambda: self.delivery.wake())
        self.local_desk = LocalDesk(self.store, self.ingest, clock, chance)
        self.desk: Desk = self.local_desk  # as the crawls of this process reach it
        self.pacer = Pacer(clock, config.fetch.delay)
        self.wire = WireSlots(config.fetch.concurrency)
        self.resolver = GuardedResolver.install(reactor, allow)
        self.sender = Sender(allow)
        self.marks = self._marks(config)
        self.crawls = self._crawls(config, allow)
        self.delivery = self._delivery(config)
        self.upkeep = TopicUpkeep()
        self.backup = ScheduledBackup(self.store)
        self.calibration = TopicCalibration(self.store)
        self.suggestions = TopicSuggestions(self.store)
        self._tasks: dict[asyncio.Task[Crawl], str] = {}
        self._committer: asyncio.Task[None] | None = None
        self._stopping = False
        self.claimed_at: float | None = None  # when a crawl was begun last, by a clock that nobody sets
        self._busy_since: datetime | None = None  # since when half of the room for crawls was taken, as last looked
        self._unmoved = 0.0  # seconds the clock was set by and due times were not moved by yet

    def _crawls(self, config: Config, allow: Allow) -> Crawls:
        agent, fetch = build_user_agent(config.fetch.contact), config.fetch
        pauses = HostPauses(delay=fetch.delay, timeout=float(fetch.timeout), agent=agent)
        self.local_desk.pauses = None if config.agents is None else pauses
        shared = CrawlServices(
            desk=self.desk,
            reader=self.ingest.reader,
            clock=self.clock,
            pacer=self.pacer,
            wire=self.wire,
            resolver=self.resolver,
            allow=allow,
            timeout=pauses.timeout,
            max_bytes=fetch.max_bytes,
            ports=frozenset(fetch.ports),
            agent=agent,
        )
        return Crawls(shared)

    def _delivery(self, config: Config) -> Delivery:
        return Delivery(
            self.store,
            self.sender,
            config.channels,
            self.clock,
            self.chance,
            folder=self.folder,
            environ=self.environ,
            marks=self.marks,
        )

    def _marks(self, config: Config) -> MarkLinks | None:
        """What makes and checks the links that mark, where there is an address to lead them to; raises StoreError."""
        if config.pages.public is None:
            return None
        open_spool(self.store.path)
        return MarkLinks(public=config.pages.public, key=load_mark_key(self.store.path))

    async def __aenter__(self) -> Engine:
        """Mend what a crash left, bring the rows in line with the configuration, start the committer."""
        if recovered := await self.store.do(self._open, self.clock.now()):
            log.warning("event=recovered polls=%d", recovered)
        await self.sender.__aenter__()
        self._committer = asyncio.create_task(self.ingest.run(), name="committer")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop(grace=5.0)

    def _open(self, now: datetime) -> int:
        latest = self.store.due_times.find_latest_work()
        if latest is not None and (ahead := (latest - now).total_seconds()) > CLOCK_STEP:
            log.warning("event=clock-step seconds=%+.0f the last work lies ahead: due times move back", -ahead)
            self.store.due_times.shift(-ahead)
        recovered = self.store.sources.recover(now)
        self.store.alerts.release_stale()
        self._sync(self.ingest.watch, self.config, now)
        for host, until in self.store.sources.hosts_resting(now).items():
            self.pacer.rest(host, until)
        return recovered

    def _sync(self, wanted: Watch, config: Config, now: datetime) -> None:
        found = tuple(wanted.sources.values())
        order = {source.name: number for number, source in enumerate(sorted(found, key=lambda s: s.name))}

        def first_poll(source: Source) -> datetime:
            return now + timedelta(seconds=min(SPREAD, source.every / len(order)) * order[source.name])

        for old, new in find_renamed(self.store, found).items():
            rename_source(self.store, old, new, now)
        self.store.sources.sync(found, _host, first_poll, now)
        endpoints = {f"{source.name} {endpoint.url}" for source in found for endpoint in source.endpoints}
        for kind in ("moved", "gone"):
            self.store.problems.close_except(kind, endpoints, now)
        self.store.channels.sync(wanted.kinds)
        sync_reports(self.store, wanted.rules, now)
        retire_unasked(self.store, wanted.sources, wanted.kinds, wanted.estate, now)
        folders = {name: folder for name, topic in config.topics.items() if (folder := topic.folder) is not None}
        retire_topics(self.store, config.topics, wanted.topics, now)
        store_seeds(self.store, wanted, folders, now)
        self.upkeep.check_topics(self.store, config.topics, wanted.topics, now)

    # — what a driver calls ———————————————————————————————————————————————————————————————————————————————————————

    async def tick(self, only: Iterable[str] | None = None) -> list[asyncio.Task[Crawl]]:
        """Claim what is due, as far as there is room, and begin to crawl it; the crawls begun."""
        room = CRAWLS_A_SLOT * self.config.fetch.concurrency - len(self._tasks)
        if self._stopping or (room <= 0 and only is None):
            return []
        now = self.clock.now()
        names = None if only is None else tuple(only)
        limit = room if names is None else len(names)
        claim, pause_of = self.store.sources.claim, self.local_desk.measure_pause
        fits = self._is_own if names is None else lambda _: True
        turns = await self.store.do_if_due(claim, now, now + LEASE, limit, only=names, fits=fits, pause_of=pause_of)
        return [self._begin(turn) for turn in turns]

    def _is_own(self, name: str) -> bool:
        """Whether this process crawls a source itself, and does not leave it to agents."""
        source, agents = self.ingest.watch.sources.get(name), self.config.agents
        return source is None or (source.label is None and (agents is None or agents.own or source.is_private))

    def _begin(self, turn: PollLease) -> asyncio.Task[Crawl]:
        held = ExitStack()
        # Held from here, not from the task's first step: in between simulated time must not move either.
        held.enter_context(self.clock.hold())
        task = asyncio.create_task(self.crawls.run(self.crawls.begin(turn)), name=f"crawl {turn.source}")
        self._tasks[task] = turn.source
        self.claimed_at = measure_elapsed()
        task.add_done_callback(partial(self._ended, held))
        return task

    def _ended(self, held: ExitStack, task: asyncio.Task[Crawl]) -> None:
        held.close()
        source = self._tasks.pop(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, SourceVanished):
            log.info("event=crawl-dropped source=%s reason=%r", source, str(error))
        elif error is not None:
            log.error("event=crawl-lost source=%s error=%r", source, str(error), exc_info=error)

    async def follow_clock(self) -> float:
        """Take over a step of the machine's clock and move every due time with it; the step in seconds, 0 for none.

        Between two calls `clock.now()` is steady, so that no due time is reckoned on one clock and read on another:
        the clock is taken over and the rows are queued for the writer's thread without anything in between.
        """
        step = self.clock.rebase()
        if abs(step) >= CLOCK_STEP:
            log.warning("event=clock-step seconds=%+.0f the machine's clock was set: due times move with it", step)
            self.pacer.shift(step)
            self._unmoved += step
        if not self._unmoved:
            return 0.0
        moved = self._unmoved
        await self.store.do(self.store.due_times.shift, moved)
        self._unmoved -= moved
        return moved

    async def deliver(self) -> None:
        """Queue reports and what was held back until now, begin to deliver what is due; answers are awaited later."""
        await self.store.do_if_due(self._release, self.clock.now())
        await self.delivery.start()

    def _release(self, now: datetime) -> None:
        """Queue the reports that are due, which tell of some of what is held back; then the rest of it."""
        to = self.ingest.watch.addressees
        queue_reports(self.store, to, now)
        release_held(self.store, to, now)

    async def housekeep(self) -> None:
        """What a person should know of the whole: does any outlet answer at all? And tell what began or ended."""
        if await self.store.do_if_due(self._housekeep, self.clock.now()):
            self.delivery.wake()
        await self.backup.run_if_due(self.config.store, self.clock.now())
        topics, now = self.ingest.watch.topics, self.clock.now()
        if await self.calibration.run_if_due(self.config.topics, topics, now, busy=self.busy):
            await self._adopt_topics()
        await self.suggestions.run_if_due(self.ingest.watch.topics, now, busy=self.busy)
        await self.store.do_if_due(end_warm_ups, self.store, self.ingest.watch.topics, self.clock.now())

    async def _adopt_topics(self) -> None:
        """Go on with the profiles as they stand in their files; everything else stays as it runs."""
        try:
            topics = resolve_watch(self.config).topics
        except SeedError as error:  # a person edits it this moment; `topic_upkeep` says so
            log.warning("event=profile-not-adopted reason=%r", str(error))
            return
        watch = replace(self.ingest.watch, topics=topics)
        await self.store.do(register_topics, self.store, watch, self.clock.now())
        self.ingest.watch = watch

    def _housekeep(self, now: datetime) -> int:
        """How many alerts it queued."""
        watch = self.ingest.watch
        retire_unasked(self.store, watch.sources, watch.kinds, watch.estate, now)
        close_floods(self.store, now)
        wide = self.config.fetch.concurrency
        if 2 * len(self._tasks) < CRAWLS_A_SLOT * wide:
            self._busy_since = None
        elif self._busy_since is None:
            self._busy_since = now
        note_machine_problems(self.store, self.workers.trouble, wide, busy_since=self._busy_since, now=now)
        apply_retention(self.store, self.config.store, now)
        self.upkeep.check_topics(self.store, self.config.topics, self.ingest.watch.topics, now)
        queued = queue_fallbacks(self.store, resolve_fallbacks(self.config), now)
        return queued + queue_problem_alerts(self.store, self.ingest.watch.kinds, self.ingest.watch.rules, now)

    async def send_heartbeat(self) -> str | None:
        """Call the dead man's switch where all is well; why it was not called or not answered."""
        if (wanted := self.config.heartbeat) is None:
            return None
        return await send_heartbeat(
            self.store, self.sender, wanted, self.clock, folder=self.folder, environ=self.environ
        )

    async def next_due(self) -> datetime | None:
        """When there is something to do next, None when nothing waits."""
        stored = await self.store.read(self._list_due)
        report = find_report_due(self.ingest.watch.rules, self.clock.now())
        return min((at for at in (*stored, report) if at is not None), default=None)

    def _list_due(self) -> tuple[datetime | None, ...]:
        """When the next crawl, delivery and held alert are due, each None where nothing waits."""
        return self.store.sources.next_due(), self.delivery.find_next_due(), self.store.holds.next_due()

    @property
    def busy(self) -> bool:
        """Whether any crawl runs."""
        return bool(self._tasks)

    @property
    def crawls_running(self) -> int:
        """How many crawls run."""
        return len(self._tasks)

    async def reload(self, config: Config) -> None:
        """Go on with another configuration; crawls under way end with the old one.

        Raises SeedError before anything has changed. `[store]`, `[workers]`, `[health]`, `[agents]`, `[pages]` – whose
        process would not follow – and `[fetch] max_bytes` of running crawls stay.
        """
        config = config.model_copy(update={"agents": self.config.agents})
        wanted = resolve_watch(config)
        allow = Allow.parse(config.fetch.allow)
        renamed = await self.store.do(find_renamed, self.store, tuple(wanted.sources.values()))
        ending = [task for task, source in self._tasks.items() if source in renamed]
        for task in ending:  # what it would write down has another name by then
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self.store.do(self._sync, wanted, config, self.clock.now())
        store = config.store.model_copy(update={"path": self.config.store.path})  # the database stays open
        old_channels = self.config.channels
        self.config = config.model_copy(update={"store": store, "pages": self.config.pages})
        self.ingest.watch = wanted
        self.pacer.delay = config.fetch.delay
        self.wire = WireSlots(config.fetch.concurrency)  # requests under way keep their slots of the old
        self.resolver.allow = allow
        old_delivery, old_sender = self.delivery, self.sender
        self.sender = await Sender(allow).__aenter__()
        self.crawls = self._crawls(config, allow)
        changed = [name for name, section in config.channels.items() if old_channels.get(name, section) != section]
        await self.store.do(self._retry, changed)
        self.delivery = self._delivery(config)
        await old_delivery.stop()
        await old_sender.__aexit__(None, None, None)

    def _retry(self, channels: Iterable[str]) -> None:
        """Try failing channels that a person changed at once; one that is switched off waits for `alerts enable`."""
        for name in channels:
            self.store.channels.retry(name)

    async def stop(self, grace: float) -> None:
        """Begin nothing more; give work under way `grace` seconds, then leave it pending; close the store."""
        if self._stopping:
            return
        self._stopping = True
        crawls = tuple(self._tasks)
        deliveries = asyncio.create_task(self.delivery.stop(grace))
        for task in crawls:
            task.cancel()
        if crawls:  # cancelled already: half of the time is for them, half for the workers
            await asyncio.wait(crawls, timeout=grace / 2)
        # What still holds a worker comes back as failed now, to be tried again: its deadline is longer than ours.
        pools = (self.calibration, self.suggestions, self.workers)
        await asyncio.gather(*(asyncio.to_thread(pool.stop) for pool in pools))
        await asyncio.gather(*crawls, return_exceptions=True)
        await deliveries
        if self._committer is not None:
            self._committer.cancel()
            await asyncio.gather(self._committer, return_exceptions=True)
        await self.sender.__aexit__(None, None, None)
        try:
            self.store.close()
        except DatabaseError as error:
            log.error("event=close-failed error=%r", str(error))


def _host(source: Source) -> str:
    """The host a source is leased by: that of its first endpoint."""
    return parse_host(source.endpoints[0].url)
