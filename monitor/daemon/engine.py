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
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from monitor import __version__
from monitor.address_policy import Allow
from monitor.clock import Clock
from monitor.config.schema import Config
from monitor.daemon.topic_upkeep import TopicUpkeep
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender
from monitor.delivery.heartbeat import send_heartbeat
from monitor.delivery.marks.links import MarkLinks
from monitor.delivery.marks.spool import load_mark_key, open_spool
from monitor.fetching.context import Crawl, CrawlServices
from monitor.fetching.crawler import Crawls
from monitor.fetching.transport.rate_limiter import Pacer
from monitor.fetching.transport.resolver import GuardedResolver
from monitor.model.source import Source
from monitor.pipeline.alerts.queue_problem_alerts import queue_problem_alerts
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.resolve_config import resolve_watch
from monitor.pipeline.store_seeds import store_seeds
from monitor.storage import Store
from monitor.storage.connection import DatabaseError
from monitor.storage.sources.sources import PollLease
from monitor.text.urls import parse_host

log = logging.getLogger(__name__)

# Longer than any crawl lasts; a crash frees leases at the next start, not by waiting for this.
LEASE = timedelta(hours=2)
# New sources begin this many seconds after each other, or, where they are many, spread evenly over their interval:
# a start is no burst (RELIABILITY P12).
SPREAD = 0.5
HOMEPAGE = "https://github.com/seedwatch/seedwatch"


