"""`seedwatch run` and `seedwatch once`: one process, one loop, APScheduler's ticks, signals and a clean stop.

Which source is due is a column, not a job: the scheduler runs a handful of jobs, whatever the number of sources.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.clock import WallClock, measure_elapsed
from monitor.config.load import load_config
from monitor.config.profiles import PROFILE
from monitor.config.schema import Config
from monitor.daemon.database_watch import DatabaseWatch
from monitor.daemon.engine import Engine
from monitor.daemon.pages_keeper import PagesKeeper
from monitor.daemon.quiet_wait import QuietWait
from monitor.daemon.reload import reload_on_hangup
from monitor.daemon.service_notify import feed_watchdog, notify_service
from monitor.daemon.stop_signal import StopSignal, end_process
from monitor.daemon.topic_upkeep import find_mismatch
from monitor.daemon.vitals.health_server import HealthAnswer, HealthServer, answer_alive, answer_ready
from monitor.daemon.vitals.job_pulse import JobPulse
from monitor.daemon.vitals.metric_families import CONTENT_TYPE, render_metrics
from monitor.daemon.vitals.vitals_watch import VitalsWatch
from monitor.delivery.marks.intake import apply_marks
from monitor.delivery.marks.spool import read_pages_key
from monitor.errors import ConfigError
from monitor.fetching.context import Crawl
from monitor.fetching.transport.reactor import run_reactor
from monitor.process_limits import raise_file_limit, raise_memory_limit

log = logging.getLogger(__name__)

# Of the ten seconds of RELIABILITY R4: for answers under way; what is not done by then was never acknowledged and stays
# pending.
GRACE = 5.0
TICK, HOUSEKEEP, BEAT = 1, 30, 60  # seconds
REST = 600.0  # seconds without a page after which the workers are given back; to begin them costs one or two of CPU
LATE = 10.0  # seconds after which a job that still runs is told of


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRound:
    """What `once` did, in crawls and pieces."""

    ok: int
    failed: int
    stored: int
    seen: int
    polls: tuple[Crawl, ...]


def run_daemon(
    path: Path,
    database: Path | None,
    config: Config,
    *,
    pages: bool,
    announce: Callable[[str], None],
    health_port: int | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; `pages` serves Datasette beside it. `announce` gets lines for people.

    `config` is what `path` says with `database`; a reload reads it again. `health_port` goes before `[health] port`.

    Raises SeedwatchError where it cannot start.
    """
    raise_file_limit()
    raise_memory_limit()
    if health_port is not None:
        config = config.model_copy(update={"health": config.health.model_copy(update={"port": health_port})})
    learn_missing_profiles(config, announce)
    run_reactor(lambda reactor: _serve(path, database, config, reactor, pages=pages, announce=announce))
    end_process(0)


def learn_missing_profiles(config: Config, announce: Callable[[str], None]) -> None:
    """Learn the topics that have no profile yet, so that the first `run` needs no step before it.

    A profile that its seeds have left behind is told and kept: learning is a person's decision.
    """
    for name, topic in config.topics.items():
        folder = topic.folder
        if folder is None:
            continue
        if not (folder / PROFILE).exists():
            from monitor.pipeline.learn_topic import learn_topic  # a second and 4 MB, which most starts need not take

            learn_topic(folder, topic=name)
            announce(f"learned topic {name} from {topic.seeds}: see {topic.seeds}/{PROFILE}")
        elif (found := find_mismatch(name, folder)) is not None:
            announce(f"topic {name}: {found.detail}; {found.cure}")


