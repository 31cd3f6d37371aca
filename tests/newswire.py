"""A small world for tests of the line: a real store, two outlets, one topic, one channel."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.alerting.intents import Rule
from monitor.model.alert import Policy
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, FetchFacts, Reading, Rejection
from monitor.model.source import Endpoint, Entry, Source
from monitor.model.topic import Match
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page
from monitor.storage import Store
from monitor.storage.sources.links import Link

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrst"


def everybody(source: str, url: str) -> bool:
    """Every source speaks for every address."""
    return True


def words(seed: int) -> str:
    """A text of 80 words that shares no run of words with another seed's."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(LETTERS, k=7)) for _ in range(80)) + "."


def source(name: str, *, backlog: bool = False) -> Source:
    return Source(
        name=name,
        spider="feed",
        title=f"The {name}",
        address=f"https://{name}.example/",
        every=600,
        endpoints=(Endpoint(kind="feed", url=f"https://{name}.example/rss"),),
        backlog=backlog,
    )


def rule(
    name: str = "desk", *, per: str = "story", on: Sequence[str] = ("new", "edit"), policy: Policy | None = None
) -> Rule:
    limits = policy or Policy()
    return Rule(name=name, topics=frozenset({"strait"}), channels=("hook",), per=per, on=frozenset(on), policy=limits)


def watching(*rules: Rule, backlog: bool = False) -> Watch:
    return Watch(
        sources={name: source(name, backlog=backlog) for name in ("gull", "tern")},
        topics=(),
        rules=rules,
        kinds={"hook": "webhook"},
    )


def reading(number: int, *, text: int | None = None, matched: bool = True, site: str = "gull") -> Reading:
    """Article `number` of a site with the text of that seed."""
    article = Article(
        url=f"https://{site}.example/{number}",
        identity=f"{site}:{number}",
        title=f"Headline {LETTERS[number]}",
        lead=None,
        text=words(number if text is None else text),
        published=Moment(
            at=NOW, raw="2026-03-02T06:00:00Z", zone="offset", precision=Precision.SECOND, carrier="json-ld"
        ),
    )
    match = Match(topic="strait", score=0.9 if matched else 0.1, threshold=0.5, matched=matched)
    return replace(judge_article(article, (), source=site), matches=(match,))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A store with two outlets, one topic, one channel, and a link for whatever is asked for."""

    store: Store
    endpoints: dict[str, int]

    def link(self, number: int, site: str = "gull", *, backlog: bool = False) -> Link:
        """The link of article `number`, due now."""
        url = f"https://{site}.example/{number}"
        entry = Entry(url=url, key=f"{site}:{number}", endpoint=f"https://{site}.example/rss")
        before = NOW + timedelta(days=1) if backlog else None
        with self.store.write():
            self.store.links.upsert_listed(
                site,
                self.endpoints[site],
                [entry],
                NOW,
                backlog_before=before,
                archived_before=None,
                speaks_for=everybody,
            )
            row = self.store.db.execute("SELECT id FROM links WHERE key = ?", (entry.key,)).fetchone()
            self.store.db.execute(
                "UPDATE links SET state = 'pending', next_attempt_at = ? WHERE id = ?",
                ("2026-03-02T06:00:00.000Z", row["id"]),
            )
            return next(link for link in self.store.links.due(site, NOW, 100) if link.id == row["id"])

    def settle(self, watch: Watch, link: Link, result: Reading | Rejection) -> SettledPage:
        """One page in a transaction of its own."""
        with self.store.write():
            return settle_page(self.store, watch, link, result, FetchFacts(at=NOW, status=200), NOW, 0.5)

    def put(self, watch: Watch, number: int, *, backlog: bool = False, **kind: Any) -> SettledPage:
        """An article as the outlet has it now, through the line."""
        site = kind.get("site", "gull")
        return self.settle(watch, self.link(number, site, backlog=backlog), reading(number, **kind))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(query)]


def open_world(path: Path) -> World:
    store = Store(path)
    sources = [source("gull"), source("tern")]
    with store.write():
        store.sources.sync(sources, lambda s: f"{s.name}.example", lambda _: NOW, NOW + timedelta(hours=1))
        store.channels.sync({"hook": "webhook"})
        store.topics.record_profile("strait", "hash", 0.5, 1, NOW)
        endpoints = {s.name: store.sources.add_endpoint(s.name, s.endpoints[0]) for s in sources}
    return World(store=store, endpoints=endpoints)
