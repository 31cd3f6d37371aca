from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from newswire import everybody

from monitor.model.poll import NetworkReach, PollLease, PollResult, Robots
from monitor.model.source import Endpoint, Entry, Source, Validators
from monitor.storage import Store
from monitor.storage.sources.endpoints import SourceEndpoints

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOSTS = {"tass": "tass.example", "eye": "eye.example", "twin": "tass.example"}


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def source(name: str, *paths: str, every: int = 600, **fields: Any) -> Source:
    endpoints = tuple(Endpoint(kind="feed", url=f"https://{HOSTS[name]}/{path}") for path in paths or ("feed",))
    return Source(
        name=name, spider="feed", title=name.title(), address=None, every=every, endpoints=endpoints, **fields
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def sync(store: Store, *sources: Source, now: datetime = NOW, wait: float = 0) -> None:
    with store.write():
        store.sources.sync(sources, lambda s: HOSTS[s.name], lambda _: now + timedelta(minutes=wait), now)


def claim(store: Store, now: datetime = NOW, limit: int = 9, only: list[str] | None = None) -> list[PollLease]:
    with store.write():
        return store.sources.claim(now, now + timedelta(hours=2), limit, only=only)


def stumble(store: Store, number: int, status: int | None, error: str, now: datetime = NOW) -> list[float]:
    """What the endpoint's failures weighed when its next turn was asked for."""
    asked: list[float] = []
    store.sources.record_failure(
        number, status=status, error=error, weight=0.25, next_at=lambda weight: asked.append(weight), now=now
    )
    return asked


def finish(store: Store, turn: PollLease, now: datetime = NOW, **changes: Any) -> bool:
    values: dict[str, Any] = {
        "outcome": "ok",
        "requests": 3,
        "seen": 2,
        "new_links": 1,
        "stored": 1,
        "reason": None,
        "state": "ok",
        "standing": None,
        "failures": 0,
        "next_poll_at": now + timedelta(minutes=10),
    }
    with store.write():
        return store.sources.finish(turn, PollResult(**{**values, **changes}), now)


def answered(store: Store, name: str, endpoint: Endpoint, validators: Validators | None, **changes: Any) -> None:
    number = store.sources.add_endpoint(name, endpoint)
    values: dict[str, Any] = {"status": 200, "entries": 5, "newest": None, "next_at": NOW, "now": NOW}
    store.sources.record_success(number, validators=validators, **{**values, **changes})


def endpoints(store: Store) -> SourceEndpoints:
    return store.recall.load_order("tass", NOW, before=NOW, settled=NOW).endpoints


def due(store: Store) -> list[tuple[str, int, str]]:
    return [tuple(row) for row in store.db.execute("SELECT name, enabled, next_poll_at FROM sources ORDER BY name")]


def test_a_restart_keeps_due_times_and_a_shorter_interval_takes_effect(store: Store) -> None:
    sync(store, source("tass"), source("eye"), wait=30)
    sync(store, source("tass", every=300), source("eye", every=1200), now=later(1), wait=5)
    assert due(store) == [("eye", 1, "2026-03-02T06:30:00.000Z"), ("tass", 1, "2026-03-02T06:06:00.000Z")]
    assert [store.sources.added_at(name) for name in ("tass", "eye")] == [NOW, NOW]


def test_a_source_that_left_the_configuration_is_kept_and_rests(store: Store) -> None:
    sync(store, source("tass"), source("eye"))
    sync(store, source("eye"))
    assert [turn.source for turn in claim(store)] == ["eye"]
    assert [(row["name"], row["enabled"]) for row in store.sources.all()] == [("eye", 1), ("tass", 0)]
    sync(store)
    assert claim(store, later(999)) == []


def test_more_sources_than_a_statement_takes_values(store: Store) -> None:
    many = [
        replace(source("tass"), name=f"s{number}") for number in range(32_800)
    ]  # SQLITE_MAX_VARIABLE_NUMBER: 32,766
    with store.write():
        store.sources.sync([*many, source("eye")], lambda _: "tass.example", lambda _: NOW, NOW)
        store.sources.sync(many, lambda _: "tass.example", lambda _: NOW, NOW)
    counts = store.db.execute("SELECT enabled, count(*) FROM sources GROUP BY enabled ORDER BY enabled")
    assert [tuple(row) for row in counts] == [(0, 1), (1, 32_800)]


def test_one_host_is_polled_once_at_a_time_longest_overdue_first(store: Store) -> None:
    sync(store, source("tass"), wait=-1)
    sync(store, source("tass"), source("twin"), source("eye"))
    first = claim(store)
    assert first == [
        PollLease(source="tass", poll=1, whole=True, failures=0),
        PollLease(source="eye", poll=2, whole=True, failures=0),
    ]
    assert claim(store, later(1)) == []
    finish(store, first[0], later(2))
    assert [turn.source for turn in claim(store, later(2))] == ["twin"]


def test_claims_keep_to_their_limit(store: Store) -> None:
    sync(store, source("tass"), source("eye"))
    assert [len(claim(store, limit=1)), len(claim(store, limit=1)), len(claim(store, limit=1))] == [1, 1, 0]


def test_named_sources_are_claimed_before_their_time(store: Store) -> None:
    sync(store, source("tass"), source("eye"), wait=60)
    assert claim(store) == []
    assert claim(store, only=["tass"]) == [PollLease(source="tass", poll=1, whole=True, failures=0)]


def test_links_that_wait_make_a_source_due_but_not_its_endpoints(store: Store) -> None:
    sync(store, source("tass"), wait=60)
    number = store.sources.add_endpoint("tass", source("tass").endpoints[0])
    link = Entry(url="https://tass.example/a", key="a", endpoint="e")
    store.links.upsert_listed(
        "tass", number, [link], later(5), backlog_before=None, archived_before=None, speaks_for=everybody
    )
    assert store.sources.next_due() == later(5)
    assert claim(store, later(4)) == []
    (turn,) = claim(store, later(5))
    assert turn == PollLease(source="tass", poll=1, whole=False, failures=0)
    finish(store, turn, later(6), next_poll_at=None)
    assert due(store) == [("tass", 1, "2026-03-02T07:00:00.000Z")]  # its poll is due when it was
    assert store.sources.row("tass")["last_ok_at"] is None


def test_a_lease_lapses_and_what_still_comes_of_its_poll_is_too_late(store: Store) -> None:
    sync(store, source("tass"), source("twin", every=1200))
    (first,) = claim(store, limit=1)
    assert claim(store, later(119)) == []
    assert store.sources.is_open(first.poll)
    (second,) = claim(store, later(120), limit=1)
    assert [store.sources.is_open(turn.poll) for turn in (first, second)] == [False, True]
    assert not finish(store, first, later(121))
    assert claim(store, later(122)) == []  # the late end has not freed the host of the next poll
    assert [(row["id"], row["outcome"], row["reason"]) for row in store.sources.polls("tass", 9)] == [
        (2, "open", None),
        (1, "aborted", "its lease ran out"),
    ]
    assert store.sources.row("tass")["last_poll_at"] is None
    assert finish(store, second, later(123))
    assert [turn.source for turn in claim(store, later(123))] == ["twin"]


def test_a_poll_that_nobody_has_taken_over_ends_late(store: Store) -> None:
    sync(store, source("tass"))
    (turn,) = claim(store)
    assert finish(store, turn, later(150))
    assert not finish(store, turn, later(151), outcome="failed")
    assert [row["outcome"] for row in store.sources.polls("tass", 9)] == ["ok"]


def test_a_poll_that_cannot_begin_frees_its_own_host_alone(store: Store) -> None:
    sync(store, source("tass"))
    (first,) = claim(store)
    (second,) = claim(store, later(120))
    store.source_names.abandon(first.poll, later(121))
    assert claim(store, later(122)) == []
    store.source_names.abandon(second.poll, later(123))
    assert [row["reason"] for row in store.sources.polls("tass", 9)] == [
        "the source left the configuration",
        "its lease ran out",
    ]
    assert len(claim(store, later(124))) == 1


def test_a_resting_host_is_left_alone_over_restarts_and_the_longer_rest_holds(store: Store) -> None:
    sync(store, source("tass"), source("eye"))
    store.sources.rest_host("tass.example", later(30))
    store.sources.rest_host("tass.example", later(10))
    assert store.sources.hosts_resting(NOW) == {"tass.example": later(30)}
    assert store.sources.hosts_resting(later(30)) == {}
    assert [turn.source for turn in claim(store)] == ["eye"]
    assert claim(store, later(29)) == []
    assert [turn.source for turn in claim(store, later(30))] == ["tass"]


def test_what_is_due_next_waits_for_its_host(store: Store) -> None:
    assert store.sources.next_due() is None
    sync(store, source("tass"), wait=5)
    assert store.sources.next_due() == later(5)
    store.sources.rest_host("tass.example", later(30))
    assert store.sources.next_due() == later(30)
    sync(store, source("tass"), source("eye"), wait=20)
    assert store.sources.next_due() == later(20)
    sync(store)
    assert store.sources.next_due() is None


def test_a_crash_leaves_nothing_open(store: Store) -> None:
    sync(store, source("tass"), source("eye"))
    tass = next(turn for turn in claim(store) if turn.source == "tass")
    finish(store, tass)
    assert store.sources.recover(later(1)) == 1
    assert [(row["source"], row["outcome"]) for row in store.db.execute("SELECT * FROM polls ORDER BY source")] == [
        ("eye", "aborted"),
        ("tass", "ok"),
    ]
    assert due(store) == [("eye", 1, "2026-03-02T06:00:00.000Z"), ("tass", 1, "2026-03-02T06:10:00.000Z")]
    assert [turn.source for turn in claim(store, later(1))] == ["eye"]
    assert store.sources.recover(later(2)) == 1


def test_the_books_of_a_poll(store: Store) -> None:
    sync(store, source("tass"))
    (turn,) = claim(store)
    finish(store, turn, later(1), outcome="partial", reason="two of twelve", standing="two of twelve", state="unsteady")
    (poll,) = store.sources.polls("tass", 9)
    assert dict(poll) == {
        "id": 1,
        "source": "tass",
        "started_at": "2026-03-02T06:00:00.000Z",
        "finished_at": "2026-03-02T06:01:00.000Z",
        "outcome": "partial",
        "requests": 3,
        "seen": 2,
        "new_links": 1,
        "stored": 1,
        "reason": "two of twelve",
        "agent": None,
    }
    row = store.sources.row("tass")
    assert [row[name] for name in ("state", "reason", "failures", "last_ok_at", "baselined_at")] == [
        "unsteady",
        "two of twelve",
        0,
        "2026-03-02T06:01:00.000Z",
        "2026-03-02T06:01:00.000Z",
    ]


def test_a_failed_poll_keeps_when_it_last_went_well(store: Store) -> None:
    sync(store, source("tass"))
    finish(store, *claim(store))
    (turn,) = claim(store, later(10))
    finish(store, turn, later(11), outcome="failed", reason="no", standing="no", state="failing", failures=3)
    row = store.sources.row("tass")
    assert [row[name] for name in ("state", "reason", "failures", "last_poll_at", "last_ok_at")] == [
        "failing",
        "no",
        3,
        "2026-03-02T06:11:00.000Z",
        "2026-03-02T06:00:00.000Z",
    ]
    finish(store, *claim(store, later(30)), now=later(30))
    assert (store.sources.row("tass")["reason"], store.sources.row("tass")["failures"]) == (None, 0)


def test_validators_are_those_of_the_last_good_answer(store: Store) -> None:
    tass = source("tass", "a", "b")
    first, second = tass.endpoints
    sync(store, tass)
    odd = Validators(etag='W/"é"', last_modified="yesterday, perhaps")
    answered(store, "tass", first, odd)
    answered(store, "tass", second, Validators())
    assert endpoints(store).map_validators() == {first.key: odd}
    answered(store, "tass", first, None)  # a further page of the endpoint: those of its first page stay
    number = store.sources.add_endpoint("tass", first)
    stumble(store, number, 500, "status 500")
    assert endpoints(store).map_validators() == {first.key: odd}
    answered(store, "tass", first, Validators(last_modified="L"))
    assert endpoints(store).map_validators() == {first.key: Validators(last_modified="L")}
    answered(store, "tass", first, Validators())
    assert endpoints(store).map_validators() == {}


def test_endpoints_have_their_own_times(store: Store) -> None:
    tass = source("tass", "a", "b")
    first, second = tass.endpoints
    sync(store, tass)
    assert (endpoints(store).list_due(tass, NOW), endpoints(store).find_next_due(tass)) == ((first, second), None)
    answered(store, "tass", first, None, next_at=later(60))
    assert (endpoints(store).list_due(tass, NOW), endpoints(store).find_next_due(tass)) == ((second,), None)
    answered(store, "tass", second, None, next_at=later(30))
    assert (endpoints(store).list_due(tass, later(29)), endpoints(store).find_next_due(tass)) == ((), later(30))
    assert endpoints(store).list_due(tass, later(60)) == (first, second)


def test_an_endpoint_that_stumbles_keeps_what_is_known_of_it(store: Store) -> None:
    tass = source("tass")
    sync(store, tass)
    answered(store, "tass", tass.endpoints[0], None, newest=later(-5))
    number = store.sources.add_endpoint("tass", tass.endpoints[0])
    assert [stumble(store, number, None, "no name", later(5)) for _ in range(2)] == [[0.25], [0.5]]
    (row,) = store.sources.endpoints("tass")
    names = ("last_at", "last_status", "last_error", "last_ok_at", "entries", "newest_at", "failures")
    assert [row[name] for name in names] == [
        "2026-03-02T06:05:00.000Z",
        None,
        "no name",
        "2026-03-02T06:00:00.000Z",
        5,
        "2026-03-02T05:55:00.000Z",
        0.5,
    ]


def test_whether_anybody_answers(store: Store) -> None:
    tass, eye = source("tass"), source("eye")
    sync(store, tass, eye)
    assert store.sources.measure_reach() == NetworkReach(tried=0, answered=0, reason=None)
    number = store.sources.add_endpoint("tass", tass.endpoints[0])
    stumble(store, number, None, "no name")
    turn = next(turn for turn in claim(store) if turn.source == "tass")
    finish(store, turn, outcome="failed", reason="no name", standing="no name", state="unsteady", failures=1)
    assert store.sources.measure_reach() == NetworkReach(tried=1, answered=0, reason="no name")
    answered(store, "eye", eye.endpoints[0], None, status=503)
    assert store.sources.measure_reach() == NetworkReach(tried=2, answered=1, reason="no name")


def test_robots_are_kept(store: Store) -> None:
    assert store.sources.robots("tass.example") is None
    store.sources.rest_host("tass.example", NOW)
    assert store.sources.robots("tass.example") is None
    for kept in (
        Robots(status=200, text="User-agent: *\nDisallow: /é", at=NOW),
        Robots(status=None, text="", at=later(1)),
    ):
        store.sources.keep_robots("tass.example", kept)
        assert store.sources.robots("tass.example") == kept


def test_an_unknown_source_has_no_row(store: Store) -> None:
    with pytest.raises(KeyError, match="nobody"):
        store.sources.row("nobody")


def test_a_disabled_source_is_not_due(store: Store) -> None:
    sync(store, replace(source("tass"), enabled=False))
    assert (claim(store), store.sources.next_due()) == ([], None)
