"""No rule that matches is ever left out, and rules that need a word turn up only where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query import And, Not, Or, Query, QueryDocument, find_query_hits
from monitor.topics.rules.rule import TopicRule, parse_rule
from monitor.topics.rules.rule_index import Atom, RuleIndex, expand_query

ATOMS = (
    "lima",
    "title:quito",
    '"peace talks"',
    '"talks lima"~3',
    "tal*",
    '"peace tal*"',
    "/li.a/",
    "lang:en",
    "Bogotá",
)
atoms = st.sampled_from(ATOMS).map(parse_query)
queries: st.SearchStrategy[Query] = st.recursive(
    atoms,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=5,
)
texts = st.lists(st.sampled_from(["Lima", "quito", "peace", "talks", "talk", "bogota", "\n\n"]), max_size=6).map(
    " ".join
)
documents = st.fixed_dictionaries({"title": texts, "text": texts, "lang": st.sampled_from(["", "en", "es"])}).map(
    QueryDocument
)


@given(st.lists(queries, max_size=6), documents)
def test_what_matches_is_always_a_candidate(trees: list[Query], document: QueryDocument) -> None:
    book = RuleIndex([TopicRule(name=str(n), query="", tree=tree) for n, tree in enumerate(trees)])
    matching = {n for n, tree in enumerate(trees) if find_query_hits(tree, document) is not None}
    assert matching <= book.candidates(document) <= set(range(len(trees)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lima", [[{Atom("lima")}]]),
        ('"the peacekeepers"', [[{Atom("peacekeepers")}, {Atom("the")}]]),
        ("the AND peacekeepers", [[{Atom("peacekeepers")}, {Atom("the")}]]),
        ("title:the AND armistice", [[{Atom("armistice")}, {Atom("the", field="title")}]]),
        ("title:lima AND lima", [[{Atom("lima", field="title")}, {Atom("lima")}]]),
        ("peacekeepers OR armistice", [[{Atom("peacekeepers")}], [{Atom("armistice")}]]),
        ("peacek* AND armistice", [[{Atom("armistice")}, {Atom("peacek", True)}]]),
        ("peacek* OR (armistice AND the)", [[{Atom("peacek", True)}], [{Atom("armistice")}, {Atom("the")}]]),
        (
            "(the OR a) AND NOT lima AND armistice",
            [[{Atom("armistice")}, {Atom("the")}], [{Atom("armistice")}, {Atom("a")}]],
        ),
        ("lima AND /q.*/", [[{Atom("lima")}]]),
        ("lima AND lima", [[{Atom("lima")}]]),
        ("lima OR /q.*/", [[{Atom("lima")}], []]),
        ("/q.*/", [[]]),
        ("NOT lima", [[]]),
        ("/a/ AND /b/", [[]]),
        (" OR ".join("abcdefghi"), [[{Atom(c) for c in "abcdefghi"}]]),
        (" OR ".join(("(x AND xenon)", *"abcdefgh")), [[{Atom(c) for c in (*"abcdefgh", "xenon")}]]),
        (" OR ".join(("/q.*/", *"abcdefgh")), [[]]),
        ("(a OR b OR c) AND (d OR e OR f)", [[{Atom(c) for c in "def"}, {Atom(one)}] for one in "abc"]),
    ],
)
def test_the_ways_of_a_rule_and_the_sets_that_each_needs(query: str, expected: list[list[set[Atom]]]) -> None:
    assert [set(way) for way in expand_query(parse_query(query))] == [set(map(frozenset, way)) for way in expected]


def test_the_rarest_set_of_a_way_comes_first() -> None:
    assert expand_query(parse_query("the AND peacekeepers")) == (
        (frozenset({Atom("peacekeepers")}), frozenset({Atom("the")})),
    )
    assert expand_query(parse_query("peacek* AND title:the")) == (
        (frozenset({Atom("peacek", True)}), frozenset({Atom("the", field="title")})),
    )


def test_rules_turn_up_by_their_words() -> None:
    book = RuleIndex(
        [parse_rule("0", "lima"), parse_rule("1", "/q.*/"), parse_rule("2", "tal*"), parse_rule("3", "ta* OR quito")]
    )
    assert book.candidates(QueryDocument({"title": "Lima"})) == {0, 1}
    assert book.candidates(QueryDocument({"text": "talks"})) == {1, 2, 3}
    assert book.candidates(QueryDocument({"text": "Quito", "place": "Lima"})) == {1, 3}
    assert book.candidates(QueryDocument({"text": "ta"})) == {1, 3}
    assert book.candidates(QueryDocument({})) == {1}


def test_a_rule_that_lacks_another_word_does_not_turn_up() -> None:
    book = RuleIndex(
        [
            parse_rule("0", "lima AND (talks OR truce)"),
            parse_rule("1", "title:lima AND talks"),
            parse_rule("2", "lima AND (title:talks OR truce)"),
            parse_rule("3", "lima AND tal*"),  # beginnings are not asked for beforehand
            parse_rule(
                "4", "lima AND (" + " OR ".join(f"title:{c}" for c in "bcdefghij") + " OR the OR truce)"
            ),  # nor two fields
        ]
    )
    assert book.candidates(QueryDocument({"text": "Lima"})) == {3, 4}
    assert book.candidates(QueryDocument({"text": "Lima truce"})) == {0, 2, 3, 4}
    assert book.candidates(QueryDocument({"text": "Lima talks"})) == {0, 3, 4}
    assert book.candidates(QueryDocument({"title": "Lima", "text": "talks"})) == {0, 1, 3, 4}
