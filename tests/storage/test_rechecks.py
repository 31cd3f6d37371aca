"""Looks and departures as rows: which are due, what decides on the next, and pieces that go and come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.model.identity import RecheckDecision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Validators
from monitor.storage.sources.links import Link
from monitor.storage.sources.rechecks import RecheckFacts

HOUR = timedelta(hours=1)
GONE = Rejection(outcome=Outcome.GONE, reason="status 404")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def due(world: World, after: timedelta, limit: int = 9) -> list[Link]:
    return world.store.revisits.due("gull", NOW + after, limit)


def test_a_stored_piece_is_due_for_looks_matched_ones_first(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1, matched=False)
    world.put(watch, 2)
    assert due(world, timedelta(minutes=9)) == []
    assert [link.key for link in due(world, HOUR)] == ["gull:2"]
    (first, second) = due(world, 3 * HOUR)
    assert (first.key, second.key, first.revisit, first.article_id) == ("gull:2", "gull:1", True, 2)
    assert [link.key for link in due(world, 3 * HOUR, 1)] == ["gull:2"]
    assert [link.key for link in world.store.revisits.due("gull", NOW + 3 * HOUR, 1, without={first.id})] == ["gull:1"]


def test_what_decides_on_the_next_look(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1, matched=False)
    assert world.store.revisits.load_facts(1, NOW) == RecheckFacts(born=NOW, revision=1, matched=False, departed=False)
    with world.store.write():
        world.store.db.execute("UPDATE articles SET published_at = '2026-03-02T04:00:00.000Z'")
    assert world.store.revisits.load_facts(1, NOW).born == NOW - 2 * HOUR
    world.put(watch, 1, text=2)
    assert world.store.revisits.load_facts(1, NOW) == RecheckFacts(born=NOW, revision=2, matched=True, departed=False)


def test_others_of_the_outlet_are_counted_by_link(world: World) -> None:
    watch = watching(rule())
    for number in (1, 2, 3):
        world.put(watch, number)
    world.settle(watch, world.link(3), GONE)
    world.put(watch, 4, site="tern")
    assert world.store.revisits.count_others(world.link(1), NOW) == (2, 2)
    assert world.store.revisits.count_others(world.link(1), NOW + HOUR) == (0, 0)


def test_a_piece_departs_once_and_comes_back(world: World) -> None:
    world.put(watching(rule()), 1)
    revisits = world.store.revisits
    with world.store.write():
        revisits.open_departure(1, 1, NOW, "status 404", NOW + HOUR)
        revisits.open_departure(1, 1, NOW, "status 410", NOW + 2 * HOUR)
        assert revisits.load_facts(1, NOW).departed
        revisits.close_departure(1, NOW + 3 * HOUR)
        assert not revisits.load_facts(1, NOW).departed
    assert [tuple(row)[1:] for row in revisits.departures(1)] == [
        (
            1,
            1,
            "2026-03-02T06:00:00.000Z",
            "2026-03-02T07:00:00.000Z",
            "status 404",
            "2026-03-02T09:00:00.000Z",
        )
    ]


def test_a_look_notes_when_the_next_is_due_and_the_validators(world: World) -> None:
    world.put(watching(rule()), 1)
    (link,) = due(world, HOUR)
    validators = Validators(etag='"a"', last_modified="Mon")
    with world.store.write():
        world.store.revisits.schedule_next(
            link, RecheckDecision(again=NOW + 5 * HOUR, gone_since=NOW), validators, "Tide"
        )
        world.store.revisits.schedule_next(link, RecheckDecision(again=NOW + 5 * HOUR, gone_since=NOW), None, None)
    assert due(world, 4 * HOUR) == []
    (again,) = due(world, 5 * HOUR)
    assert again == replace(link, revisits=2, gone_since=NOW, validators=validators, headline="Tide")


def test_a_look_that_meets_a_wall_leaves_the_link_and_its_validators_as_they_were(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1)
    (link,) = due(world, HOUR)
    world.settle(watch, link, Rejection(outcome=Outcome.BLOCKED, reason="challenge page, status 200"))
    assert world.rows("SELECT state, outcome, next_attempt_at, revisits, revisit_at IS NULL FROM links") == [
        ("done", "blocked", None, 1, 0)
    ]
    assert world.rows("SELECT count(*) FROM departures UNION ALL SELECT count(*) FROM revisions") == [(0,), (1,)]


def test_a_stored_piece_that_is_not_found_stays_done_until_a_second_look(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1)
    (link,) = due(world, HOUR)
    world.settle(watch, link, GONE)
    assert world.rows("SELECT state, gone_since FROM links") == [("done", "2026-03-02T06:00:00.000Z")]
    with world.store.write():
        world.store.db.execute("UPDATE links SET gone_since = '2026-03-02T05:00:00.000Z'")
    (link,) = due(world, 2 * HOUR)
    world.put(watch, 2)
    world.settle(watch, link, GONE)
    assert world.rows("SELECT state, outcome FROM links WHERE id = 1") == [("gone", "gone")]
    assert world.rows("SELECT article_id, revision, gone_since, noticed_at, reason, returned_at FROM departures") == [
        (1, 1, "2026-03-02T05:00:00.000Z", "2026-03-02T06:00:00.000Z", "status 404", None)
    ]
    link = next(link for link in due(world, timedelta(days=2)) if link.id == 1)
    world.settle(watch, link, reading(1))
    assert world.rows("SELECT state, outcome, gone_since FROM links WHERE id = 1") == [("done", "unchanged", None)]
    assert world.rows("SELECT returned_at FROM departures") == [("2026-03-02T06:00:00.000Z",)]