async def _serve(
    path: Path, database: Path | None, config: Config, reactor: Any, *, pages: bool, announce: Callable[[str], None]
) -> None:
    stop = StopSignal()
    hangup = asyncio.Event()
    loop = asyncio.get_running_loop()
    stop.watch(loop)
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(
            Engine(
                config, folder=path.resolve().parent, clock=WallClock(), chance=random.SystemRandom(), reactor=reactor
            )
        )
        pulse = JobPulse(measure_elapsed)
        vitals = VitalsWatch(engine, pulse, measure_elapsed)
        if config.health.port is not None:
            server = _health_server(config.health.host, config.health.port, vitals)
            stack.callback(server.stop)
            announce(f"health: {await server.start()}/readyz")
        watch = DatabaseWatch(engine, stop.set)
        keeping: list[Coroutine[Any, Any, None]] = []
        keeper = PagesKeeper(config, engine.store, engine.clock, stop.is_set)
        stack.callback(keeper.stop)
        if pages and (address := await keeper.start()) is not None:
            announce(f"pages: {address}")
            keeping.append(keeper.run(measure_elapsed))
        enabled = sum(source.enabled for source in engine.ingest.watch.sources.values())
        log.info("event=start sources=%d topics=%d channels=%d", enabled, len(config.topics), len(config.channels))
        scheduler = start_jobs(((engine.housekeep, HOUSEKEEP), (engine.send_heartbeat, BEAT)), pulse)
        keeping += [_beat(engine, scheduler, pulse), feed_watchdog(), vitals.run(), watch.run()]
        keeping.append(reload_on_hangup(hangup, path, database, engine))
        if config.agents is not None:
            from monitor.daemon.agents.agents_service import AgentsService  # needs the extra [agents]

            keeping.append(AgentsService(engine, config.agents.server, Path(config.agents.key)).run())
        tasks = [asyncio.create_task(work) for work in keeping]
        notify_service("READY=1")
        await stop.wait()
        notify_service("STOPPING=1")
        log.info("event=stopping")
        ending = asyncio.create_task(asyncio.to_thread(keeper.stop))  # it may hang on a page that will not finish
        # `shutdown()` cancels coroutine jobs: pause first, drain our own tasks, then shut down (DESIGN.md).
        scheduler.pause()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await engine.stop(GRACE)
        await ending
        scheduler.shutdown(wait=False)
    log.info("event=stopped")
    if watch.gone is not None:
        raise watch.gone


def _health_server(host: str, port: int, vitals: VitalsWatch) -> HealthServer:
    def answer_metrics() -> HealthAnswer:
        body = render_metrics(vitals.vitals, vitals.reasons)
        return HealthAnswer(status=HTTPStatus.OK, content_type=CONTENT_TYPE, body=body)

    return HealthServer(
        host,
        port,
        {
            "/healthz": answer_alive,
            "/readyz": lambda: answer_ready(vitals.reasons()),
            "/metrics": answer_metrics,
        },
    )


