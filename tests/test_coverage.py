"""How completely a source is watched, as people are shown it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import coverage
from monitor.core.coverage import Break, Closure
from monitor.model import Endpoint, Source
from monitor.store import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://gull.example/rss")
MAP = Endpoint(kind="sitemap", url="https://gull.example/map.xml")
GULL = Source(name="gull", spider="feed", title="The Gull", address=None, every=300, endpoints=(FEED, MAP))


def test_gaps_say_where_when_why_and_what_came_of_them(tmp_path: Path) -> None:
    hole = Break(since=NOW - timedelta(hours=14), until=NOW, reason="they do not meet", anchors=())
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
            one, two = (store.sources.endpoint("gull", endpoint, NOW)[0] for endpoint in GULL.endpoints)
            first = store.gaps.open("gull", one, hole, None, NOW)
            store.gaps.close(first, Closure(by=two, because="the sitemap has it"), NOW)
            store.gaps.leave(store.gaps.open("gull", two, hole, None, NOW), NOW + timedelta(minutes=10))
        found = coverage.gaps(store, "gull")
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
