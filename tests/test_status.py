"""`status` as a document, over a real store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.model import Endpoint, Source
from monitor.status import status
from monitor.store import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address=None,
    every=300,
    endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
)


def test_a_fresh_database(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db") as store:
        assert status(store, NOW) == {
            "at": "2026-03-02T06:00:00.000Z",
            "running": None,
            "problems": [],
            "day": {"articles": 0, "copies": 0, "matched": 0},
            "alerts": {},
            "sources": [],
            "channels": [],
        }


def test_sources_channels_problems_and_the_daemon(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db", sole=True) as store:
        with store.write():
            store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
            store.channels.sync({"desk": "webhook"})
            store.problems.open("network", "outbound", "nobody answers", "check the cable", NOW)
            store.problems.open("network", "outbound", "nobody answers", "check the cable", NOW)
        with Store(tmp_path / "test.db") as other:
            found = status(other, NOW)
        assert found["running"] is not None
    assert found["problems"] == [
        {
            "kind": "network",
            "subject": "outbound",
            "detail": "nobody answers",
            "cure": "check the cable",
            "since": "2026-03-02T06:00:00.000Z",
            "times": 2,
        }
    ]
    assert found["sources"] == [
        {
            "name": "gull",
            "title": "The Gull",
            "spider": "feed",
            "every": 300,
            "state": "new",
            "reason": None,
            "last_ok_at": None,
            "next_poll_at": "2026-03-02T06:00:00.000Z",
            "enabled": True,
            "links": {},
            "newest": None,
        }
    ]
    assert found["channels"] == [{"name": "desk", "kind": "webhook", "state": "ok", "reason": None}]
