"""`seedwatch init URL`: finds where an outlet announces its articles and tries what it found; it writes nothing.

What the page's head and robots.txt name is asked first, common addresses only for what they leave open. An endpoint
counts once it was read; an outlet counts once one of its articles was.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.clock import WallClock
from monitor.commands.reports.outlet.outlet_report import OutletReport
from monitor.commands.reports.outlet.outlet_search import OutletSearch
from monitor.config.load import resolve_sources
from monitor.config.schema import Config
from monitor.daemon.engine import Engine
from monitor.discovery.outlet.homepage import choose_source_name
from monitor.fetching.single_fetch import run_probe
from monitor.fetching.transport.reactor import run_reactor
from monitor.model.source import Source
from monitor.text.urls import parse_host


def find_outlets(config: Config, wanted: Iterable[str], announce: Callable[[str], None]) -> list[OutletReport]:
    """Look at each URL, in the order given; hosts side by side, one request at a time each.

    Only `[fetch]` and the names and hosts of `[sources]` count of `config`; its database is left alone. `announce`
    gets a line for each place asked. Call it once per process (monitor.fetching.transport.reactor).
    """
    return run_reactor(lambda reactor: _all(config, tuple(dict.fromkeys(wanted)), reactor, announce))


async def _all(
    config: Config, wanted: tuple[str, ...], reactor: Any, announce: Callable[[str], None]
) -> list[OutletReport]:
    # A store of its own: robots.txt and leases of this search are no business of a running daemon.
    with TemporaryDirectory(prefix="seedwatch-init-") as aside:
        store = config.store.model_copy(update={"path": str(Path(aside) / "init.db")})
        bare = Config(fetch=config.fetch, store=store)
        async with Engine(
            bare, folder=Path(aside), clock=WallClock(), chance=random.SystemRandom(), reactor=reactor
        ) as engine:
            watched = resolve_sources(config)
            taken = set(config.sources)
            first = {_bare(url): url for url in reversed(wanted)}
            asked = [url for url in wanted if first[_bare(url)] == url]
            found = await asyncio.gather(*(inspect_url(engine, url, watched, taken, announce) for url in asked))
            by_url = {one.url: one for one in found}
            return [by_url.get(url) or _again(url, first[_bare(url)]) for url in wanted]


async def inspect_url(
    engine: Engine, url: str, watched: Iterable[Source], taken: set[str], announce: Callable[[str], None]
) -> OutletReport:
    """Look at one URL; `taken` are the names of sources, to which that of a find is added."""
    own = next((source for source in watched if _same_host(url, source)), None)
    if own is not None:
        return OutletReport(url=url, outcome="known", name=own.name, title=own.title)
    found = await run_probe(engine.crawls, lambda spider: OutletSearch(spider, engine, url, announce).run())
    own = next((source for source in watched if _same_host(found.table.get("address", ""), source)), None)
    if own is not None:  # it led there
        return OutletReport(url=url, outcome="known", name=own.name, title=own.title)
    if found.outcome == "added":
        name = found.name if found.name and found.name not in taken else choose_source_name(url, taken)
        taken.add(name)
        return replace(found, name=name)
    return found


def _again(url: str, first: str) -> OutletReport:
    reason = f"one table holds one outlet, and {first} was named before"
    return OutletReport(url=url, outcome="failed", reason=reason, cure="add the address to the list in that table")


def _same_host(url: str, source: Source) -> bool:
    places = [endpoint.url for endpoint in source.endpoints]
    return _bare(url) != "" and _bare(url) in {_bare(place) for place in (source.address or "", *places)}


def _bare(url: str) -> str:
    return parse_host(url).removeprefix("www.")
