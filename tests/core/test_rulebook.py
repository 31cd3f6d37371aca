"""No rule that matches is ever left out, and rules that need a word turn up only where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.lucene import parse
from monitor.core.query import And, Document, Not, Or, Query, Word, find
from monitor.core.rulebook import Rulebook, required
from monitor.core.rules import TopicRule, rule

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
atoms = st.sampled_from(ATOMS).map(parse)
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
    Document
)


@given(st.lists(queries, max_size=6), documents)
def test_what_matches_is_always_a_candidate(trees: list[Query], document: Document) -> None:
    book = Rulebook([TopicRule(name=str(n), query="", tree=tree) for n, tree in enumerate(trees)])
    matching = {n for n, tree in enumerate(trees) if find(tree, document) is not None}
    assert matching <= book.candidates(document) <= set(range(len(trees)))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lima", {Word("lima")}),
        ('"the peacekeepers"', {Word("peacekeepers")}),
        ("the AND peacekeepers", {Word("peacekeepers")}),
        ("peacekeepers OR armistice", {Word("peacekeepers"), Word("armistice")}),
        ("peacek* AND armistice", {Word("armistice")}),
        ("peacek* OR armistice", {Word("peacek", True), Word("armistice")}),
        ("(the OR a) AND NOT lima AND armistice", {Word("armistice")}),
        ("lima AND /q.*/", {Word("lima")}),
        ("lima OR /q.*/", None),
        ("/q.*/", None),
        ("NOT lima", None),
        ("/a/ AND /b/", None),
    ],
)
def test_the_rarest_words_are_the_needed_ones(query: str, words: set[Word] | None) -> None:
    assert required(parse(query)) == words


def test_rules_turn_up_by_their_words() -> None:
    book = Rulebook([rule("0", "lima"), rule("1", "/q.*/"), rule("2", "tal*"), rule("3", "ta* OR quito")])
    assert book.candidates(Document({"title": "Lima"})) == {0, 1}
    assert book.candidates(Document({"text": "talks"})) == {1, 2, 3}
    assert book.candidates(Document({"text": "Quito", "place": "Lima"})) == {0, 1, 3}
    assert book.candidates(Document({"text": "ta"})) == {1, 3}
    assert book.candidates(Document({})) == {1}
