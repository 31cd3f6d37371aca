from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.daemon.machine_problems import note_machine_problems
from monitor.model.source import Endpoint, Source
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def feed(name: str) -> Source:
    endpoint = Endpoint(kind="feed", url=f"https://{name}.example/feed")
    return Source(name=name, spider="feed", title=name, address=None, every=600, endpoints=(endpoint,))


def test_polls_that_fall_behind_are_told_with_what_helps_until_they_have_caught_up(tmp_path: Path) -> None:
    def look(minutes: float, busy: float | None = 0) -> list[tuple[str, str, str, str]]:
        """`busy`: the minute since which the room is taken."""
        since = None if busy is None else NOON + timedelta(minutes=busy)
        with store.write():
            note_machine_problems(store, None, 16, busy_since=since, now=NOON + timedelta(minutes=minutes))
        return [(found.kind, found.subject, found.detail, found.cure) for found in store.problems.current()]

    def told(detail: str) -> list[tuple[str, str, str, str]]:
        cure = (
            "raise [fetch] concurrency (now 16) while this machine has CPU left, or `every` of sources that may wait; "
            "nothing is lost"
        )
        return [("behind", "polls", detail, cure)]

    names = ("eider", "gull", "tern")
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync([feed(name) for name in names], lambda one: f"{one.name}.example", lambda _: NOON, NOON)
        assert look(1.9) == []
        assert look(30, None) == []  # there is room: the machine has slept, or the monitor was off
        assert look(30, 28.1) == []
        assert look(30, 27) == told("3 of 3 sources wait to be polled, the longest for 3 min")
        assert look(30) == told("3 of 3 sources wait to be polled, the longest for 30 min")
        with store.write():  # one is crawled, and a host asked for a rest: neither waits for room
            now = NOON + timedelta(minutes=30)
            store.sources.claim(now, now + timedelta(hours=2), 1)
            store.sources.rest_host("tern.example", now + timedelta(hours=1))
        assert look(31) == told("1 of 3 sources wait to be polled, the longest for 31 min")
        with store.write():
            now = NOON + timedelta(minutes=31)
            store.sources.claim(now, now + timedelta(hours=2), 9)
        assert look(32) == []


def test_workers_that_die_are_a_problem_until_they_do_not(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db") as store:
        for trouble, shown in (("reading the page failed 5 times in a row", [("workers", "reading")]), (None, [])):
            with store.write():
                note_machine_problems(store, trouble, 16, busy_since=None, now=NOON)
            assert [(found.kind, found.subject) for found in store.problems.current()] == shown
