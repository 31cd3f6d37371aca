"""What sites answer for addresses that do not exist, over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.identity import Absence, Signature
from monitor.storage import Store
from monitor.storage.sources.soft_404 import AbsenceAnswer

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
WEEK = timedelta(days=7)
URL = "https://gull.example/no-such-page"
LEARNED = Absence(title=None, signature=Signature(sketch=(3, 7, 4294967295), numbers=frozenset()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as opened:
        for name in ("gull", "tern"):
            opened.db.execute(
                "INSERT INTO sources (name, spider, title, host, every, enabled, added_at, next_poll_at) "
                "VALUES (?, 'feed', ?, 'x', 60, 1, ?, ?)",
                (name, name, "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
            )
        yield opened


def link(store: Store, number: int, state: str, article: int | None) -> None:
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute(
        "INSERT INTO links (key, source, url, entry, backlog, first_seen_at, last_seen_at, state, article_id) "
        "VALUES (?, 'gull', ?, '{}', 0, '2026-03-01', '2026-03-01', ?, ?)",
        (f"k{number}", f"https://gull.example/{number}", state, article),
    )


def due(store: Store, source: str, before: datetime, settled: datetime = NOW - WEEK) -> str | None:
    return store.recall.load_order(source, NOW, before=before, settled=settled).absence


def test_asked_beside_the_last_article_and_not_again_within_a_week(store: Store) -> None:
    assert due(store, "gull", NOW - WEEK) is None
    link(store, 1, "done", 1)
    link(store, 2, "done", 2)
    link(store, 3, "done", None)
    link(store, 4, "refused", None)
    assert (due(store, "gull", NOW - WEEK), due(store, "tern", NOW - WEEK)) == ("https://gull.example/2", None)
    store.absences.save_answer("gull", AbsenceAnswer(url=URL, status=404, outcome="gone", reason="status 404"), NOW)
    assert due(store, "gull", NOW - WEEK) is None
    assert due(store, "gull", NOW) == "https://gull.example/2"
    assert due(store, "gull", NOW, NOW - 2 * WEEK) is None  # it was added only later


def test_the_last_answer_stands(store: Store) -> None:
    assert (store.absences.get_absence("gull"), store.absences.row("gull")) == (None, None)
    store.absences.save_answer("gull", AbsenceAnswer(url=URL, status=200, outcome="new", absence=LEARNED), NOW)
    assert store.absences.get_absence("gull") == LEARNED
    store.absences.save_answer(
        "gull", AbsenceAnswer(url=URL, status=404, outcome="gone", reason="status 404"), NOW + WEEK
    )
    assert store.absences.get_absence("gull") is None
    row = store.absences.row("gull")
    assert row is not None
    assert dict(row) == {
        "source": "gull",
        "url": URL,
        "asked_at": "2026-03-16T06:00:00.000Z",
        "status": 404,
        "outcome": "gone",
        "reason": "status 404",
        "title": None,
        "sketch": None,
    }


@pytest.mark.parametrize("older", ["[3, 7]", '{"algorithm": "words3-bottom256/1", "hashes": [3, 7]}'])
def test_a_sketch_by_another_algorithm_is_not_compared_and_its_site_is_asked_again(store: Store, older: str) -> None:
    link(store, 1, "done", 1)
    store.absences.save_answer("gull", AbsenceAnswer(url=URL, status=200, outcome="new", absence=LEARNED), NOW)
    assert due(store, "gull", NOW - WEEK) is None
    store.db.execute("UPDATE absences SET sketch = ?", (older,))
    assert store.absences.get_absence("gull") is None
    assert due(store, "gull", NOW - WEEK) == "https://gull.example/1"
