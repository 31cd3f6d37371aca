"""What a desk reads for one step of a poll: all that may be to do, in one look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import SourceVanished
from monitor.model.poll import PollLease
from monitor.model.source import Endpoint, Entry, Source, Validators
from monitor.storage import Store
from monitor.storage.leases.poll_recall import AnswerRecall

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED = Endpoint(kind="feed", url="https://gull.example/feed")
MAP = Endpoint(kind="sitemap", url="https://gull.example/map.xml")
GULL = Source(name="gull", spider="feed", title="Gull", address=None, every=600, endpoints=(FEED, MAP))
PROBLEMS = {"gone": "gull https://gull.example/feed", "gap": "gull"}
NOTHING_KNOWN = AnswerRecall(
    open=True,
    number=None,
    last_ok=None,
    opening=True,
    moved=False,
    added_at=NOW,
    source_ok=None,
    owed=False,
    paces=False,
    problems=frozenset(),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as found, found.write():
        found.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
        yield found


def claim(store: Store) -> PollLease:
    (lease,) = store.sources.claim(NOW, NOW + MINUTE, 1)
    return lease


def announce(store: Store, number: int) -> None:
    entry = Entry(url="https://gull.example/1", key="1", endpoint=FEED.key)
    store.links.upsert_listed(
        "gull", number, [entry], NOW, backlog_before=None, archived_before=None, speaks_for=lambda *_: True
    )


def test_an_endpoint_that_answers_for_the_first_time_is_new(store: Store) -> None:
    lease = claim(store)
    assert store.recall.load_answer(lease.poll, "gull", FEED.key, PROBLEMS, NOW) == NOTHING_KNOWN
    with pytest.raises(SourceVanished, match="tern"):
        store.recall.load_answer(lease.poll, "tern", FEED.key, PROBLEMS, NOW)


def test_an_answer_is_taken_by_what_is_known_of_its_endpoint(store: Store) -> None:
    number = store.sources.add_endpoint("gull", FEED)
    announce(store, number)
    store.sources.record_success(
        number, status=200, validators=Validators(), entries=1, newest=None, next_at=NOW, now=NOW
    )
    store.endpoints.record_reading(number, {}, whole=True, now=NOW)
    store.endpoints.record_redirect(number, "https://moved.example/feed", NOW)
    store.links.paces.take_turn("gull", "tern.example", NOW)
    store.problems.open("gone", PROBLEMS["gone"], "it is gone", "look", NOW)
    store.problems.open("gap", "tern", "of another", "look", NOW)
    known = store.recall.load_answer(99, "gull", FEED.key, PROBLEMS, NOW + MINUTE)
    assert known == AnswerRecall(
        open=False,  # there is no such poll
        number=number,
        last_ok=NOW,
        opening=False,
        moved=True,
        added_at=NOW,
        source_ok=None,
        owed=True,
        paces=True,
        problems=frozenset({"gone"}),
    )
    before = store.recall.load_answer(99, "gull", FEED.key, PROBLEMS, NOW - MINUTE)
    assert (before.owed, before.paces) == (False, False)


def test_an_order_is_made_of_what_is_due(store: Store) -> None:
    def look(now: datetime) -> tuple[bool, bool, bool, tuple[Endpoint, ...]]:
        found = store.recall.load_order("gull", now, before=now, settled=now)
        return found.owed, found.looks, found.gaps, found.endpoints.list_due(GULL, now)

    assert look(NOW) == (False, False, False, (FEED, MAP))
    number = store.sources.add_endpoint("gull", FEED)
    announce(store, number)
    store.sources.record_success(
        number, status=304, validators=None, unchanged=True, entries=None, newest=None, next_at=NOW + MINUTE, now=NOW
    )
    assert look(NOW) == (True, False, False, (MAP,))
    store.db.execute("UPDATE links SET state = 'done', revisit_at = '2026-03-02T06:01:00.000Z'")
    store.db.execute(
        "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, anchors) "
        "VALUES ('gull', ?, '', '', '', '', '[]')",
        (number,),
    )
    assert look(NOW) == (False, False, True, (MAP,))
    assert look(NOW + MINUTE) == (False, True, True, (FEED, MAP))


def test_endpoints_tell_whose_not_modified_is_believed(store: Store) -> None:
    number = store.sources.add_endpoint("gull", FEED)
    said = Validators(etag='"1"')
    for unchanged in (True, True, None):
        store.sources.record_success(
            number,
            status=304,
            validators=said if unchanged else None,
            unchanged=unchanged,
            entries=None,
            newest=None,
            next_at=NOW,
            now=NOW,
        )
    store.trust.distrust(number, NOW + MINUTE)

    def look(now: datetime) -> tuple[object, ...]:
        found = store.recall.load_order("gull", now, before=now, settled=now).endpoints
        return (
            found.map_checks(2, now),
            found.map_checks(3, now),
            found.list_distrusted(now),
            found.list_trusted_again(now),
        )

    assert look(NOW) == ({}, {}, frozenset({FEED.key}), [])
    assert look(NOW + MINUTE) == ({FEED.key: said}, {}, frozenset(), [(number, FEED.url)])


def test_a_poll_is_closed_by_how_its_source_stands(store: Store) -> None:
    lease = claim(store)
    first = store.recall.load_end(lease.poll, "gull", PROBLEMS)
    assert (first.open, first.started_at, first.state, first.reason) == (True, "2026-03-02T06:00:00.000Z", "new", None)
    assert (first.added_at, first.newest, first.gaps, first.readable, first.problems) == (
        *(NOW, NOW),
        *(False, True, frozenset()),
    )
    assert first.endpoints.find_first_asked(first.started_at, NOW) is None
    number = store.sources.add_endpoint("gull", FEED)
    announce(store, number)
    store.db.execute("UPDATE links SET state = 'gone', outcome = 'gone'")
    store.problems.open("gap", "gull", "two answers do not meet", "look", NOW)
    store.sources.record_failure(
        number, status=500, error="status 500", weight=2.0, next_at=lambda _: NOW + MINUTE, now=NOW + MINUTE
    )
    later = store.recall.load_end(lease.poll, "gull", PROBLEMS)
    assert (later.readable, later.problems) == (False, frozenset({"gap"}))
    assert later.endpoints.find_first_asked(later.started_at, NOW) == NOW
    assert [row["last_error"] for row in later.endpoints.list_failing(GULL, 2.0)] == ["status 500"]
    assert later.endpoints.list_failing(GULL, 2.1) == []
    store.endpoints.mark_gone(number, NOW)
    gone = store.recall.load_end(lease.poll, "gull", PROBLEMS).endpoints
    assert (gone.are_all_gone(GULL), gone.list_failing(GULL, 0.0)) == (False, [])
    store.endpoints.mark_gone(store.sources.add_endpoint("gull", MAP), NOW)
    assert store.recall.load_end(lease.poll, "gull", PROBLEMS).endpoints.are_all_gone(GULL)
    with pytest.raises(SourceVanished, match="tern"):
        store.recall.load_end(lease.poll, "tern", PROBLEMS)
