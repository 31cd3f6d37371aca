"""Queries as an algebra over random documents, and where phrases, prefixes, proximity and patterns stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query import (
    And,
    Not,
    Or,
    Pattern,
    Phrase,
    Query,
    QueryDocument,
    QueryHit,
    Word,
    find_query_hits,
    format_query,
)

WORDS = ("baku", "Bakı", "talks", "talk", "peace", "Երևան", "Пашинян", "U.S.", "Nagorno-Karabakh", "Armenia's")
FIELD = st.sampled_from([None, "title", "lead", "text", "place", "source", "lang"])


def _label(field: str | None) -> str:
    return "" if field is None else f"{field}:"


words = st.builds(lambda w, f: parse_query(f"{_label(f)}{w}"), st.sampled_from(WORDS), FIELD)
prefixes = st.builds(lambda w, f: parse_query(f"{_label(f)}{w}*"), st.sampled_from(["ba", "Tal", "Пашин"]), FIELD)
phrases = st.builds(
    lambda ws, f: parse_query(f'{_label(f)}"{" ".join(ws)}"'),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3),
    FIELD,
)
nears = st.builds(
    lambda ws, n, f: parse_query(f'{_label(f)}"{" ".join(ws)}"~{n}'),
    st.lists(st.sampled_from(["baku", "talks", "peace", "tal*"]), min_size=2, max_size=4),
    st.integers(0, 5),
    FIELD,
)
patterns = st.builds(
    lambda p, f: parse_query(f"{_label(f)}/{p}/"), st.sampled_from(["ba.u", "peace talks?", r"\w+"]), FIELD
)
atoms = words | prefixes | phrases | nears | patterns
queries: st.SearchStrategy[Query] = st.recursive(
    atoms,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=6,
)
texts = st.lists(st.sampled_from([*WORDS, "and", ",", ".", "\n", "\n\n", "12"]), max_size=12).map(" ".join)
documents = st.dictionaries(st.sampled_from(["title", "lead", "text", "place", "source", "lang"]), texts).map(
    QueryDocument
)


def holds(query: Query, document: QueryDocument) -> bool:
    return find_query_hits(query, document) is not None


@given(queries, queries, documents)
def test_de_morgan(a: Query, b: Query, document: QueryDocument) -> None:
    assert holds(Not(And((a, b))), document) == holds(Or((Not(a), Not(b))), document)
    assert holds(Not(Or((a, b))), document) == holds(And((Not(a), Not(b))), document)


@given(queries, documents)
def test_a_query_or_its_negation_holds_and_double_negation_changes_nothing(
    query: Query, document: QueryDocument
) -> None:
    assert holds(Not(query), document) != holds(query, document)
    assert holds(Not(Not(query)), document) == holds(query, document)


@given(queries, queries, queries, documents)
def test_and_and_or_commute_associate_and_distribute(a: Query, b: Query, c: Query, document: QueryDocument) -> None:
    for kind in (And, Or):
        assert holds(kind((a, b)), document) == holds(kind((b, a)), document)
        assert holds(kind((a, kind((b, c)))), document) == holds(kind((a, b, c)), document)
        assert holds(kind((a, a)), document) == holds(a, document)
    assert holds(And((a, Or((b, c)))), document) == holds(Or((And((a, b)), And((a, c)))), document)


@given(queries, documents)
def test_a_query_written_down_and_read_again_is_the_same(query: Query, document: QueryDocument) -> None:
    assert parse_query(format_query(query)) == query
    assert format_query(parse_query(format_query(query))) == format_query(query)


@given(queries, documents)
def test_spots_lie_in_their_field_and_are_found_again(query: Query, document: QueryDocument) -> None:
    for spot in find_query_hits(query, document) or ():
        found = document.cut(spot)
        assert found == found.strip() != ""
        assert holds(parse_query(spot.shown), QueryDocument({spot.field: found}))


@given(st.lists(st.sampled_from(["baku", "talks", "peace"]), min_size=2, max_size=4), st.integers(0, 4), texts)
def test_proximity_is_what_trying_every_choice_of_words_finds(wanted: list[str], within: int, text: str) -> None:
    def slow() -> bool:
        from itertools import permutations

        from monitor.text.words.tokens import fold_phrase

        return any(
            all(found[i] == word for i, word in zip(choice, wanted, strict=True))
            and max(choice) - min(choice) + 1 - len(wanted) <= within
            for paragraph in text.replace(" ", "\0").replace("\0\n\n\0", "\n\n").replace("\0", " ").split("\n\n")
            for found in [fold_phrase(paragraph)]
            for choice in permutations(range(len(found)), len(wanted))
        )

    # "\n \n" is a blank line too: leave it out of what both must agree on.
    text = text.replace("\n \n", "\n")
    assert holds(parse_query(f'text:"{" ".join(wanted)}"~{within}'), QueryDocument({"text": text})) == slow()


PIECE = QueryDocument(
    {
        "title": "Peace talks: Aliyev in Yerevan",
        "lead": "Bakı waits",
        "text": "The Nagorno-Karabakh foreign\nministers met.\n\nBaku’s envoy said 12 were killed. Ղարաբաղի",
        "place": "BAKU",
        "source": "tass",
        "lang": "en-GB",
    }
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("peace", [("title", "Peace")]),
        ("BAKI", [("lead", "Bakı")]),
        ("Bak*", [("lead", "Bakı")]),
        ("text:Bak*", [("text", "Baku")]),
        ("place:baku", [("place", "BAKU")]),
        ("source:tass", [("source", "tass")]),
        ("lang:en", [("lang", "en")]),
        ('"nagorno karabakh"', [("text", "Nagorno-Karabakh")]),
        ("Nagorno-Karabakh", [("text", "Nagorno-Karabakh")]),
        ('"Foreign Ministers"', [("text", "foreign\nministers")]),
        ('"Foreign Min*"', [("text", "foreign\nministers")]),
        ('"Baku\'s envoy"', [("text", "Baku’s envoy")]),
        ('"were killed ղարաբաղ*"', [("text", "were killed. Ղարաբաղի")]),
        ('"ministers nagorno"~2', [("text", "Nagorno-Karabakh foreign\nministers")]),
        ("Ղարաբաղ*", [("text", "Ղարաբաղի")]),
        (r"/\d+ (were|are) killed/", [("text", "12 were killed")]),
        ("/kara(b|p)akh/", [("text", "Karabakh")]),
        ("/Bakı/", [("lead", "Bakı")]),
        ("/peace.*yerevan/", [("title", "Peace talks: Aliyev in Yerevan")]),
        ("title:(baku OR aliyev)", [("title", "Aliyev")]),
        ("peace AND NOT football", [("title", "Peace")]),
        ("NOT football", []),
        ("peace AND (peace OR talks)", [("title", "Peace"), ("title", "talks")]),
        ("aku", None),
        ("kara", None),
        ("/kara/", None),
        ("/met baku/", None),
        ("title:baku", None),
        ('"karabakh nagorno"', None),
        ('"met Baku"', None),
        ('"killed ղարաբաղի nothing"', None),
        ('"met baku"~50', None),
        ('"ministers nagorno"~1', None),
        ('"karabakh karabakh"~9', None),
        ("peace AND football", None),
        ("football OR tennis", None),
        ("/zz/", None),
    ],
)
def test_what_a_query_finds(query: str, expected: list[tuple[str, str]] | None) -> None:
    spots = find_query_hits(parse_query(query), PIECE)
    assert (None if spots is None else [(spot.field, PIECE.cut(spot)) for spot in spots]) == expected


def test_a_spot_says_what_stands_where() -> None:
    assert find_query_hits(parse_query('title:"peace talks" OR lead:wait*'), PIECE) == (
        QueryHit('title:"peace talks"', "title", 0, 11),
        QueryHit("lead:wait*", "lead", 5, 10),
    )


def test_one_word_serves_for_one_word_of_a_proximity() -> None:
    both = Phrase(words=(Word("talk", True), Word("talks")), shown='"talk* talks"~3', within=3)
    assert find_query_hits(both, QueryDocument({"text": "talks"})) is None
    assert find_query_hits(both, QueryDocument({"text": "talks on talks"})) == (
        QueryHit('"talk* talks"~3', "text", 0, 14),
    )
    assert find_query_hits(both, QueryDocument({"text": "the talks of the talker"})) == (
        QueryHit('"talk* talks"~3', "text", 4, 23),
    )


def test_an_empty_field_holds_nothing() -> None:
    assert find_query_hits(Pattern(regex=".*", shown="/.*/"), QueryDocument({"text": " … "})) is None


def test_the_time_of_a_query_grows_with_the_text_and_no_faster() -> None:
    """Each of these takes minutes where a window or a pattern is tried from every word to the end."""
    document = QueryDocument({"text": "talks and peace " * 20_000})
    for query in ('"talks peace baku"~100', r"/(\w+ )*baku/", '"talks and peace and"', '"and* talks* pe* baku*"~100'):
        assert find_query_hits(parse_query(query), document) is None
