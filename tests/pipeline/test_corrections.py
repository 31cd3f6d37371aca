"""A correction by a headline that says the reverse is a piece of its own, and told, however alike the two texts are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import World, open_world, reading, rule, watching

from monitor.model.page import Outcome
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage

BODY = """The island's cabinet met on Tuesday to discuss the grain that the northern ports deliver every autumn. The
minister of trade told reporters that {said}. The contract covers 40,000 tons and runs until the end of next year, and
three mills on the east coast depend on it. Bakers say that they have flour for six weeks. The northern ports have not
commented so far. Prices on the island rose by a fifth after a poor harvest, and parliament will take up the matter on
Friday. The opposition asked for the figures of the last two years to be published before any vote is taken."""
MISTAKEN = ("Alder Island wants to reject northern grain — minister", "the cabinet wants to reject the grain")
CORRECTED = ("Alder Island not going to reject northern grain — PM", "the cabinet is not going to reject the grain")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def put(world: World, number: int, title: str, said: str, site: str = "gull") -> SettledPage:
    first = reading(number, site=site)
    article = replace(first.article, title=title, text=BODY.format(said=said))
    found = replace(judge_article(article, (), source=site), matches=first.matches)
    return world.settle(watching(rule()), world.link(number, site), found)


@pytest.mark.parametrize("site", ["gull", "tern"])
def test_the_mistake_and_its_correction_are_two_pieces_and_both_are_told(world: World, site: str) -> None:
    settled = [put(world, 1, *MISTAKEN), put(world, 2, *CORRECTED, site=site)]
    assert [(one.outcome, one.alerts, one.held) for one in settled] == [(Outcome.NEW, 1, 0)] * 2
    assert world.rows("SELECT article_id, event, state FROM alerts ORDER BY article_id") == [
        (1, "article.matched", "pending"),
        (2, "article.matched", "pending"),
    ]


def test_the_same_headline_over_the_same_text_is_a_copy(world: World) -> None:
    settled = [put(world, 1, *MISTAKEN), put(world, 2, *MISTAKEN, site="tern")]
    assert [(one.outcome, one.alerts, one.held) for one in settled] == [(Outcome.NEW, 1, 0), (Outcome.COPY, 0, 1)]


def test_a_piece_that_corrects_itself_is_one_piece_with_an_edit_that_is_told(world: World) -> None:
    settled = [put(world, 1, *MISTAKEN), put(world, 1, *CORRECTED)]
    assert [(one.outcome, one.alerts) for one in settled] == [(Outcome.NEW, 1), (Outcome.REVISION, 1)]
    assert world.rows("SELECT kinds, substance FROM revisions WHERE number = 2") == [
        ('["reversal", "names", "headline"]', 1)
    ]
