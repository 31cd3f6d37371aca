"""How completely a source is watched, as people are shown it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newswire import everybody

from monitor.commands.reports import source_coverage
from monitor.commands.reports.source_coverage import (
    list_gaps,
    measure_all_recall,
    measure_delay,
    measure_endpoint_lag,
    measure_weekly_recall,
)
from monitor.model.gap import Closure, ListingGap
from monitor.model.moment import Moment, Precision
from monitor.model.source import Endpoint, Entry, Source
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://gull.example/rss")
MAP = Endpoint(kind="sitemap", url="https://gull.example/map.xml")
GULL = Source(name="gull", spider="feed", title="The Gull", address=None, every=300, endpoints=(FEED, MAP))


def entry(number: int, at: datetime | None) -> Entry:
    moment = None if at is None else Moment(at=at, raw="", zone="unix", precision=Precision.SECOND, carrier="feed")
    url = f"https://gull.example/{number}"
    return Entry(url=url, key=url, endpoint="x", published=moment)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
            for endpoint in GULL.endpoints:
                store.sources.add_endpoint("gull", endpoint)
        yield store


def announce(store: Store, endpoint: int, entries: Iterable[Entry], at: datetime, *, first: bool = False) -> None:
    before = NOW if first else None
    with store.write():
        store.links.upsert_listed(
            "gull", endpoint, entries, at, backlog_before=before, archived_before=None, speaks_for=everybody
        )


def test_completeness_by_week_says_what_it_is_worth(store: Store) -> None:
    """NOW is a Monday; the week before, two kinds of endpoint told of ten and nine pieces, eight of them the same."""
    friday, now = NOW - timedelta(days=3), NOW + timedelta(hours=1)
    announce(store, 1, [entry(number, friday) for number in range(10)], friday)
    announce(store, 2, [entry(number, friday) for number in range(2, 11)], friday)
    announce(store, 1, [entry(20, NOW), entry(21, None)], NOW)
    announce(store, 2, [entry(number, friday) for number in range(30, 90)], friday, first=True)  # was there before
    assert measure_weekly_recall(store, "gull", now) == [
        {"week": "2026-W10", "seen": 2, "score": None, "why": "one kind of endpoint only: nothing to compare"},
        {
            "week": "2026-W09",
            "seen": 11,
            "score": 0.9802,
            "low": 0.7721,
            "high": 0.9986,
            "why": source_coverage.CAVEAT,
            "pairs": [
                {"lists": "feed 10, sitemap 9", "both": 8, "estimate": 11.2, "low": 11.0, "high": 14.2},
            ],
        },
    ]
    assert (
        measure_all_recall(store, NOW - timedelta(days=1)).get("gull"),
        measure_all_recall(store, now).get("gull"),
    ) == (
        0.9802,
        None,
    )
    announce(store, 2, [entry(20, NOW), entry(21, None)], now)
    assert measure_weekly_recall(store, "gull", now, 1)[0]["why"] == ""
    assert measure_all_recall(store, now).get("gull") == 1


def test_delays_from_publication_and_behind_the_first_to_tell(store: Store) -> None:
    for number in range(20):
        announce(store, 1, [entry(number, NOW)], NOW + timedelta(minutes=number + 1))
        announce(store, 2, [entry(number, NOW)], NOW + timedelta(minutes=number + 31))
    announce(store, 1, [entry(50, NOW + timedelta(hours=9))], NOW + timedelta(hours=1))  # dated ahead
    announce(store, 1, [entry(51, None)], NOW + timedelta(hours=1))
    now = NOW + timedelta(hours=2)
    assert measure_delay(store, "gull", now) == {"links": 21, "p50": 600, "p95": 1140}
    assert measure_endpoint_lag(store, "gull", now) == {
        1: {"links": 22, "first": 22, "p50": 0, "p95": 0},
        2: {"links": 20, "first": 0, "p50": 1800, "p95": 1800},
    }
    assert measure_delay(store, "gull", now + timedelta(days=8)) == {"links": 0, "p50": None, "p95": None}


def test_gaps_say_where_when_why_and_what_came_of_them(store: Store) -> None:
    hole = ListingGap(since=NOW - timedelta(hours=14), until=NOW, reason="they do not meet", anchors=())
    with store.write():
        first = store.gaps.open("gull", 1, hole, None, NOW)
        store.gaps.close(first, Closure(by=2, because="the sitemap has it"), NOW)
        store.gaps.postpone(store.gaps.open("gull", 2, hole, None, NOW), NOW + timedelta(minutes=10))
    found = list_gaps(store, "gull")
    common = {
        "from": "2026-03-01T16:00:00.000Z",
        "to": "2026-03-02T06:00:00.000Z",
        "reason": "they do not meet",
        "opened_at": "2026-03-02T06:00:00.000Z",
        "found": 0,
        "deeper_pages": 0,
    }
    assert found == [
        {
            "state": "open",
            "endpoint": f"sitemap {MAP.url}",
            "tries": 1,
            "next_try_at": "2026-03-02T06:10:00.000Z",
            **common,
        },
        {
            "state": "closed",
            "endpoint": f"feed {FEED.url}",
            "tries": 0,
            "closed_at": "2026-03-02T06:00:00.000Z",
            "closed_by": f"sitemap {MAP.url}",
            "because": "the sitemap has it",
            **common,
        },
    ]
