"""Why nobody heard of an address: whose site it is, whether anything lists it, whether a gap covers its date.

It reads the database and the configuration; with `--ask` it also asks the site's endpoints and the page, politely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.commands.live.live_check import converse_aside
from monitor.config.public_suffixes import site_of
from monitor.config.schema import Config
from monitor.fetching.single_fetch import FetchFailure, Probe, ProbeAnswer, run_probe
from monitor.identity.ownership import build_estate
from monitor.model.page import Reading, Rejection
from monitor.model.source import Entry, Listing, Source
from monitor.pipeline.ingest.read_page import judge_page
from monitor.storage import Store
from monitor.storage.timestamps import parse_stamp
from monitor.text.urls import build_link_key, is_article_url, strip_tracking
from monitor.topics.topic import Topic

_PARTS = 3  # of a sitemap index; they come with the newest first
_SPELLING = re.compile(r"^https?://(?:www\.)?")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_.]?(\d\d)[-/_.]?(\d\d)(?!\d)")


def explain_unknown(
    store: Store | None, url: str, sources: Mapping[str, Source], asked: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What can be said of a web address that the database does not know.

    `site` it lies on, the `sources` that speak for the site with their state, whether their article rule takes it and
    their open gaps; `dated` is the day in the address; `asked` what `ask_about` found, None where nobody was asked;
    `because` is the likeliest reason why nobody heard of it, in one line.
    """
    own = list_owners(url, sources)
    day = _stated_day(url)
    found = [_describe(store, source, url, day) for source in own]
    return {
        "url": url,
        "known": False,
        "site": site_of(url),
        "dated": None if day is None else day.date().isoformat(),
        "sources": found,
        "asked": asked,
        "because": _because(url, own, found, asked),
    }


def list_owners(url: str, sources: Mapping[str, Source]) -> list[Source]:
    """The sources that speak for the site of an address, by their addresses and endpoints."""
    estate = build_estate(sources.values(), site_of)
    return [source for source in sources.values() if estate.speaks_for(source.name, url)]


def ask_about(
    config: Config, url: str, sources: Mapping[str, Source], topics: tuple[Topic, ...], announce: Callable[[str], None]
) -> dict[str, Any]:
    """Whether an endpoint of the site lists the address now, and what the topics say of its page.

    Call it once per process (monitor.fetching.transport.reactor).
    """
    own = list_owners(url, sources)
    source = own[0] if own else Source(name="", spider="feed", title="", address=None, every=0, endpoints=())

    async def converse(probe: Probe) -> dict[str, Any]:
        lists, entry = [], None
        for one in own:
            for endpoint in one.endpoints:
                announce(f"{one.name}: {endpoint.kind} {endpoint.url}")
                answer = await probe.ask(endpoint, one)
                here = await _find_listed(probe, answer, url, one, announce)
                entry = entry or here
                lists.append(
                    {
                        "source": one.name,
                        "kind": endpoint.kind,
                        "url": endpoint.url,
                        "trouble": _trouble(answer),
                        "lists_it": here is not None,
                    }
                )
        announce(f"the page {url}")
        page = await probe.page(strip_tracking(url))
        if isinstance(page, FetchFailure):
            return {"endpoints": lists, "page": {"outcome": "failed", "reason": page.reason}}
        read = await probe.run_in_worker(judge_page, page, source, topics)
        return {"endpoints": lists, "page": _page(read)}

    async def talk(engine: Any) -> dict[str, Any]:
        return await run_probe(engine.crawls, converse, outlet=own[0] if own else None)

    return converse_aside(config, talk)


