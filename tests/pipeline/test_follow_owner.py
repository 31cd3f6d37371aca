"""A piece that came by another source becomes its owner's, with its alerts; nobody else can take it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from newswire import NOW, World, everybody, open_world, reading, rule, source, watching

from monitor.model.page import FetchFacts
from monitor.model.source import Entry
from monitor.pipeline.alerts.follow_owner import OwnerStatement, follow_word
from monitor.pipeline.ingest.settle import settle_page

WATCH = watching(rule())
BEFORE = replace(WATCH, sources={"tern": source("tern")})  # the owner was not configured yet


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def bring(world: World) -> int:
    """The number of piece 1 of gull.example, which tern announced while nobody spoke for that site."""
    url, store = "https://gull.example/1", world.store
    with store.write():
        store.links.upsert_listed(
            *("tern", world.endpoints["tern"], [Entry(url=url, key=url, endpoint="https://tern.example/rss")], NOW),
            backlog_before=None,
            archived_before=None,
            speaks_for=everybody,
        )
        (link,) = store.links.due("tern", NOW, 9)
        settled = settle_page(store, BEFORE, link, reading(1), FetchFacts(at=NOW, status=200), NOW, 0.5)
    assert settled.article_id is not None
    assert store.names.owner(settled.article_id) == ("tern", False)
    return settled.article_id


def told(world: World) -> list[tuple[str, str, Any]]:
    """Event, outlet and kinds of edit of every alert."""
    found = [json.loads(body)["data"] for (body,) in world.rows("SELECT body FROM alerts ORDER BY rowid")]
    events = [event for (event,) in world.rows("SELECT event FROM alerts ORDER BY rowid")]
    return [
        (event, data["outlet"]["title"], data.get("change") and data["change"]["kinds"])
        for event, data in zip(events, found, strict=True)
    ]


def follow(world: World, number: int, who: str, *, own: bool) -> int:
    word = OwnerStatement(link=1, source=who, own=own, backlog=False)
    with world.store.write():
        return follow_word(world.store, WATCH.addressees, WATCH.estate, number, word, NOW)


def test_a_piece_becomes_its_owners_and_who_was_told_hears_of_it(world: World) -> None:
    number = bring(world)
    assert follow(world, number, "gull", own=True) == 1
    assert world.store.names.owner(number) == ("gull", False)
    assert told(world) == [("article.matched", "The tern", None), ("article.edited", "The gull", ["outlet"])]
    assert follow(world, number, "gull", own=True) == 0  # it is said once
    assert follow(world, number, "tern", own=True) == 0  # who has it speaks for its site


def test_a_source_that_does_not_speak_for_the_site_takes_nothing(world: World) -> None:
    number = bring(world)
    assert follow(world, number, "gull", own=False) == 0
    assert world.store.names.owner(number) == ("tern", False)
    assert [event for event, _, _ in told(world)] == ["article.matched"]
