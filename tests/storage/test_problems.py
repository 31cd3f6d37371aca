from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.storage import Store
from monitor.storage.problems import Problem

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def problem(subject: str, **changes: object) -> Problem:
    values: dict[str, object] = {
        "kind": "source",
        "subject": subject,
        "detail": "it is silent",
        "cure": "look at it",
        "opened_at": NOW,
        "last_at": NOW,
        "times": 1,
    }
    return Problem(**{**values, **changes})  # type: ignore[arg-type]


def test_a_problem_is_opened_once_and_counted(store: Store) -> None:
    opened = [
        store.problems.open("source", "tass", "it is silent", "look at it", NOW),
        store.problems.open("source", "tass", "it fails", "mend it", LATER),
    ]
    assert opened == [True, False]
    assert store.problems.current() == [
        problem("tass", detail="it fails", cure="mend it", last_at=LATER, times=2),
    ]


def test_problems_of_another_kind_or_subject_stand_apart(store: Store) -> None:
    for kind, subject, at in (("source", "a", NOW), ("channel", "a", LATER), ("source", "b", LATER)):
        store.problems.open(kind, subject, "it is silent", "look at it", at)
    assert store.problems.current() == [
        problem("b", opened_at=LATER, last_at=LATER),
        problem("a", kind="channel", opened_at=LATER, last_at=LATER),
        problem("a"),
    ]


def test_a_closed_problem_is_kept_and_may_come_back(store: Store) -> None:
    store.problems.open("source", "tass", "it is silent", "look at it", NOW)
    closed = [store.problems.close("source", "tass", LATER) for _ in range(2)]
    assert (closed, store.problems.current()) == ([True, False], [])
    assert store.problems.open("source", "tass", "it is silent", "look at it", LATER)
    assert store.problems.current() == [problem("tass", opened_at=LATER, last_at=LATER)]
    assert [row["closed_at"] for row in store.db.execute("SELECT closed_at FROM problems ORDER BY id")] == [
        "2026-01-02T04:04:05.000Z",
        None,
    ]


def test_whoever_reads_the_log_alone_sees_problems_open_and_close(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(2):
        store.problems.open("network", "outbound", "nobody answers", "check the cable", NOW)
    store.problems.open("given-up", "https://a.example/1", "4 tries", "look", NOW)
    store.problems.close("network", "outbound", NOW)
    assert [(record.levelname, record.getMessage().partition(" detail=")[0]) for record in caplog.records] == [
        ("ERROR", "event=problem-opened kind=network subject='outbound'"),
        ("WARNING", "event=problem-opened kind=given-up subject='https://a.example/1'"),
        ("WARNING", "event=problem-closed kind=network subject='outbound'"),
    ]
