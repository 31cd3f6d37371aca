"""How many statements a piece costs the writer: what the main thread runs out of first is the number of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from newswire import World, open_world, reading, rule, watching

from monitor.model.page import PageToSettle
from monitor.pipeline.ingest.settle import Watch, store_reading

# Of the first piece that a transaction stores, and one less of each further one: the first look at how common words are
# asks whether others have written. There were 78, and one for each band, word and line beside.
NEW = 15
LEDGER = 9  # for the link: BEGIN and COMMIT, who announced it, what the fetch led to
# At the end of a transaction: all of its texts enter the indexes of bands, stories, words and full texts, of which the
# last is asked for its settings once. Where a story is told again one more: it leaves the index of stories first.
INDEX = 8


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


class Counter:
    """Counts what SQLite is given; what a trigger does is told as its statement again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.told: list[str] = []

    def __enter__(self) -> list[str]:
        self.world.store.db.set_trace_callback(self._note)
        return self.told

    def __exit__(self, *_: object) -> None:
        self.world.store.db.set_trace_callback(None)

    def _note(self, statement: str) -> None:
        if not statement.startswith("--") and (not self.told or self.told[-1] != statement):
            self.told.append(statement)


def stored(world: World, watch: Watch, number: int, *, text: int | None = None, site: str = "gull") -> int:
    """The statements of storing a reading."""
    found = reading(number, text=text, site=site)
    page = PageToSettle(reading=found, source=site, first_seen_at=found.article.published.at)  # type: ignore[union-attr]
    with world.store.write(), Counter(world) as told:
        store_reading(world.store, watch, page, found.article.published.at)  # type: ignore[union-attr]
    return len(told)


def test_a_new_piece_is_stored_with_fifteen_statements(world: World) -> None:
    watch = watching()
    assert max(stored(world, watch, number) for number in range(12)) == NEW


def test_a_copy_and_a_piece_that_is_known_cost_as_few(world: World) -> None:
    watch = watching()
    assert stored(world, watch, 1) == NEW
    assert stored(world, watch, 2, text=1, site="tern") == NEW + 2  # the same words elsewhere
    assert stored(world, watch, 1) == 9  # the same piece again


def test_on_the_whole_line_a_piece_costs_as_many_whatever_the_archive_holds(world: World) -> None:
    watch = watching(rule())
    counts = []
    for number in range(12):
        link = world.link(number)
        found = reading(number, matched=False)
        with Counter(world) as told:
            world.settle(watch, link, found)
        counts.append(len(told))
    assert max(counts) == NEW + LEDGER + INDEX
