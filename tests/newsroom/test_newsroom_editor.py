"""Edits by kind: each changes what its kind says and nothing else, and the ledger says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from monitor.newsroom.editor import KINDS
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.piece import Piece

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> Iterator[Newsroom]:
    with Newsroom(now=lambda: NOW, seed=1) as found:
        yield found


def amended(newsroom: Newsroom, kind: str) -> tuple[Piece, Piece]:
    """A piece that allows an edit of that kind, and what it becomes."""
    while True:
        piece = newsroom.publish("wordpress", on_topic=True, at=NOW)
        later = newsroom.amend(piece, kind)
        if later is not None:
            record = newsroom.ledger[-1]
            assert (record.kind, record.change, record.piece) == ("edited", kind, later)
            assert newsroom.outlets["wordpress"].standing(piece) == later
            return piece, later


@pytest.mark.parametrize("kind", [kind for kind in KINDS for _ in range(2)])
def test_an_edit_is_of_its_kind(shop: Newsroom, kind: str) -> None:
    before, after = amended(shop, kind)
    assert (before.title != after.title) == (kind == "headline")
    assert (before.lead, before.path, before.number) == (after.lead, after.path, after.number)
    gone = [text for text in before.paragraphs if text not in after.paragraphs]
    come = [text for text in after.paragraphs if text not in before.paragraphs]
    lost = {"quote removed": 1, "removal": 1, "numbers": 1, "reversal": 1, "names": 1, "minor": 1}
    won = {"quote added": 1, "addition": 1, "correction": 1, "retraction": 1, "trivial": 1}
    if kind != "rewrite":
        assert len(gone) == lost.get(kind, 0)
        assert len(come) == won.get(kind, lost.get(kind, 0) if kind not in ("quote removed", "removal") else 0)
    if kind in ("numbers", "reversal", "names", "minor"):
        words = difflib.SequenceMatcher(None, gone[0].split(), come[0].split())
        assert words.ratio() > 0.7
    if kind.startswith("quote"):
        assert (gone or come)[0].startswith('"')


def test_a_piece_that_allows_no_edit_of_a_kind_is_left(shop: Newsroom) -> None:
    piece = shop.publish("tass", at=NOW, paragraphs=("Rain fell.",))
    kinds = ("numbers", "reversal", "names", "quote removed", "removal", "minor")
    assert [shop.amend(piece, kind) for kind in kinds] == [None] * 6
    for _ in range(5):
        assert shop.amend(piece, "quote added") is not None
    assert shop.amend(piece, "quote added") is None
    assert {record.change for record in shop.ledger if record.piece.key == piece.key} == {None, "quote added"}


def test_a_counter_that_comes_is_no_paragraph_that_goes(shop: Newsroom) -> None:
    piece = shop.publish("tass", at=NOW, paragraphs=("Rain fell.", "It is wet."))
    assert all(shop.amend(piece, "trivial") is not None for _ in range(8))
    assert [shop.amend(piece, kind) for kind in ("removal", "numbers", "minor")] == [None] * 3


def test_all_guids_of_a_feed_change_at_once(shop: Newsroom) -> None:
    piece = shop.publish("commonspace", at=NOW)
    address = f"{shop.outlets['commonspace'].address}/taxonomy/term/24/feed"
    assert f">{piece.number} at " in httpx.get(address).text
    shop.rename("commonspace")
    assert f">{piece.number + 100_000} at " in httpx.get(address).text
