"""Outcomes: which of them make an article of their own."""

from __future__ import annotations

from monitor.model.page import Outcome


def test_new_pieces_and_copies_are_stored_and_nothing_else() -> None:
    assert [outcome.value for outcome in Outcome if outcome.stored] == ["new", "copy", "near-copy"]
