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
from monitor.storage.timestamps import parse_stamp

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
    cut_offs=0,
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
    store.endpoints.record_reading(number, {}, whole=True, opening=True, now=NOW)
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
        cut_offs=0,
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
    first = store.recall.load_end(lease.poll, "gull", PROBLEMS, GULL.endpoints)
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
    later = store.recall.load_end(lease.poll, "gull", PROBLEMS, GULL.endpoints)
    assert (later.readable, later.problems) == (False, frozenset({"gap"}))
    assert later.endpoints.find_first_asked(later.started_at, NOW) == NOW
    assert [row["last_error"] for row in later.endpoints.list_failing(GULL, 2.0)] == ["status 500"]
    assert later.endpoints.list_failing(GULL, 2.1) == []
    store.endpoints.mark_gone(number, NOW)
    gone = store.recall.load_end(lease.poll, "gull", PROBLEMS, GULL.endpoints).endpoints
    assert (gone.are_all_gone(GULL), gone.list_failing(GULL, 0.0)) == (False, [])
    store.endpoints.mark_gone(store.sources.add_endpoint("gull", MAP), NOW)
    assert store.recall.load_end(lease.poll, "gull", PROBLEMS, GULL.endpoints).endpoints.are_all_gone(GULL)
    with pytest.raises(SourceVanished, match="tern"):
        store.recall.load_end(lease.poll, "tern", PROBLEMS, GULL.endpoints)


def test_the_end_of_a_poll_reads_none_of_the_parts_that_a_sitemap_ever_had(store: Store) -> None:
    lease = claim(store)
    said = Validators(etag='"1"')
    for endpoint in (FEED, *(Endpoint(kind="sitemap", url=f"https://gull.example/{part}.xml") for part in range(50))):
        number = store.sources.add_endpoint("gull", endpoint)
        store.sources.record_success(
            number, status=200, validators=said, entries=1, newest=None, next_at=NOW, now=NOW + MINUTE
        )
    found = store.recall.load_end(lease.poll, "gull", PROBLEMS, GULL.endpoints)
    assert found.endpoints.map_validators() == {FEED.key: said}
    assert found.endpoints.find_first_asked(found.started_at, NOW + MINUTE) == NOW + MINUTE


def test_what_broke_off_is_asked_before_what_came_whole(store: Store) -> None:
    for endpoint in (FEED, MAP):
        number = store.sources.add_endpoint("gull", endpoint)
        store.sources.record_success(
            number, status=200, validators=Validators(), entries=1, newest=None, next_at=NOW + MINUTE, now=NOW
        )
    told = []
    for others_at in (None, NOW + MINUTE * 5, NOW):
        store.endpoints.ask_first(GULL, [FEED.key], others_at)
        rows = store.db.execute("SELECT next_at FROM endpoints ORDER BY id").fetchall()
        told.append([None if row["next_at"] is None else parse_stamp(row["next_at"]) for row in rows])
    assert told == [[None, NOW + MINUTE], [None, NOW + MINUTE * 5], [None, NOW + MINUTE * 5]]


def test_how_often_an_answer_broke_off_is_counted_until_a_whole_one_comes(store: Store) -> None:
    number = store.sources.add_endpoint("gull", FEED)

    def take(validators: Validators | None, minutes: int, *, cut_off: bool = False) -> tuple[object, ...]:
        store.sources.record_success(
            number,
            status=200,
            validators=validators,
            entries=1,
            newest=None,
            next_at=NOW,
            cut_off=cut_off,
            now=NOW + MINUTE * minutes,
        )
        if cut_off:
            store.endpoints.note_cut_off(number, "cut off")
        (row,) = store.db.execute("SELECT cut_offs, last_error, last_ok_at, etag FROM endpoints").fetchall()
        return (row["cut_offs"], row["last_error"], parse_stamp(row["last_ok_at"]), row["etag"])

    said = Validators(etag='"1"')
    assert [
        take(said, 0),
        take(None, 1, cut_off=True),
        take(None, 2),  # a further page of it
        take(None, 3, cut_off=True),
        take(said, 4),
        take(None, 5),
    ] == [
        (0, None, NOW, '"1"'),
        (1, "cut off", NOW, '"1"'),
        (1, "cut off", NOW, '"1"'),
        (2, "cut off", NOW, '"1"'),
        (0, None, NOW + MINUTE * 4, '"1"'),
        (0, None, NOW + MINUTE * 5, '"1"'),
    ]
