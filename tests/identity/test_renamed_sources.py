"""A source under another name is known by the endpoints it keeps."""

from __future__ import annotations

import pytest

from monitor.identity.renamed_sources import match_renamed


@pytest.mark.parametrize(
    ("left", "new", "renamed"),
    [
        ({"a": "x"}, {"b": "x"}, {"a": "b"}),
        ({"a": "x"}, {"b": "y"}, {}),
        ({}, {"b": "y"}, {}),
        ({"a": "xyz"}, {"b": "x", "c": "yz"}, {"a": "c"}),
        ({"a": "x", "b": "x"}, {"c": "x"}, {"a": "c"}),
        ({"a": "x", "b": "y"}, {"c": "y", "d": "x"}, {"a": "d", "b": "c"}),
    ],
)
def test_renamed_sources(left: dict[str, str], new: dict[str, str], renamed: dict[str, str]) -> None:
    as_sets = [{name: frozenset(keys) for name, keys in each.items()} for each in (left, new)]
    assert match_renamed(*as_sets) == renamed
