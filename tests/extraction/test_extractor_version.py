"""What another extractor, or no template any more, makes of a known page is never told as the outlet's edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import World, open_world, reading, rule, watching, words

from monitor.extraction.extractor_version import hash_extractor
from monitor.model.page import Outcome, Reading
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch

CAPTION = "The ferry in the harbour at dawn, as a neighbour of the yard saw it."
OLD, NEW = (replace(watching(rule()), extractor=name) for name in ("older", "newer"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def read_as(text: str, *, rung: str = "trafilatura") -> Reading:
    """Article 1 with this text, given by a rung."""
    first = reading(1)
    article = replace(first.article, text=text, rungs={"text": rung})
    return replace(judge_article(article, (), source="gull"), matches=first.matches)


def look(world: World, watch: Watch, found: Reading) -> Outcome:
    return world.settle(watch, world.link(1), found).outcome


def alerts(world: World) -> list[tuple[str, str, str | None]]:
    found = world.rows("SELECT event, state, reason FROM alerts ORDER BY rowid")
    return [(str(event), str(state), reason) for event, state, reason in found]


def causes(world: World) -> list[str]:
    return [str(cause) for (cause,) in world.rows("SELECT cause FROM revisions ORDER BY number")]


TOLD = ("article.matched", "pending", None)
HELD = (
    "article.edited",
    "held",
    "the page was read another way than before: whole passages came or went, none was reworded",
)


def test_an_extractor_is_named_by_what_it_is() -> None:
    assert re.fullmatch("[0-9a-f]{16}", hash_extractor())
    assert hash_extractor() is hash_extractor()


def test_a_passage_that_another_extractor_finds_is_stored_and_not_told(world: World) -> None:
    look(world, OLD, read_as(words(1)))
    assert look(world, NEW, read_as(f"{words(1)}\n\n{CAPTION}")) is Outcome.REVISION
    assert (causes(world), alerts(world)) == (["outlet", "extractor"], [TOLD, HELD])
    assert world.rows("SELECT extractor FROM articles") == [("newer",)]


def test_the_same_passage_from_the_same_extractor_is_the_outlets(world: World) -> None:
    look(world, OLD, read_as(words(1)))
    assert look(world, OLD, read_as(f"{words(1)}\n\nMs Example said 40 cars were aboard the ferry then.")) is (
        Outcome.REVISION
    )
    assert (causes(world), alerts(world)) == (["outlet", "outlet"], [TOLD, ("article.edited", "pending", None)])


def test_a_look_that_finds_nothing_changed_notes_the_extractor(world: World) -> None:
    look(world, OLD, read_as(words(1)))
    assert look(world, NEW, read_as(words(1))) is Outcome.UNCHANGED
    assert world.rows("SELECT extractor FROM articles") == [("newer",)]
    look(world, NEW, read_as(f"{words(1)}\n\nMs Example said 40 cars were aboard the ferry then."))
    assert causes(world) == ["outlet", "outlet"], "what differs from now on is the outlet's"


def test_a_template_that_is_no_more_makes_no_edit(world: World) -> None:
    look(world, OLD, read_as(words(1), rung="template 7"))
    look(world, OLD, read_as(f"{words(1)}\n\n{CAPTION}"))
    assert (causes(world), alerts(world)) == (["outlet", "extractor"], [TOLD, HELD])
