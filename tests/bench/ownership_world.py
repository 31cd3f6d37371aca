"""The world of the ownership bench: a store, a table of addresses for a network, and the line between them."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from ownership_pieces import SITES, Page, watch

from monitor.identity.ownership import trace_page
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, FetchFacts, Outcome, Reading, Rejection
from monitor.model.source import Entry
from monitor.model.topic import Match
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.record_listed import record_listed
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.storage import Store
from monitor.storage.sources.links import Link
from monitor.storage.timestamps import format_stamp
from monitor.text.urls import has_same_site, normalize_url

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrst"


@dataclass
class World:
    """A store, the table of addresses, and the clock of the rounds that share it."""

    store: Store
    watch: Watch
    chance: random.Random
    now: datetime = START
    web: dict[str, Page] = field(default_factory=dict)
    endpoints: dict[tuple[str, str], int] = field(default_factory=dict)
    number: int = 0

    def text(self) -> str:
        words = ("".join(self.chance.choices(LETTERS, k=7)) for _ in range(60))
        return ". ".join(" ".join(next(words) for _ in range(10)).capitalize() for _ in range(6)) + "."

    def announce(self, source: str, *entries: Entry, kind: str = "feed", first: bool = False) -> None:
        """`first` is as at an endpoint's first good answer: what is undated or old was there before."""
        archived = self.now - timedelta(days=2) if kind == "sitemap" else None
        with self.store.write():
            at = format_stamp(self.now)
            self.store.db.execute(
                "INSERT INTO polls (source, started_at, finished_at, outcome) VALUES (?, ?, ?, 'ok')", (source, at, at)
            )
            record_listed(
                self.store,
                self.watch,
                self.watch.sources[source],
                self.endpoints[source, kind],
                entries,
                self.now,
                backlog_before=self.now if first else None,
                archived_before=archived,
            )

    def drain(self) -> None:
        """Fetch what is due, looks at known pieces included, until nothing is."""
        for _ in range(4):
            due = [
                link
                for source in SITES
                for link in (
                    *self.store.links.due(source, self.now, 50),
                    *self.store.revisits.due(source, self.now, 50),
                )
            ]
            if not due:
                return
            for link in due:
                self.fetch(link)

    def fetch(self, link: Link) -> None:
        served, page = link.url, self.stands(link.url)
        for _ in range(3):
            if page is None or page.to is None:
                break
            served, page = page.to, self.stands(page.to)
        result: Reading | Rejection = Rejection(outcome=Outcome.GONE, reason="status 404")
        if page is not None and page.to is None:
            result = self.read(link, served, page)
        facts = FetchFacts(at=self.now, final_url=served, status=404 if page is None else 200)
        with self.store.write():
            settle_page(self.store, self.watch, link, result, facts, self.now, 0.5)

    def stands(self, url: str) -> Page | None:
        """What stands at an address; servers take no notice of a parameter they do not know."""
        return self.web.get(url) or self.web.get(url.partition("?")[0])

    def read(self, link: Link, served: str, page: Page) -> Reading:
        """As the workers read it: a canonical address of the registered domain, the entry's words where believed."""
        found = trace_page(self.watch.estate, link.source, link.url, served)
        canonical = page.canonical
        address = canonical if canonical and has_same_site(canonical, served) else served
        key = link.entry.key if found.own and not link.entry.key.startswith("http") else None
        published = page.published and Moment(
            at=page.published, raw="x", zone="offset", precision=Precision.SECOND, carrier="meta"
        )
        said = link.entry if found.own else None
        title, text = (said and said.title) or page.title, (said and said.text) or page.text
        article = Article(
            url=normalize_url(address), identity=key, title=title, lead=None, text=text, published=published
        )
        return judge(article, found.source)


@lru_cache(maxsize=256)
def _judge(title: str, text: str, source: str) -> Reading:
    article = Article(url="https://x.example/", identity=None, title=title, lead=None, text=text)
    match = Match(topic="strait", score=0.9, threshold=0.5, matched=True)
    return replace(judge_article(article, (), source=source), matches=(match,))


def judge(article: Article, source: str) -> Reading:
    """The article with what is derived of its words, which is the same at every look."""
    return replace(_judge(article.title, article.text, source), article=article)


def entry(source: str, url: str, key: str | None = None, **said: object) -> Entry:
    return Entry(url=url, key=key or url, endpoint=f"{SITES[source]}/feed", **said)  # type: ignore[arg-type]


def open_world(path: Path, chance: random.Random) -> World:
    world = World(Store(path), watch(), chance)
    store = world.store
    store.db.execute("PRAGMA synchronous = OFF")  # nothing here outlives a crash
    with store.write():
        sources = world.watch.sources.values()
        store.sources.sync(sources, lambda source: SITES[source.name], lambda _: START, START - timedelta(days=1))
        store.channels.sync(world.watch.kinds)
        store.topics.record_profile("strait", "hash", 0.5, 1, START)
        for source in sources:
            for endpoint in source.endpoints:
                number = store.sources.add_endpoint(source.name, endpoint)
                world.endpoints[source.name, endpoint.kind] = number
    return world


def lay_store() -> bytes:
    """An empty database, which takes longer to lay than a round to play."""
    with tempfile.TemporaryDirectory() as folder:
        Store(Path(folder) / "bench.db").close()
        return (Path(folder) / "bench.db").read_bytes()
