"""What a source announces beyond the pace of its hints is told as a problem, until it is through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.source import Endpoint, Entry, Source
from monitor.pipeline.ingest.record_listed import record_listed
from monitor.pipeline.ingest.settle import Watch
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://crow.example/feed")
CROW = Source(name="crow", spider="feed", title="Crow", address=None, every=600, endpoints=(FEED,))
WATCH = Watch(sources={"crow": CROW}, topics=(), rules=(), kinds={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([CROW], lambda _: "crow.example", lambda _: NOW, NOW)
        yield store


def announce(store: Store, site: str, numbers: range, now: datetime) -> list[tuple[str, str]]:
    """The crow lists addresses of a site; subject and detail of the open problems of hints."""
    number = store.sources.add_endpoint("crow", FEED)
    urls = [f"https://{site}/{n}" for n in numbers]
    entries = [Entry(url=url, key=url, endpoint=FEED.key) for url in urls]
    record_listed(*(store, WATCH, CROW, number, entries, now), backlog_before=None, archived_before=None)
    return [(found.subject, found.detail) for found in store.problems.current() if found.kind == "foreign-hints"]


def test_hints_beyond_the_pace_are_counted_by_site_until_they_are_through(store: Store) -> None:
    assert announce(store, "gull.example", range(60), NOW) == []
    detail = (
        "it announces more than 60 addresses an hour of a site that is not its own: {}; what others announce there "
    )
    detail += "is fetched all the same"
    one = [("crow", detail.format("of gull.example 3 wait"))]
    assert announce(store, "gull.example", range(60, 63), NOW) == one
    assert announce(store, "crow.example", range(99), NOW) == one  # its own site has no such pace
    two = [("crow", detail.format("of gull.example 3 wait; of tern.example 1440 wait and 2 were left out"))]
    assert announce(store, "tern.example", range(60 + 1440 + 2), NOW) == two
    assert announce(store, "gull.example", range(63), NOW + timedelta(days=2)) == []
