"""Nobody hears of an edit before the alert it belongs to, nor of a muted story (RELIABILITY W13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.model.alert import Policy, QuietWindow
from monitor.model.page import FetchFacts
from monitor.pipeline.alerts.queue_retractions import DELETION, RETURN, queue_retraction
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.settle import Watch, settle_page

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


def free(world: World, now: datetime, watch: Watch | None = None) -> int:
    with world.store.write():
        return release_held(world.store, (watch or WATCH).addressees, now)


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


def take_down(world: World, watch: Watch, piece: int, now: datetime, kind: str = DELETION) -> None:
    with world.store.write():
        queue_retraction(world.store, watch.addressees, piece, kind, "status 404", now)


ALL = ("new", "edit", "retracted")
MINUTES = timedelta(minutes=1)


def test_a_retraction_takes_along_the_edits_that_rest_in_a_cooldown(world: World) -> None:
    watch = watching(rule("desk", on=ALL, policy=Policy(cooldown=HOUR)), rule("loud", on=("edit",)))
    put(world, watch, 1, NOW)
    put(world, watch, 1, NOW + 10 * MINUTES, more=MORE)
    rest = "this story alerted less than 1h ago"
    assert world.rows(ROWS)[1:] == [
        ("article.edited", "held", "cooldown", rest, "2026-03-02T07:00:00.000Z"),
        ("article.edited", "pending", None, None, None),  # and may not leave before the other
    ]
    then = NOW + 20 * MINUTES
    take_down(world, watch, 1, then)
    assert [row[:2] + row[3:] for row in world.rows(ROWS)] == [
        ("article.matched", "pending", None, None),
        ("article.edited", "pending", None, "2026-03-02T06:20:00.000Z"),
        ("article.edited", "pending", None, None),
        ("article.retracted", "pending", None, None),
    ]
    assert [claimed(world, then) for _ in range(5)] == [
        ["article.matched"],
        ["article.edited"],
        ["article.edited"],
        ["article.retracted"],
        [],
    ]


def test_a_retraction_in_quiet_hours_takes_what_rests_longer_to_their_end(world: World) -> None:
    quiet = QuietWindow(start=time(6, 30), end=time(7))
    watch = watching(rule("desk", on=ALL, policy=Policy(cooldown=2 * HOUR, quiet=quiet)))
    put(world, watch, 1, NOW)
    put(world, watch, 1, NOW + 10 * MINUTES, more=MORE)
    take_down(world, watch, 1, NOW + 40 * MINUTES)
    seven = ("held", "quiet", "quiet hours until 07:00 UTC", "2026-03-02T07:00:00.000Z")
    assert world.rows(ROWS)[1:] == [("article.edited", *seven), ("article.retracted", *seven)]
    assert [free(world, NOW + wait * MINUTES, watch) for wait in (59, 60)] == [0, 1]
    assert [row[:2] for row in world.rows(ROWS)] == [
        ("article.matched", "pending"),
        ("article.edited", "digested"),
        ("article.retracted", "digested"),
        ("digest", "pending"),
    ]


def test_what_rests_shorter_than_a_retraction_waits_is_left_alone(world: World) -> None:
    night = rule("night", on=ALL, policy=Policy(quiet=QuietWindow(start=time(6, 30), end=time(9))))
    watch = watching(rule("desk", on=ALL, policy=Policy(cooldown=HOUR)), night)
    put(world, watch, 1, NOW)
    put(world, watch, 1, NOW + 10 * MINUTES, more=MORE)
    with world.store.write():
        world.store.db.execute("DELETE FROM alerts WHERE rule = 'night' AND event <> 'article.matched'")
    take_down(world, watching(night), 1, NOW + 40 * MINUTES)
    assert [row[:1] + row[2:3] + row[4:] for row in world.rows(ROWS)[2:]] == [
        ("article.edited", "cooldown", "2026-03-02T07:00:00.000Z"),
        ("article.retracted", "quiet", "2026-03-02T09:00:00.000Z"),
    ]


def test_a_retraction_of_a_piece_nobody_was_told_of_waits_for_its_first_alert(world: World) -> None:
    watch = watching(rule("desk", on=ALL, policy=Policy(cooldown=HOUR)))
    put(world, watch, 1, NOW)
    put(world, watch, 2, NOW + MINUTES)
    with world.store.write():  # stories are made elsewhere: the second piece is of the first one's, and rests
        world.store.db.execute(
            "UPDATE alerts SET state = 'held', hold = 'cooldown', release_at = '2026-03-02T07:00:00.000Z' "
            "WHERE article_id = 2"
        )
    put(world, watch, 2, NOW + 10 * MINUTES, more=MORE)
    take_down(world, watch, 2, NOW + 20 * MINUTES)
    assert [row[:3] for row in world.rows(ROWS)[1:]] == [
        ("article.matched", "held", "cooldown"),
        ("article.edited", "held", "order"),
        ("article.retracted", "held", "order"),
    ]
    assert free(world, NOW + HOUR, watch) == 3


def test_what_was_taken_down_before_and_is_told_no_second_time_releases_nothing(world: World) -> None:
    watch = watching(rule("desk", on=ALL, policy=Policy(cooldown=HOUR)))
    put(world, watch, 1, NOW)
    take_down(world, watch, 1, NOW + MINUTES)
    take_down(world, watch, 1, NOW + 2 * MINUTES, RETURN)
    take_down(world, watch, 1, NOW + 3 * MINUTES)
    assert [row[:3] for row in world.rows(ROWS)] == [
        ("article.matched", "pending", None),
        ("article.retracted", "pending", None),
        ("article.edited", "held", "cooldown"),
    ]


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
