"""Nobody hears of an edit before the alert it belongs to, nor of a muted story (RELIABILITY W13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.model.alert import Policy
from monitor.pipeline.alerts.queue_retractions import DELETION, queue_retraction
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.settle import FetchFacts, Watch, settle_page

HOUR = timedelta(hours=1)
MORE = "\n\nThe harbour master resigned on Friday after the third collision in a week, the port said."
ROWS = "SELECT event, state, hold, reason, release_at FROM alerts ORDER BY rowid"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def put(world: World, watch: Watch, number: int, now: datetime, *, more: str = "") -> None:
    """A piece at `now`; with `more`, as it was edited."""
    found = reading(number)
    fresh = replace(
        found,
        article=replace(found.article, text=found.article.text + more),
        content_hash=f"{found.content_hash}{more}",
    )
    with world.store.write():
        settle_page(world.store, watch, world.link(number), fresh, FetchFacts(at=now, status=200), now, 0.5)


def claimed(world: World, now: datetime, limit: int = 9) -> list[str]:
    """Events of the alerts that may leave at `now`, which are delivered."""
    with world.store.write():
        found = world.store.alerts.claim("hook", now, lease="x", until=now + HOUR, limit=limit)
        for alert in found:
            world.store.db.execute("UPDATE alerts SET state = 'delivered' WHERE id = ?", (alert.id,))
    return [row[0] for alert in found for row in world.rows(f"SELECT event FROM alerts WHERE id = '{alert.id}'")]


def free(world: World, now: datetime) -> int:
    with world.store.write():
        return release_held(world.store, WATCH.addressees, now)


# One alert a story and two hours; edits by a second rule that holds nothing back.
WATCH = watching(rule("desk", on=("new",), policy=Policy(budget=0)), rule("edits", on=("edit", "retracted")))


def test_an_edit_of_a_piece_that_is_held_back_waits_until_it_is_told(world: World) -> None:
    put(world, WATCH, 1, NOW)
    put(world, WATCH, 1, NOW + HOUR, more=MORE)
    why = "an earlier alert on this piece is held back, and comes first"
    midnight = "2026-03-03T00:00:00.000Z"
    assert world.rows(ROWS) == [
        ("article.matched", "held", "budget", "the day's budget of 0 is spent", midnight),
        ("article.edited", "held", "order", why, midnight),
    ]
    then = NOW + 18 * HOUR
    assert [free(world, then), free(world, then)] == [2, 0]
    assert [claimed(world, then), claimed(world, then), claimed(world, then)] == [
        ["article.matched"],
        ["article.edited"],
        [],
    ]


def test_a_retraction_of_a_piece_told_in_a_digest_comes_after_the_digest(world: World) -> None:
    put(world, WATCH, 1, NOW)
    put(world, WATCH, 2, NOW)
    with world.store.write():
        queue_retraction(world.store, WATCH.addressees, 1, DELETION, "status 404", NOW + HOUR)
    then = NOW + 18 * HOUR
    assert free(world, then) == 2
    assert [row[:2] for row in world.rows(ROWS)] == [
        ("article.matched", "digested"),
        ("article.matched", "digested"),
        ("article.retracted", "pending"),
        ("digest", "pending"),
    ]
    assert [claimed(world, then), claimed(world, then)] == [["digest"], ["article.retracted"]]


def test_a_follower_waits_as_long_as_what_it_follows_is_put_off(world: World) -> None:
    put(world, WATCH, 1, NOW)
    put(world, WATCH, 1, NOW + HOUR, more=MORE)
    later = NOW + 30 * HOUR
    with world.store.write():
        world.store.holds.postpone(
            [row[0] for row in world.rows("SELECT id FROM alerts WHERE hold = 'budget'")], "quiet", "q", later
        )
    assert free(world, NOW + 18 * HOUR) == 0
    assert [row[2:] for row in world.rows(ROWS)][1] == (
        *("order", "an earlier alert on this piece is held back, and comes first", "2026-03-03T12:00:00.000Z"),
    )
    assert free(world, later) == 2


def test_a_muted_story_is_stored_and_told_to_nobody_but_of_retractions(world: World) -> None:
    watch = watching(rule("desk", on=("new", "edit", "retracted")))
    put(world, watch, 1, NOW)
    with world.store.write():
        world.store.stories.mute(1, NOW, NOW + 48 * HOUR)
    put(world, watch, 1, NOW + HOUR, more=MORE)
    with world.store.write():
        queue_retraction(world.store, watch.addressees, 1, DELETION, "status 404", NOW + 2 * HOUR)
    why = "a person muted story 1 until 2026-03-04 06:00 UTC"
    assert [row[:2] + row[3:] for row in world.rows(ROWS)] == [
        ("article.matched", "pending", None, None),
        ("article.edited", "held", why, None),
        ("article.retracted", "pending", None, None),
    ]
    assert world.rows("SELECT revision FROM articles") == [(2,)]
    assert [world.store.stories.mute_reason(1, NOW + hours * HOUR) for hours in (47, 48)] == [why, None]
    with world.store.write():
        assert [world.store.stories.unmute(1), world.store.stories.unmute(1)] == [True, False]
    assert world.store.stories.mute_reason(1, NOW) is None


def test_what_waited_when_its_story_was_muted_is_held_for_good(world: World) -> None:
    put(world, WATCH, 1, NOW)
    with world.store.write():
        world.store.stories.mute(1, NOW, None)
    assert free(world, NOW + 18 * HOUR) == 0
    assert world.rows(ROWS) == [
        ("article.matched", "held", "budget", "the day's budget of 0 is spent; since then a person muted story 1", None)
    ]
