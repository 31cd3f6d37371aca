"""Due times move with the clock; what tells of the past stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.storage import Store
from monitor.storage.timestamps import format_stamp

pytestmark = pytest.mark.row("R5")

NOW = datetime(2026, 3, 2, 6, 0, 0, 123_000, tzinfo=UTC)
AT, LATER = format_stamp(NOW), format_stamp(NOW + timedelta(minutes=10))


def filled(store: Store) -> None:
    run = store.db.execute
    run(
        "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at, last_poll_at) "
        "VALUES ('one', 'feed', 'One', 'one.example', 600, ?, ?, ?)",
        (AT, LATER, AT),
    )
    run("INSERT INTO polls (source, started_at) VALUES ('one', ?)", (AT,))
    for number, state in enumerate(("pending", "done"), 1):
        run(
            "INSERT INTO links (id, key, source, url, entry, first_seen_at, last_seen_at, state, next_attempt_at) "
            "VALUES (?, ?, 'one', ?, '{}', ?, ?, ?, ?)",
            (number, str(number), str(number), AT, AT, state, LATER if state == "pending" else None),
        )
    for number, (state, hold) in enumerate(
        (("pending", None), ("held", "cooldown"), ("held", "quiet"), ("delivered", None))
    ):
        run(
            "INSERT INTO alerts (id, rule, channel, event, created_at, body, state, hold, next_attempt_at, release_at) "
            "VALUES (?, 'r', 'desk', 'article.matched', ?, X'7B7D', ?, ?, ?, ?)",
            (str(number), AT, state, hold, LATER if state == "pending" else None, LATER if state == "held" else None),
        )
    run("INSERT INTO channels (name, kind, next_at) VALUES ('desk', 'webhook', ?)", (LATER,))


def moments(store: Store) -> list[tuple[str | None, ...]]:
    queries = (
        "SELECT next_poll_at, last_poll_at, added_at FROM sources",
        "SELECT started_at FROM polls",
        "SELECT next_attempt_at FROM links ORDER BY id",
        "SELECT coalesce(next_attempt_at, release_at), created_at FROM alerts ORDER BY id",
        "SELECT next_at, failing_since FROM channels",
    )
    return [tuple(row) for query in queries for row in store.db.execute(query)]


def test_due_times_move_by_the_step_and_back(tmp_path: Path) -> None:
    day = format_stamp(NOW - timedelta(days=1))
    day_later = format_stamp(NOW - timedelta(days=1) + timedelta(minutes=10))
    with Store(tmp_path / "seedwatch.db") as store:
        assert store.due_times.find_latest_work() is None
        filled(store)
        before = moments(store)
        assert store.due_times.find_latest_work() == NOW
        store.due_times.shift(-86_400)
        assert moments(store) == [
            (day_later, day, AT),
            (AT,),
            (day_later,),
            (None,),
            (day_later, AT),
            (day_later, AT),
            (LATER, AT),
            (None, AT),
            (day_later, None),
        ]
        store.due_times.shift(86_400)
        assert moments(store) == before
