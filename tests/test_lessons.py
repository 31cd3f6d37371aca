"""What earlier pages taught reaches the next one, and never looks like an edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import World, open_world, reading, watching, words

from monitor.core.knowledge import Knowledge
from monitor.core.read import judge
from monitor.core.repetition import key
from monitor.lessons import Lessons
from monitor.model import Outcome, Reading

PROMPT = "Our pick of the week"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def with_prompt(number: int) -> Reading:
    """Article `number` with the line that its outlet prints under every text."""
    article = replace(reading(number).article, text=f"{words(number)}\n\n{PROMPT}")
    return judge(article, (), source="gull")


def test_lines_that_an_outlet_repeats_are_known_from_its_third_article_on(world: World) -> None:
    watch, lessons = watching(), Lessons(world.store)
    assert lessons.of(world.link(9)) == Knowledge()
    for number in range(8):
        world.settle(watch, world.link(number), with_prompt(number))
        assert lessons.of(world.link(9)) == Knowledge()  # a process reads them every eighth article
        lessons.heard("gull")
    assert lessons.of(world.link(9)) == Knowledge(repeated=frozenset({key(PROMPT)}))
    assert Lessons(world.store).of(world.link(9)) == Knowledge(repeated=frozenset({key(PROMPT)}))
    assert lessons.of(world.link(9, "tern")) == Knowledge()


def test_a_line_that_stands_in_a_stored_text_is_not_taken_out_of_it_later(world: World) -> None:
    watch = watching()
    for number in range(3):
        world.settle(watch, world.link(number), with_prompt(number))
    assert Lessons(world.store).of(world.link(1)) == Knowledge()


def test_what_was_removed_goes_on_being_counted(world: World) -> None:
    watch = watching()
    for number in range(2):
        world.settle(watch, world.link(number), with_prompt(number))
    sifted = replace(reading(3, matched=False).article, furniture=(PROMPT,))
    found = judge(sifted, (), source="gull")
    assert found.furniture == (key(PROMPT),)
    assert world.settle(watch, world.link(3), found).outcome is Outcome.NEW
    assert world.rows(f"SELECT articles FROM furniture WHERE line = {key(PROMPT)}") == [(3,)]
