"""A desk whose sources are polled and have nothing new: what each poll gives the database to do."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.clock import SimulatedClock
from monitor.discovery.endpoint import EndpointAnswer
from monitor.fetching.desk.local_desk import LocalDesk
from monitor.fetching.desk.port import CrawlReport
from monitor.model.source import Endpoint, Entry, Listing, Source, Validators
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import Workers
from monitor.storage import Store
from monitor.storage.timestamps import format_stamp

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LISTED = 20
EVERY = 600
REPORT = CrawlReport(requests=1)


def make_source(number: int) -> Source:
    name = f"s{number}"
    kinds = (("feed", "feed"), ("sitemap", "news.xml"))
    endpoints = tuple(Endpoint(kind=kind, url=f"https://{name}.example/{path}") for kind, path in kinds)
    return Source(name=name, spider="feed", title=name, address=None, every=EVERY, endpoints=endpoints)


def give_answer(source: Source, endpoint: Endpoint, now: datetime, *, status: int = 304) -> EndpointAnswer:
    """What an endpoint answers: its twenty links, or that nothing changed."""
    listing = None
    if status == 200:
        listing = Listing(
            entries=tuple(
                Entry(
                    url=f"https://{source.name}.example/{number}",
                    key=f"https://{source.name}.example/{number}",
                    endpoint=endpoint.key,
                    title=f"The quay of {source.name}, part {number}",
                )
                for number in range(LISTED)
            )
        )
    return EndpointAnswer(
        endpoint=endpoint,
        root=endpoint,
        url=endpoint.url,
        status=status,
        validators=Validators(etag='"one"', last_modified=None),
        listing=listing,
    )


class QuietPolls:
    """A desk on a store of so many sources that were polled before."""

    def __init__(self, store: Store, many: int) -> None:
        self.store = store
        self.clock = SimulatedClock(NOW)
        self.sources = tuple(make_source(number) for number in range(many))
        by_name = {source.name: source for source in self.sources}
        watch = Watch(sources=by_name, topics=(), rules=(), kinds={})
        self.desk = LocalDesk(
            store, Ingest(store, Workers(1), watch, self.clock, random.Random(1)), self.clock, random.Random(2)
        )
        with store.write():
            store.sources.sync(self.sources, lambda source: f"{source.name}.example", lambda _: NOW, NOW)
        with store.write():
            for lease in store.sources.claim(NOW, NOW + timedelta(hours=1), many):
                self._first(lease)
            store.db.execute("UPDATE links SET state = 'done', outcome = 'new', next_attempt_at = NULL")
        self._ahead()

    def _first(self, lease: Any) -> None:
        source = self.desk.ingest.watch.sources[lease.source]
        self.desk._books[lease.poll] = self.desk._begin(lease, source, NOW)
        self.desk._open(self.desk._books[lease.poll], NOW)
        for endpoint in source.endpoints:
            self.desk._record(lease, give_answer(source, endpoint, NOW, status=200), 0, frozenset(), None, NOW)
        self.desk._close(lease, REPORT, NOW)
        self.desk._books.pop(lease.poll)

    def _ahead(self) -> None:
        """All sources are due in a day."""
        self.clock.advance_to(self.clock.now() + timedelta(seconds=3 * EVERY))
        later = self.clock.now() + timedelta(days=1)
        with self.store.write():
            self.store.db.execute("UPDATE sources SET next_poll_at = ?", (format_stamp(later),))

    def due(self, many: int) -> tuple[Source, ...]:
        """Make some sources due, the others not."""
        self._ahead()
        found = self.sources[:many]
        with self.store.write():
            for source in found:
                self.store.sources.poll_now(source.name, self.clock.now())
        return found

    def poll_own(self, source: Source) -> None:
        """One poll as the process's own desk has it, without the threads between."""
        desk, store, now = self.desk, self.store, self.clock.now()
        with store.write():
            (lease,) = store.sources.claim(
                now, now + timedelta(hours=1), 1, fits=lambda name: name == source.name, pause_of=desk.measure_pause
            )
        with store.write():
            books = desk._books[lease.poll] = desk._begin(lease, source, now)
            desk._open(books, now)
        with store.write():
            desk._record(lease, give_answer(source, source.endpoints[0], now), 30, frozenset(), REPORT, now)
        desk._books.pop(lease.poll)

    def list_statements(self) -> list[str]:
        """What SQLite is given for one poll, its claim apart."""
        told: list[str] = []
        (source,) = self.due(1)
        self.store.db.set_trace_callback(told.append)
        self.poll_own(source)
        self.store.db.set_trace_callback(None)
        return told