async def _find_listed(
    probe: Probe, answer: ProbeAnswer | FetchFailure, url: str, source: Source, announce: Callable[[str], None]
) -> Entry | None:
    """The entry of an answer that is this address; of a sitemap index the parts are asked, the newest first."""
    if isinstance(answer, FetchFailure) or not isinstance(answer.read, Listing):
        return None
    key = _bare(build_link_key(url, source))
    here = next((entry for entry in answer.read.entries if _bare(build_link_key(entry.url, source)) == key), None)
    parts = [more for more in answer.read.more if more.kind == "sitemap"] if not answer.read.entries else []
    for part in parts[:_PARTS]:
        if here is None:
            announce(f"{source.name}: {part.kind} {part.url}")
            here = await _find_listed(probe, await probe.ask(part, source), url, source, announce)
    return here


def _bare(key: str) -> str:
    """An address as one of its spellings: with or without TLS, "www." and a last slash."""
    return _SPELLING.sub("", key).rstrip("/")


def _trouble(answer: ProbeAnswer | FetchFailure) -> str | None:
    if isinstance(answer, FetchFailure):
        return answer.reason
    return f"{answer.read.outcome}: {answer.read.reason}" if isinstance(answer.read, Rejection) else None


def _page(read: Reading | Rejection) -> dict[str, Any]:
    if isinstance(read, Rejection):
        return {"outcome": str(read.outcome), "reason": read.reason}
    published = read.article.published
    return {
        "outcome": "read",
        "title": read.article.title,
        "published_at": published.at.isoformat() if published else None,
        "topics": [
            {key: value for key, value in asdict(match).items() if key in ("topic", "score", "threshold", "matched")}
            for match in read.matches
        ],
    }


def _describe(store: Store | None, source: Source, url: str, day: datetime | None) -> dict[str, Any]:
    """A source that speaks for the site, with the gaps that may have swallowed the address."""
    found: dict[str, Any] = {
        "name": source.name,
        "enabled": source.enabled,
        "rule_takes_it": is_article_url(url, source),
        "state": "new",
        "reason": None,
        "watched_since": None,
        "gaps": [],
    }
    try:
        row = store.sources.row(source.name) if store is not None else None
    except KeyError:
        row = None
    if store is None or row is None:
        return found
    gaps = [gap for gap in store.gaps.list_open(source.name) if day is None or _covers(gap.since, gap.until, day)]
    return {
        **found,
        "state": "paused" if row["paused_at"] else row["state"],
        "reason": row["reason"],
        "watched_since": row["added_at"],
        "gaps": [{"from": gap.since.isoformat(), "to": gap.until.isoformat(), "place": gap.url} for gap in gaps],
    }


def _covers(since: datetime, until: datetime, day: datetime) -> bool:
    """Whether an interval touches a day, whose zone nobody knows."""
    return since < day + timedelta(hours=38) and until > day - timedelta(hours=14)


def _stated_day(url: str) -> datetime | None:
    found = _DAY.search(url)
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        return None


def _because(url: str, own: list[Source], found: list[dict[str, Any]], asked: Mapping[str, Any] | None) -> str:
    if not own:
        return f"no configured source speaks for {site_of(url) or url}; seedwatch init {url} looks for its lists"
    day = _stated_day(url)
    if not any(one["rule_takes_it"] for one in found):
        return f"the rule `article` of {own[0].name} takes it for no article"
    if not any(one["enabled"] for one in found):
        return f"{own[0].name} is switched off"
    for one in found:
        if one["state"] in ("paused", "failing", "blocked", "stopped"):
            return f"{one['name']} is {one['state']}" + (f": {one['reason']}" if one["reason"] else "")
        if one["gaps"]:
            return f"a gap of {one['name']} may hold it: two of its lists do not meet"
        if day is not None and one["watched_since"] and day + timedelta(days=1) < parse_stamp(one["watched_since"]):
            return f"it is older than the watch of {one['name']}, which began {one['watched_since'][:10]}"
    if all(one["watched_since"] is None for one in found):
        return f"{own[0].name} was never polled"
    if asked is None:
        return "its source was polled and never listed it; --ask looks whether it does now"
    if any(each["lists_it"] for each in asked["endpoints"]):
        return "an endpoint lists it now, and the next poll takes it up"
    return "no endpoint of its source lists it, nor did one at any poll"
