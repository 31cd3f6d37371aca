"""Queries that no text can match are told from those that some text can."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query import QueryDocument, find_query_hits
from monitor.topics.rules.rule import parse_rule
from monitor.topics.rules.satisfiable import MOST, is_satisfiable


@pytest.mark.parametrize(
    ("query", "can"),
    [
        ("peace AND NOT peace", False),
        ("peace AND NOT Peace", False),
        ("(peace OR war) AND NOT peace AND NOT war", False),
        ("(peace OR war) AND NOT peace", True),
        ("karabakh AND NOT karab*", False),
        ("karab* AND NOT karabakh", True),
        ("NOT karab* AND karabakh", False),
        ("karabakh* AND NOT karab*", False),
        ("title:peace AND NOT peace", False),
        ("peace AND NOT title:peace", True),
        ("source:tass AND NOT tass", True),
        ('"peace talks" AND NOT talks', False),
        ('"peace talks" AND NOT "peace talks"', False),
        ('"peace talks" AND NOT "peace talks"~3', False),
        ('"peace talks"~3 AND NOT "peace talks"', True),
        ("talks AND NOT peace", True),
        ('"AT&T" AND NOT "AT&T"', False),
        ('(at AND t) AND NOT "AT&T"', True),
        ("/peac./ AND NOT /peac./", False),
        ("/peac./ AND NOT peace", True),
        ("peace AND NOT /peac./", True),
        ("(talks OR (peace AND NOT peace)) AND baku", True),
        (" AND ".join(f"w{n}" for n in range(MOST + 1)) + " AND NOT w0", True),  # too many to tell
    ],
)
def test_what_can_match(query: str, can: bool) -> None:
    assert is_satisfiable(parse_query(query)) is can


def test_a_rule_that_can_never_match_is_refused_with_its_reading() -> None:
    with pytest.raises(ValueError, match="can never match, it is read as peace and not peace: take away what"):
        parse_rule("peace", "peace AND NOT peace")


_LEAF = st.sampled_from(["aa", "bb", "ab*", "abc", "title:aa", '"aa bb"'])
_QUERY = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("(({}) AND ({}))".format, inner, inner),
        st.builds("(({}) OR ({}))".format, inner, inner),
    ),
    max_leaves=6,
)


@given(query=_QUERY, text=st.sampled_from(["aa", "bb", "aa bb", "abc", "abd", "bb aa abc", ""]), titled=st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_a_text_matches_can_match(query: str, text: str, titled: bool) -> None:
    tree = parse_query(query)
    if find_query_hits(tree, QueryDocument({"title" if titled else "text": text})) is not None:
        assert is_satisfiable(tree)
