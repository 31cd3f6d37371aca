"""What is told when an outlet takes a piece down, and when it puts it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.commands.reports.preview_alerts import preview_alerts
from monitor.model.alert import Policy, QuietWindow
from monitor.model.page import Outcome, Rejection
from monitor.storage.sources.links import Link

GONE = Rejection(outcome=Outcome.GONE, reason="status 404")
ON = ("new", "edit", "retracted")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def look(world: World, since: str | None = None) -> Link:
    """The link of the first piece, due for a look; `since` when looks began not to find it."""
    with world.store.write():
        world.store.db.execute(
            "UPDATE links SET revisit_at = '2026-03-02T06:00:00.000Z', gone_since = coalesce(?, gone_since) "
            "WHERE id = 1",
            (since,),
        )
    return next(link for link in world.store.revisits.due("gull", NOW, 9) if link.id == 1)


def take_down(world: World, *, on: tuple[str, ...] = ON, matched: bool = True, policy: Policy | None = None) -> None:
    """A piece is stored and taken down, while another page of its outlet is there."""
    watch = watching(rule(on=on, policy=policy))
    world.put(watch, 1, matched=matched)
    world.put(watch, 2, matched=False)
    world.settle(watch, look(world, "2026-03-02T05:00:00.000Z"), GONE)


ALERTS = "SELECT event, state, revision, topic FROM alerts ORDER BY rowid"


def test_a_piece_taken_down_and_put_back_is_told_once_each(world: World) -> None:
    take_down(world)
    watch = watching(rule(on=ON))
    for _ in range(2):
        world.settle(watch, look(world), reading(1))
        world.settle(watch, look(world, "2026-03-02T05:00:00.000Z"), GONE)
    assert world.rows(ALERTS) == [
        ("article.matched", "pending", 1, "strait"),
        ("article.retracted", "pending", 1, "strait"),
        ("article.edited", "pending", 1, "strait"),
    ]
    assert world.rows("SELECT count(*), count(returned_at) FROM departures") == [(3, 2)]
    [shown] = preview_alerts(world.store, watch.rules, None)
    assert [shown[name] for name in ("sent", "edits", "edited", "retracted")] == [1, 2, 1, 1]
    bodies = [json.loads(body) for (body,) in world.rows("SELECT body FROM alerts ORDER BY rowid")]
    assert [(body["type"], body["data"]["article"]["url"]) for body in bodies[1:]] == [
        ("article.retracted", "https://gull.example/1"),
        ("article.edited", "https://gull.example/1"),
    ]
    changes = [body["data"]["change"] for body in bodies[1:]]
    assert [(change["kinds"], change["changes"]) for change in changes] == [
        (["deletion"], [{"kind": "deletion", "before": None, "after": "status 404"}]),
        (["return"], [{"kind": "return", "before": None, "after": None}]),
    ]
    assert [body["data"]["story"]["first"]["outlet"] for body in bodies] == ["The gull"] * 3
    assert (bodies[1]["data"]["why"]["score"], bodies[1]["data"]["article"]["published"]["at"]) == (
        0.9,
        "2026-03-02T06:00:00.000Z",
    )


@pytest.mark.parametrize(("on", "matched"), [(("new", "edit"), True), (ON, False)])
def test_who_did_not_ask_or_has_nothing_to_do_with_the_piece_is_not_told(
    world: World, on: tuple[str, ...], matched: bool
) -> None:
    take_down(world, on=on, matched=matched)
    assert world.rows("SELECT count(*) FROM alerts WHERE event <> 'article.matched'") == [(0,)]
    assert world.rows("SELECT count(*) FROM departures") == [(1,)]


def test_nobody_is_woken_for_a_piece_taken_down(world: World) -> None:
    take_down(world, policy=Policy(quiet=QuietWindow(start=time(5), end=time(8))))
    assert world.rows("SELECT event, state, reason FROM alerts ORDER BY rowid") == [
        ("article.matched", "held", "quiet hours until 08:00 UTC"),
        ("article.retracted", "held", "quiet hours until 08:00 UTC"),
    ]


def test_who_does_not_want_the_outlet_hears_of_no_piece_taken_down(world: World) -> None:
    take_down(world, policy=Policy(sources=frozenset({"tern"})))
    assert world.rows("SELECT event, reason FROM alerts ORDER BY rowid") == [
        ("article.matched", "its outlet gull is not among the sources of this alert"),
        ("article.retracted", "its outlet gull is not among the sources of this alert"),
    ]


def test_a_piece_taken_down_is_not_told_before_the_second_look(world: World) -> None:
    watch = watching(rule(on=ON))
    world.put(watch, 1)
    link = look(world)
    world.settle(watch, link, GONE)
    assert world.rows(ALERTS) == [("article.matched", "pending", 1, "strait")]
