"""A ledger of links as tests write and read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from newswire import everybody

from monitor.model.moment import Moment, Precision
from monitor.model.page import FetchFacts, LinkAnswer, Outcome
from monitor.model.source import Endpoint, Entry, Source
from monitor.storage import Store
from monitor.storage.sources.links import Link, ListedChanges, link_from_row

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://news.example/feed")
MAP = Endpoint(kind="sitemap", url="https://news.example/map.xml")
NEWS = Source(name="news", spider="feed", title="News", address=None, every=600, endpoints=(FEED, MAP))


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def at(moment: datetime) -> Moment:
    return Moment(at=moment, raw="raw", zone="offset", precision=Precision.SECOND, carrier="feed")


def entry(name: str, **fields: Any) -> Entry:
    url = f"https://news.example/{name}"
    return Entry(**{"url": url, "key": url, "endpoint": FEED.key, "title": name.title(), **fields})


class Ledger:
    """A store with one source and its two endpoints."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.sources.sync([NEWS], lambda _: "news.example", lambda _: NOW, NOW)
        self.numbers = {endpoint: store.sources.add_endpoint("news", endpoint) for endpoint in (FEED, MAP)}

    def announce(
        self,
        *entries: Entry,
        now: datetime = NOW,
        endpoint: Endpoint = FEED,
        backlog_before: datetime | None = None,
        archived_before: datetime | None = None,
    ) -> ListedChanges:
        """What changed, in numbers; what was listed stays in `listed`."""
        with self.store.write():
            announced = self.store.links.upsert_listed(
                "news",
                self.numbers[endpoint],
                entries,
                now,
                backlog_before=backlog_before,
                archived_before=archived_before,
                speaks_for=everybody,
            )
        self.listed = announced.listed
        return replace(announced, listed=())

    def claim(self, number: int) -> Link:
        return link_from_row(self.store.db.execute("SELECT * FROM links WHERE id = ?", (number,)).fetchone())

    def settle(self, number: int | Link, state: str, outcome: Outcome, again: datetime | None = None) -> None:
        """What became of a link, as it is now or as it was claimed."""
        with self.store.write():
            self.store.links.settle(
                number if isinstance(number, Link) else self.claim(number),
                LinkAnswer(state=state, outcome=outcome, next_attempt_at=again),
                FetchFacts(at=NOW, status=200, size=10),
            )

    def due(self, now: datetime = NOW, limit: int = 99, without: frozenset[int] = frozenset()) -> list[int]:
        return [link.id for link in self.store.links.due("news", now, limit, without=without)]

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(f"SELECT {', '.join(columns)} FROM links ORDER BY id")]
