"""The service levels of a small database in which everything has gone wrong once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.service_levels import (
    DelayLevel,
    DiscoveryLevel,
    LossLevel,
    MissLevel,
    RepeatLevel,
    ServiceLevels,
)
from monitor.storage import Store
from monitor.storage.service_levels import measure_levels
from monitor.storage.timestamps import format_stamp

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)


def at(hours: float) -> str:
    return format_stamp(NOW - timedelta(hours=hours))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as found:
        yield found


def add_source(store: Store, name: str, first: int, *kinds: str) -> None:
    """A source with an endpoint of each kind, numbered from `first`."""
    store.db.execute(
        "INSERT INTO sources (name, spider, title, host, every, state, added_at, next_poll_at) "
        "VALUES (?, 'feed', ?, ?, 600, 'ok', ?, ?)",
        (name, name, f"{name}.example", at(300), at(0)),
    )
    for nth, kind in enumerate(kinds, first):
        store.db.execute(
            "INSERT INTO endpoints (id, source, kind, url, key) VALUES (?, ?, ?, ?, ?)",
            (nth, name, kind, f"https://{name}.example/{kind}", str(nth)),
        )


def add_link(store: Store, number: int, source: str, hours: float, *endpoints: int, backlog: int = 0) -> None:
    store.db.execute(
        "INSERT INTO links (id, key, source, url, entry, first_seen_at, last_seen_at, state, backlog) "
        "VALUES (?, ?, ?, ?, '{}', ?, ?, 'done', ?)",
        (number, str(number), source, f"https://{source}.example/{number}", at(hours), at(hours), backlog),
    )
    for endpoint in endpoints:
        store.db.execute("INSERT INTO sightings VALUES (?, ?, ?, '{}')", (number, endpoint, at(hours)))


def add_article(store: Store, number: int, hours: float, precision: str | None) -> None:
    published = at(hours) if precision else None
    store.db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (?, 't', ?, ?)", (number, at(1), at(1)))
    store.db.execute(
        "INSERT INTO articles (id, url, identity, source, title, lead, text, content_hash, story_id, words, "
        "first_seen_at, stored_at, published_at, published_precision) "
        "VALUES (?, ?, ?, 'gull', 't', '', 'x', 'h', ?, 1, ?, ?, ?, ?)",
        (number, str(number), str(number), number, at(1), at(1), published, precision),
    )


def add_alert(store: Store, name: str, article: int, state: str, hours: float, *, channel: str = "desk") -> None:
    """An alert made and, where delivered, taken so many hours ago."""
    store.db.execute(
        "INSERT INTO alerts (id, rule, channel, event, article_id, revision, created_at, body, state, attempts, "
        "delivered_at) VALUES (?, 'r', ?, 'article.matched', ?, 1, ?, X'7B7D', ?, 1, ?)",
        (name, channel, article, at(hours), state, at(hours) if state == "delivered" else None),
    )


def test_nothing_is_known_of_a_fresh_database(store: Store) -> None:
    assert measure_levels(store.db, NOW) == ServiceLevels(
        at=NOW,
        since=SINCE,
        discovery=DiscoveryLevel(seen=0, estimated=None, score=None, low=None, high=None, compared=0, alone=()),
        misses=MissLevel(open_gaps=0, sources=0, hours=0.0, closed=0),
        losses=LossLevel(dead=0, since=None, untold=0, share=None),
        repeats=RepeatLevel(delivered=0, repeated=0, resent=0),
        delay=DelayLevel(alerts=0, undated=0, median=None, p95=None),
    )


def test_recall_adds_up_what_the_lists_of_each_source_miss(store: Store) -> None:
    with store.write():
        add_source(store, "gull", 1, "feed", "sitemap")
        add_source(store, "tern", 3, "feed")
        for number in range(8):
            add_link(store, number, "gull", 5, 1, 2)
        add_link(store, 10, "gull", 5, 1)
        add_link(store, 11, "gull", 5, 2)
        add_link(store, 12, "gull", 1, 1)  # the sitemap may still follow
        add_link(store, 13, "gull", 200, 1)  # before the window
        add_link(store, 14, "gull", 5, 1, backlog=1)
        add_link(store, 20, "tern", 5, 3)
    # (9 + 1)(9 + 1)/(8 + 1) - 1 = 10.11 pieces, 10 seen; the interval as Chao 1987 has it
    assert measure_levels(store.db, NOW).discovery == DiscoveryLevel(
        seen=10, estimated=10.1, score=0.989, low=0.8123, high=0.9995, compared=1, alone=("tern",)
    )


def test_gaps_losses_repeats_and_delays(store: Store) -> None:
    with store.write():
        add_source(store, "gull", 1, "feed")
        for closed in (None, at(3), at(200)):
            store.db.execute(
                "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, state, anchors, closed_at) "
                "VALUES ('gull', 1, ?, ?, ?, 'they do not meet', ?, '[]', ?)",
                (at(9), at(6.5), at(6), "closed" if closed else "open", closed),
            )
        for number, (hours, precision) in enumerate(((2, "second"), (3, "minute"), (4, "day"), (5, None)), 1):
            add_article(store, number, hours, precision)
        add_alert(store, "one", 1, "delivered", 1.5)
        add_alert(store, "again", 1, "delivered", 1)
        add_alert(store, "elsewhere", 1, "delivered", 1, channel="mail")
        add_alert(store, "two", 2, "delivered", 1)
        add_alert(store, "three", 3, "delivered", 1)
        add_alert(store, "two-lost", 2, "dead", 1, channel="mail")
        add_alert(store, "four", 4, "dead", 30)
        add_alert(store, "old", 4, "delivered", 200, channel="past")
        store.db.execute("UPDATE alerts SET event = 'digest' WHERE id = 'old'")
        for number, status in ((1, None), (2, 200)):
            store.db.execute(
                "INSERT INTO attempts (alert_id, number, at, seconds, status) VALUES ('one', ?, ?, 1, ?)",
                (number, at(1), status),
            )
    found = measure_levels(store.db, NOW)
    assert found.misses == MissLevel(open_gaps=1, sources=1, hours=2.5, closed=1)
    assert found.losses == LossLevel(dead=2, since=NOW - timedelta(hours=30), untold=1, share=0.285714)
    assert found.repeats == RepeatLevel(delivered=5, repeated=1, resent=1)
    assert found.delay == DelayLevel(alerts=4, undated=1, median=3600.0, p95=7200.0)