def build_user_agent(contact: str | None) -> str:
    """`name/version (+url; contact)`, honest and reachable (RELIABILITY P11)."""
    return f"seedwatch/{__version__} (+{HOMEPAGE}{f'; {contact}' if contact else ''})"


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
        self.workers = Workers(preload=("monitor.pipeline.ingest.read_page",))
        self.ingest = Ingest(self.store, self.workers, wanted, clock, chance, queued=lambda: self.delivery.wake())
        self.pacer = Pacer(clock, config.fetch.delay)
        self.resolver = GuardedResolver.install(reactor, allow)
        self.sender = Sender(allow)
        self.marks = self._marks(config)
        self.crawls = self._crawls(config, allow)
        self.delivery = self._delivery(config)
        self.upkeep = TopicUpkeep()
        self._tasks: dict[asyncio.Task[Crawl], str] = {}
        self._committer: asyncio.Task[None] | None = None
        self._stopping = False

    def _crawls(self, config: Config, allow: Allow) -> Crawls:
        shared = CrawlServices(
            store=self.store,
            ingest=self.ingest,
            clock=self.clock,
            pacer=self.pacer,
            resolver=self.resolver,
            allow=allow,
            timeout=float(config.fetch.timeout),
            max_bytes=config.fetch.max_bytes,
            agent=build_user_agent(config.fetch.contact),
            chance=self.chance,
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
        now = self.clock.now()
        recovered = await self.store.do(self._open, now)
        if recovered:
            log.warning("event=recovered polls=%d", recovered)
        await self.sender.__aenter__()
        self._committer = asyncio.create_task(self.ingest.run(), name="committer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop(grace=5.0)

    def _open(self, now: datetime) -> int:
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

        self.store.sources.sync(found, _host, first_poll, now)
        endpoints = {f"{source.name} {endpoint.url}" for source in found for endpoint in source.endpoints}
        for kind in ("moved", "gone"):
            self.store.problems.close_except(kind, endpoints, now)
        self.store.channels.sync(wanted.kinds)
        folders = {name: folder for name, topic in config.topics.items() if (folder := topic.folder) is not None}
        store_seeds(self.store, wanted, folders, now)

    # — what a driver calls ———————————————————————————————————————————————————————————————————————————————————————

    async def tick(self, only: Iterable[str] | None = None) -> list[asyncio.Task[Crawl]]:
        """Claim what is due, as far as there is room, and begin to crawl it; the crawls begun."""
        room = self.config.fetch.concurrency - len(self._tasks)
        if self._stopping or (room <= 0 and only is None):
            return []
        now = self.clock.now()
        names = None if only is None else tuple(only)
        limit = room if names is None else len(names)
        turns = await self.store.do(self.store.sources.claim, now, now + LEASE, limit, only=names)
        return [self._begin(turn) for turn in turns]

    def _begin(self, turn: PollLease) -> asyncio.Task[Crawl]:
        held = ExitStack()
        # Held from here, not from the task's first step: in between simulated time must not move either.
        held.enter_context(self.clock.hold())
        task = asyncio.create_task(self.crawls.run(turn), name=f"crawl {turn.source}")
        self._tasks[task] = turn.source
        task.add_done_callback(partial(self._ended, held))
        return task

    def _ended(self, held: ExitStack, task: asyncio.Task[Crawl]) -> None:
        held.close()
        source = self._tasks.pop(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("event=crawl-lost source=%s error=%r", source, str(error), exc_info=error)

    async def deliver(self) -> None:
        """Queue what was held back until now, begin to deliver what is due; answers are awaited in the background."""
        await self.store.do(release_held, self.store, self.ingest.watch.addressees, self.clock.now())
        await self.delivery.start()

    async def housekeep(self) -> None:
        """What a person should know of the whole: does any outlet answer at all? And tell what began or ended."""
        if await self.store.do(self._housekeep, self.clock.now()):
            self.delivery.wake()

    def _housekeep(self, now: datetime) -> int:
        """How many alerts it queued."""
        reach = self.store.sources.measure_reach()
        if reach.tried and not reach.answered:
            self.store.problems.open(
                "network",
                "outbound",
                f"none of {reach.tried} sources could be reached at their last poll: {reach.reason}",
                "check this machine's network and name resolution; polling goes on",
                now,
            )
        elif reach.answered:
            self.store.problems.close("network", "outbound", now)
        kept = self.config.store
        self.store.captures.prune(now - timedelta(seconds=kept.captures_age), kept.captures_size)
        self.upkeep.check_topics(self.store, self.config.topics, self.ingest.watch.topics, now)
        return queue_problem_alerts(self.store, self.ingest.watch.kinds, self.ingest.watch.rules, now)

    async def send_heartbeat(self) -> str | None:
        """Call the dead man's switch where all is well; why it was not called or not answered."""
        if self.config.heartbeat is None:
            return None
        wanted = self.config.heartbeat
        return await send_heartbeat(
            self.store, self.sender, wanted, self.clock, folder=self.folder, environ=self.environ
        )

    async def next_due(self) -> datetime | None:
        """When there is something to do next, None when nothing waits."""
        crawls = await self.store.do(self.store.sources.next_due)
        alerts = await self.delivery.next_due()
        held = await self.store.do(self.store.holds.next_due)
        return min((at for at in (crawls, alerts, held) if at is not None), default=None)

    @property
    def busy(self) -> bool:
        """Whether any crawl runs."""
        return bool(self._tasks)

    async def reload(self, config: Config) -> None:
        """Go on with another configuration; crawls under way end with the old one.

        Raises SeedError before anything has changed. `[store]`, `[pages]` – whose process would not follow – and
        `[fetch] max_bytes` of running crawls stay.
        """
        wanted = resolve_watch(config)
        allow = Allow.parse(config.fetch.allow)
        await self.store.do(self._sync, wanted, config, self.clock.now())
        store = config.store.model_copy(update={"path": self.config.store.path})  # the database stays open
        self.config = config.model_copy(update={"store": store, "pages": self.config.pages})
        self.ingest.watch = wanted
        self.pacer.delay = config.fetch.delay
        self.resolver.allow = allow
        old_delivery, old_sender = self.delivery, self.sender
        self.sender = await Sender(allow).__aenter__()
        self.crawls = self._crawls(config, allow)
        self.delivery = self._delivery(config)
        await old_delivery.stop()
        await old_sender.__aexit__(None, None, None)

    async def stop(self, grace: float) -> None:
        """Begin nothing more; give work under way `grace` seconds, then leave it pending; close the store."""
        if self._stopping:
            return
        self._stopping = True
        crawls = tuple(self._tasks)
        deliveries = asyncio.create_task(self.delivery.stop(grace))
        for task in crawls:
            task.cancel()
        if crawls:
            await asyncio.wait(crawls, timeout=grace)
        # What still holds a worker comes back as failed now, to be tried again: its deadline is longer than ours.
        await asyncio.to_thread(self.workers.stop)
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
