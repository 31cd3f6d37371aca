"""The rows of gaps, and what is compared before another endpoint may speak."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newswire import everybody

from monitor.model.gap import Closure, LastListing, LinkSample, ListingGap, Witness
from monitor.model.source import Endpoint, Entry, Source
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://news.example/feed")
API = Endpoint(kind="api", url="https://news.example/list", body='{"section": 1}')
MAP = Endpoint(kind="sitemap", url="https://news.example/map.xml")
NEWS = Source(name="news", spider="feed", title="News", address=None, every=600, endpoints=(FEED, API, MAP))
DEEPER = Endpoint(kind="api", url=API.url, body='{"section": 1, "timestamp": 5}')
HOLE = ListingGap(since=NOW - timedelta(hours=14), until=NOW, reason="they do not meet", anchors=(3, 4))


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync([NEWS], lambda _: "news.example", lambda _: NOW, NOW)
            for endpoint in NEWS.endpoints:
                store.sources.add_endpoint("news", endpoint)
        yield store


def test_what_an_endpoint_listed_last_is_kept(store: Store) -> None:
    assert store.gaps.load_last_listing(1) is None
    store.gaps.save_listing(1, (3, 1, 2), NOW)
    assert store.gaps.load_last_listing(1) == LastListing(links=(3, 1, 2), newest=None, at=NOW)
    store.gaps.save_listing(1, (), later(5))  # an empty list is no ground to stand on
    assert store.gaps.load_last_listing(1) == LastListing(links=(3, 1, 2), newest=None, at=later(5))
    store.gaps.save_listing(1, tuple(range(500)), later(9))
    assert store.gaps.load_last_listing(1) == LastListing(links=tuple(range(200)), newest=None, at=later(9))


def test_a_gap_from_opening_to_closing(store: Store) -> None:
    number = store.gaps.open("news", 2, HOLE, DEEPER, NOW)
    (gap,) = store.gaps.due("news", NOW)  # also after a crash in the middle of it
    assert (gap.id, gap.kind, gap.url, gap.key) == (number, "api", API.url, API.key)
    assert (gap.since, gap.until, gap.opened_at) == (HOLE.since, HOLE.until, NOW)
    assert (gap.anchors, gap.deeper, gap.attempts) == (frozenset({3, 4}), DEEPER, 0)
    store.gaps.record_page(number, None)
    store.gaps.add_found_links(number, 7)
    store.gaps.postpone(number, later(10))
    assert store.gaps.due("news", later(9)) == []
    (gap,) = store.gaps.due("news", later(10))
    assert (gap.deeper, gap.attempts) == (None, 1)
    assert store.gaps.counts("news") == {"open": 1}
    store.gaps.close(number, Closure(by=3, because="the sitemap has it"), later(11))
    assert (store.gaps.due("news", later(99)), store.gaps.list_open("news")) == ([], [])
    (row,) = store.gaps.rows("news", 9)
    fields = ("state", "found", "pages", "attempts", "next_try_at", "closed_at", "by_kind", "by_url", "closed_because")
    assert [row[field] for field in fields] == [
        "closed",
        7,
        1,
        1,
        None,
        "2026-03-02T06:11:00.000Z",
        "sitemap",
        MAP.url,
        "the sitemap has it",
    ]


def test_open_gaps_come_first_and_old_ones_can_be_left_out(store: Store) -> None:
    first, second, third = (store.gaps.open("news", 1, HOLE, None, later(minutes)) for minutes in (0, 5, 9))
    store.gaps.close(third, Closure(by=1, because="x"), later(9))
    store.gaps.postpone(first, None)
    assert [row["id"] for row in store.gaps.rows("news", 9)] == [second, first, third]
    assert [gap.id for gap in store.gaps.list_open("news")] == [first, second]
    assert [gap.id for gap in store.gaps.list_open("news", later(1))] == [second]
    assert [gap.id for gap in store.gaps.due("news", later(99))] == [second]
    assert store.gaps.counts("news") == {"closed": 1, "filling": 1, "open": 1}


def test_what_was_asked_lately_or_wants_its_rest_is_left_alone(store: Store) -> None:
    store.sources.record_failure(2, status=503, error="busy", weight=1, next_at=lambda _: later(60), now=NOW)
    store.endpoints.mark_gone(3, NOW)
    assert store.gaps.list_resting("news", NOW, NOW) == {API.key, MAP.key}
    assert store.gaps.list_resting("news", later(1), later(1)) == {API.key, MAP.key}
    assert store.gaps.list_resting("news", later(60), later(60)) == {MAP.key}


def test_witnesses_are_compared_by_the_links_of_the_month_before(store: Store) -> None:
    def announce(endpoint: int, names: range, at: datetime, *, backlog: bool = False) -> None:
        entries = [Entry(url=f"https://news.example/{n}", key=f"https://news.example/{n}", endpoint="x") for n in names]
        before = NOW if backlog else None
        store.links.upsert_listed(
            "news", endpoint, entries, at, backlog_before=before, archived_before=None, speaks_for=everybody
        )

    announce(1, range(5), later(-60 * 24 * 40))  # too long ago
    announce(1, range(5, 9), later(-60 * 24 * 5), backlog=True)  # was there before anybody asked
    announce(1, range(9, 20), later(-60 * 24 * 4))
    announce(1, range(20, 30), later(-60 * 24 * 3))
    announce(1, range(30, 33), later(-60))  # too fresh: others follow
    announce(2, range(9, 20), later(-60 * 24 * 3))
    announce(3, range(33), later(-60 * 24 * 2))
    store.gaps.save_listing(3, (1,), later(-1))
    number = store.gaps.open("news", 1, HOLE, None, NOW)
    store.gaps.open("news", 2, HOLE, None, NOW)
    (gap,) = [gap for gap in store.gaps.list_open("news") if gap.id == number]
    assert store.gaps.witnesses(gap, frozenset({FEED.key, MAP.key}), NOW) == (
        LinkSample(links=21, over=timedelta(days=1)),
        [
            Witness(
                number=2,
                kind="api",
                asked=False,
                first_at=later(-60 * 24 * 3),
                listed_at=None,
                gaps=((HOLE.since, HOLE.until),),
                shared=11,
            ),
            Witness(
                number=3,
                kind="sitemap",
                asked=True,
                first_at=later(-60 * 24 * 2),
                listed_at=later(-1),
                gaps=(),
                shared=21,
            ),
        ],
        {"api": 11, "sitemap": 21},
    )
