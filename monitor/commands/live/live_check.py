"""`seedwatch doctor --live`: one polite look at every configured address and a page of each source; it stores nothing.

The shipped addresses can be reached by no test: this is how a person sees on which of them an outlet has changed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from monitor.clock import WallClock
from monitor.commands.reports.outlet.outlet_report import ArticleSample, list_newest, sample_article
from monitor.config.load import resolve_sources
from monitor.config.schema import Config
from monitor.daemon.engine import Engine
from monitor.extraction.extract import extract_article
from monitor.fetching.single_fetch import FetchFailure, Probe, ProbeAnswer, run_probe
from monitor.fetching.transport.reactor import run_reactor
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.storage import Store
from monitor.text.urls import strip_tracking

T = TypeVar("T")
# Of what it listed at its last good answer: an endpoint that lists less than this reads otherwise than it did.
_LEAST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLook:
    """What one configured endpoint of a source answered just now.

    `verdict` is "ok", "warn" (it answered, but not as expected) or "fail"; `detail` says why in one line. `entries` are
    those that the source's rules take, `dropped` the items that became none, `newest` the date of the newest, `before`
    how many it listed at its last answer on record, None without one.
    """

    source: str
    kind: str
    url: str
    verdict: str
    detail: str
    status: int | None = None
    entries: int = 0
    dropped: int = 0
    newest: str | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLook:
    """The looks at one source's endpoints, and one article as its newest page gives it; None where none was listed."""

    source: str
    endpoints: tuple[LiveLook, ...]
    sample: ArticleSample | None

    @property
    def healthy(self) -> bool:
        """Whether every endpoint answered and a page could be read."""
        return all(look.verdict != "fail" for look in self.endpoints) and (
            self.sample is not None and self.sample.reason is None
        )


def look_at_sources(
    config: Config, names: Sequence[str], store: Store | None, announce: Callable[[str], None]
) -> list[SourceLook]:
    """Ask every endpoint of the named sources, of all enabled ones where there are no names, once and at their pace.

    What is compared with is what `store` has on record.
    Sources of different hosts are asked side by side. `announce` gets a line for each address. Call it once per process
    (monitor.fetching.transport.reactor).
    """
    wanted = [s for s in resolve_sources(config) if (s.name in names if names else s.enabled)]
    before = _recorded(store, wanted)

    async def look(engine: Engine) -> list[SourceLook]:
        return list(
            await asyncio.gather(
                *(run_probe(engine.crawls, _visit(source, before, announce), outlet=source) for source in wanted)
            )
        )

    return converse_aside(config, look)


def converse_aside(config: Config, talk: Callable[[Engine], Awaitable[T]]) -> T:
    """What `talk` returns, which asks outlets through an engine with a database of its own."""

    async def within(reactor: Any) -> T:
        with TemporaryDirectory(prefix="seedwatch-look-") as aside:
            store = config.store.model_copy(update={"path": str(Path(aside) / "look.db")})
            bare = Config(fetch=config.fetch, store=store)
            async with Engine(
                bare, folder=Path(aside), clock=WallClock(), chance=random.SystemRandom(), reactor=reactor
            ) as engine:
                return await talk(engine)

    return run_reactor(within)


def _recorded(store: Store | None, sources: Iterable[Source]) -> Mapping[tuple[str, str], int]:
    """By source and endpoint key, how many entries it listed at its last answer."""
    if store is None:
        return {}
    return {
        (source.name, row["key"]): row["entries"]
        for source in sources
        for row in store.sources.endpoints(source.name)
        if row["entries"] is not None
    }


def _visit(source: Source, before: Mapping[tuple[str, str], int], announce: Callable[[str], None]) -> Any:
    async def visit(probe: Probe) -> SourceLook:
        looks: list[LiveLook] = []
        entries: list[Entry] = []
        for endpoint in source.endpoints:
            announce(f"{source.name}: {endpoint.kind} {endpoint.url}")
            answer = await probe.ask(endpoint, source)
            looks.append(_judge(source, endpoint, answer, before.get((source.name, endpoint.key))))
            if isinstance(answer, ProbeAnswer) and isinstance(answer.read, Listing):
                entries += answer.read.entries
        sample = await read_sample(probe, entries, source) if entries else None
        return SourceLook(source=source.name, endpoints=tuple(looks), sample=sample)

    return visit


async def read_sample(probe: Probe, entries: Sequence[Entry], source: Source) -> ArticleSample:
    """The newest of some entries as its page gives it."""
    entry = list_newest(entries)[0]
    url = strip_tracking(entry.url)
    page = await probe.page(url)
    if isinstance(page, FetchFailure):
        return ArticleSample(url=url, outcome="failed", reason=page.reason)
    read = await probe.run_in_worker(extract_article, replace(page, entry=entry), source)
    if isinstance(read, Rejection):
        return ArticleSample(url=url, outcome=read.outcome, reason=read.reason)
    return sample_article(read)


def _judge(source: Source, endpoint: Endpoint, answer: ProbeAnswer | FetchFailure, before: int | None) -> LiveLook:
    failed = LiveLook(
        source=source.name, kind=endpoint.kind, url=endpoint.url, verdict="fail", detail="", before=before
    )
    if isinstance(answer, FetchFailure):
        return replace(failed, detail=answer.reason)
    if isinstance(answer.read, Rejection):
        return replace(failed, detail=f"{answer.read.outcome}: {answer.read.reason}", status=answer.page.status)
    read = answer.read
    dates = [when.at for entry in read.entries if (when := entry.published or entry.modified)]
    verdict, detail = "ok", f"{len(read.entries)} entries"
    if not read.entries and not read.more:
        rule = " that the rule `article` takes" if source.article else ""
        verdict, detail = "warn", f"it answers, but lists no entry{rule}"
    elif before is not None and len(read.entries) < before * _LEAST:
        verdict, detail = "warn", f"{len(read.entries)} entries, {before} at its last answer"
    if answer.page.final_url != endpoint.url:
        detail += f"; it led to {answer.page.final_url}"
    return replace(
        failed,
        verdict=verdict,
        detail=detail,
        status=answer.page.status,
        entries=len(read.entries),
        dropped=len(read.dropped),
        newest=max(dates).isoformat(timespec="seconds") if dates else None,
    )
