"""A page that comes after its link was answered – two polls had the link – changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from newswire import World, open_world, reading, rule, watching

from monitor.model.page import Outcome, Rejection
from monitor.pipeline.ingest.settle import SettledPage

LATE = SettledPage(outcome=Outcome.UNCHANGED, reason="its link was answered before", late=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = open_world(tmp_path / "test.db")
    yield world
    world.store.close()


def state(world: World) -> list[list[tuple[Any, ...]]]:
    tables = ("links", "fetches", "articles", "revisions", "alerts", "problems")
    return [world.rows(f"SELECT * FROM {table}") for table in tables]


@pytest.mark.parametrize(
    "late",
    [
        reading(1),
        reading(1, text=7),
        reading(2),
        Rejection(outcome=Outcome.FAILED, reason="status 500"),
        Rejection(outcome=Outcome.GONE, reason="status 404"),
        Rejection(outcome=Outcome.PAYWALL, reason="a wall"),
    ],
    ids=["the same", "another text", "another piece", "failed", "gone", "a wall"],
)
def test_what_comes_after_the_answer_changes_nothing(world: World, late: Any) -> None:
    link = world.link(1)
    assert world.settle(watching(rule()), link, reading(1)).alerts == 1
    before = state(world)
    assert world.settle(watching(rule()), link, late) == LATE
    assert state(world) == before


def test_a_late_failure_takes_no_try_of_a_link_that_waits(world: World) -> None:
    link = world.link(1)
    failed = Rejection(outcome=Outcome.FAILED, reason="status 500")
    world.settle(watching(), link, failed)
    before = state(world)
    assert world.settle(watching(), link, failed) == LATE
    assert state(world) == before
    assert world.rows("SELECT state, attempts, answers FROM links") == [("pending", 1, 1)]


def test_a_late_look_is_none(world: World) -> None:
    world.settle(watching(rule()), world.link(1), reading(1))
    look = replace(world.store.links.one(1), revisit=True)
    edited = reading(1, text=5)
    assert world.settle(watching(rule()), look, edited).outcome is Outcome.REVISION
    before = state(world)
    assert world.settle(watching(rule()), look, reading(1)) == LATE
    assert state(world) == before


def test_a_link_that_is_due_again_takes_the_page_that_is_on_its_way(world: World) -> None:
    """Announced anew meanwhile, its tries begin at none: still nobody has answered it."""
    link = world.link(1)
    world.settle(watching(rule()), link, Rejection(outcome=Outcome.FAILED, reason="status 500"))
    asked = world.store.links.one(1)
    world.store.links.owners.make_due(1, asked.first_seen_at)
    assert world.settle(watching(rule()), asked, reading(1)).outcome is Outcome.NEW
    assert world.rows("SELECT state, answers FROM links") == [("done", 2)]
