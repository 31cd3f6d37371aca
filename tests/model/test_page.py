"""Outcomes: which of them make an article of their own; readings: that they come whole out of another process."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from monitor.model.page import Article, Outcome, Reading
from monitor.model.story import StoryWord
from monitor.model.template import Line

READING = Reading(
    article=Article(url="https://gull.example/1", identity=None, title="Ferries stop", lead=None, text="They wait."),
    content_hash="ab",
    lines=(Line(key=None, shingles=(1, 2), numbers=()),),
    furniture=(3,),
    extractor="e",
    words=(StoryWord("ferr", 2.1, 0.2, False, True), StoryWord("osterhaven", 1.0, 0.0, True, False)),
)


def test_new_pieces_and_copies_are_stored_and_nothing_else() -> None:
    assert [outcome.value for outcome in Outcome if outcome.stored] == ["new", "copy", "near-copy"]


@pytest.mark.parametrize("words", [READING.words, ()])
def test_a_reading_comes_out_of_another_process_as_it_was(words: tuple[StoryWord, ...]) -> None:
    sent = replace(READING, words=words)
    found = pickle.loads(pickle.dumps(sent))
    assert found == sent
    assert repr(found) == repr(sent)
