"""`seedwatch seeds add`: fetches articles by their addresses, politely, and reads them as the daemon would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.commands.live.live_check import converse_aside
from monitor.commands.live.unknown_address import list_owners
from monitor.commands.reports.outlet.outlet_report import CURES
from monitor.config.schema import Config
from monitor.extraction.extract import extract_article
from monitor.fetching.single_fetch import FetchFailure, Probe, run_probe
from monitor.model.page import Article, Rejection
from monitor.model.source import Source
from monitor.text.urls import parse_host, strip_tracking


def fetch_articles(
    config: Config, urls: Sequence[str], sources: Mapping[str, Source], announce: Callable[[str], None]
) -> dict[str, Article | str]:
    """By address what its page holds, or why there is no article; hosts side by side, one request at a time each.

    A page of a configured source is read with that source's rules and access. Call it once per process
    (monitor.fetching.transport.reactor).
    """
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(parse_host(url), []).append(url)

    async def talk(engine: Any) -> dict[str, Article | str]:
        found: dict[str, Article | str] = {}

        async def ask(group: list[str]) -> None:
            for url in group:
                source = next(iter(list_owners(url, sources)), None)
                announce(url)
                found[url] = await run_probe(engine.crawls, _reader(url, source), outlet=source)

        await asyncio.gather(*(ask(group) for group in by_host.values()))
        return found

    return converse_aside(config, talk)


def _reader(url: str, source: Source | None) -> Callable[[Probe], Any]:
    rules = source or Source(name="seed", spider="feed", title="", address=None, every=0, endpoints=())

    async def read(probe: Probe) -> Article | str:
        page = await probe.page(strip_tracking(url))
        if isinstance(page, FetchFailure):
            return f"{page.reason}; {CURES[page.kind]}"
        result: Article | Rejection = await probe.run_in_worker(extract_article, page, rules)
        return result.reason if isinstance(result, Rejection) else result

    return read
