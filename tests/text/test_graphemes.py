"""Cuts between what people see as characters."""

from __future__ import annotations

import pytest

from monitor.text.words.graphemes import last_cut

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
WAVE = "\U0001f44b\U0001f3fd"
FLAGS = "\U0001f1e6\U0001f1ff\U0001f1e6\U0001f1f2"
THAI = "\u0e01\u0e33\u0e19\u0e49\u0e33"
HINDI = "\u0939\u093f\u0928\u094d\u0926\u0940"


@pytest.mark.parametrize(
    ("text", "cuts"),
    {
        "abc": [0, 1, 2, 3],
        f"a{FAMILY}b": [0, 1, *[1] * 6, 8, 9],
        WAVE: [0, 0, 2],
        FLAGS: [0, 0, 2, 2, 4],
        THAI: [0, 0, 2, 2, 2, 5],
        HINDI: [0, 0, 2, 2, 2, 2, 6],
        "e\u0301a": [0, 0, 2, 3],
        "\r\nx": [0, 0, 2, 3],
        "x" + "a" + "\u0301" * 40: list(range(43)),
        "": [0],
    }.items(),
)
def test_a_cut_never_splits_what_is_seen_as_one(text: str, cuts: list[int]) -> None:
    assert [last_cut(text, end) for end in range(len(text) + 1)] == cuts