def start_jobs(
    jobs: Iterable[tuple[Callable[[], Awaitable[Any]], float]], pulse: JobPulse | None = None
) -> AsyncIOScheduler:
    """A running scheduler of these jobs, each with the seconds from one run to the next; `pulse` is told of each."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    # APScheduler drops late jobs silently by default: misfire_grace_time is 1 s (RELIABILITY fact 10). It warns of
    # every run for which there is no room: `_kept` has one at a time and says so once.
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
    )
    for job, seconds in jobs:
        scheduler.add_job(_kept(job, pulse), "interval", seconds=seconds, name=job.__name__)
    scheduler.start()
    return scheduler


async def _beat(engine: Engine, scheduler: AsyncIOScheduler, pulse: JobPulse) -> None:
    """Once a second: take over steps of the machine's clock, take marks, begin what is due – where anything can be.

    Every other second while nothing has been due for a while.

    APScheduler's jobs are due on the wall clock: set back by a day, it would sleep for a day, and go on sleeping when
    the clock is right again. This loop waits on time that nobody sets.
    """

    async def take_marks() -> None:
        await _take_marks(engine)

    follow, marks = _kept(engine.follow_clock), _kept(take_marks, pulse)
    tick, deliver = _kept(engine.tick, pulse), _kept(engine.deliver, pulse)
    quiet = QuietWait(engine, engine.store.path, engine.clock.now, time.time)
    look = _kept(quiet.look)
    running: set[asyncio.Future[None]] = set()

    async def begin_due() -> None:
        await asyncio.gather(tick(), deliver())
        await look()

    def begin(work: Awaitable[None]) -> None:  # what takes long keeps the beat from nothing
        task = asyncio.ensure_future(work)
        running.add(task)
        task.add_done_callback(running.discard)

    behind = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(quiet.choose_wait(TICK))
        await follow()
        now = time.time() - time.monotonic()
        if abs(now - behind) >= TICK:
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
        behind = now
        begin(marks())
        if not quiet.is_quiet():
            begin(begin_due())
            continue
        for name in (engine.tick.__name__, engine.deliver.__name__):
            pulse.end_well(name)
        engine.workers.release_idle(REST)


async def _take_marks(engine: Engine) -> None:
    """What people said since the last round by links in alerts and by buttons of the pages."""
    key, pages_key = None if engine.marks is None else engine.marks.key, read_pages_key(engine.store.path)
    if key is not None or pages_key is not None:
        await apply_marks(engine.store, key, pages_key, tuple(engine.config.topics), engine.clock.now())


def _kept(job: Callable[[], Awaitable[Any]], pulse: JobPulse | None = None) -> Callable[[], Awaitable[None]]:
    """A job that runs once at a time, and whose troubles are logged when they begin and when they end.

    While a run lasts – it may wait for the database's lock – those after it pass. One line says so once it has lasted
    for `LATE` seconds.
    """
    failing: list[str] = []
    running: list[float] = []  # when the run under way is late, by the loop's clock; empty while none is or it was told
    lock = asyncio.Lock()
    pulse = pulse or JobPulse(measure_elapsed)
    pulse.expect(job.__name__)

    async def kept() -> None:
        if lock.locked():
            if running and asyncio.get_running_loop().time() >= running[0]:
                log.warning("event=job-late job=%s its last run still goes on", job.__name__)
                running.clear()
            return
        running[:] = [asyncio.get_running_loop().time() + LATE]
        try:
            async with lock:
                await job()
        except Exception as error:  # a full disk or a lock passes; the daemon must outlive it
            pulse.fail(job.__name__)
            if failing != [str(error)]:
                log.error("event=job-failed job=%s error=%r", job.__name__, str(error), exc_info=error)
                failing[:] = [str(error)]
        else:
            pulse.end_well(job.__name__)
            if failing:
                log.warning("event=job-works-again job=%s", job.__name__)
                failing.clear()

    return kept


def poll_once(path: Path, database: Path | None, names: Iterable[str], announce: Callable[[str], None]) -> PollRound:
    """Poll the named sources, or all enabled ones, once and now, then deliver what is due.

    Raises ConfigError for a name that is no source, SeedwatchError where it cannot start.
    """
    config = load_config(path, database=database)
    learn_missing_profiles(config, announce)
    asked = tuple(names)
    wanted = asked or tuple(name for name, section in config.sources.items() if section.enabled)
    if unknown := [name for name in wanted if name not in config.sources]:
        raise ConfigError(f"{path}: no source is called {unknown[0]!r}; known are {', '.join(config.sources)}")
    return run_reactor(lambda reactor: _once(path, config, reactor, wanted, asked, announce))


def _describe(crawl: Crawl) -> str:
    if not crawl.asked:
        return "not asked: its endpoints wait (seedwatch explain tells until when and why)"
    trouble = f", trouble: {crawl.reason}" if crawl.reason else ""
    return f"{crawl.seen} seen, {crawl.stored} stored{trouble}"


async def _once(
    path: Path,
    config: Config,
    reactor: Any,
    wanted: tuple[str, ...],
    names: tuple[str, ...],
    announce: Callable[[str], None],
) -> PollRound:
    left = set(wanted)
    done: list[Crawl] = []
    async with Engine(
        config, folder=path.resolve().parent, clock=WallClock(), chance=random.SystemRandom(), reactor=reactor
    ) as engine:
        for name in names:  # asked for by name: what waits because it failed is asked all the same
            await engine.store.do(engine.store.endpoints.end_backoff, name)
        while left:
            # Sources of one host take turns: what could not be leased now is asked for again.
            begun = await engine.tick(only=sorted(left))
            left -= {task.get_name().removeprefix("crawl ") for task in begun}
            for task in begun:
                crawl = await task
                done.append(crawl)
                announce(f"{crawl.turn.source}: {_describe(crawl)}")
            if not begun:
                break
        for name in sorted(left):
            announce(f"{name}: not polled, its host asked us to wait")
        await engine.deliver()
        await engine.delivery.round()
        await _take_marks(engine)
        await engine.housekeep()
        await engine.send_heartbeat()
    failed = sum(1 for crawl in done if crawl.failed or (not crawl.asked and crawl.turn.failures > 0))
    return PollRound(
        ok=len(done) - failed,
        failed=failed + len(left),
        stored=sum(crawl.stored for crawl in done),
        seen=sum(crawl.seen for crawl in done),
        polls=tuple(done),
    )
