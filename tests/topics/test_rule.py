"""A rule carries texts it must and must not match, shows what it found, and says what it lacked."""

from __future__ import annotations

import pytest

from monitor.model.topic import Evidence
from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query import QueryDocument
from monitor.topics.rules.rule import (
    Example,
    RuleTrial,
    TopicRule,
    collect_evidence,
    explain_near_miss,
    parse_rule,
    run_trials,
)

QUERY = 'title:"peace talks" AND (Baku OR Yerevan) NOT football'
TALKS = parse_rule("talks", QUERY)


def test_a_rule_keeps_its_text_and_its_tree() -> None:
    assert TopicRule(name="talks", query=QUERY, tree=parse_query(QUERY)) == TALKS


@pytest.mark.parametrize("query", ["NOT football", "-football -tennis", "Baku OR NOT football", "NOT (Baku AND gas)"])
def test_a_rule_that_asks_for_nothing_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=r"^matches texts that hold none of its words: add a word that must be there"):
        parse_rule("all", query)


def test_evidence_is_what_was_found_and_where() -> None:
    text = QueryDocument({"title": "Peace talks", "text": "In Yerevan.", "source": "tass"})
    assert collect_evidence(TALKS, text) == (
        Evidence(
            term='rule talks: title:"peace talks"', found="Peace talks", part="title", start=0, end=11, weight=1.0
        ),
        Evidence(term="rule talks: Yerevan", found="Yerevan", part="text", start=3, end=10, weight=1.0),
    )
    assert collect_evidence(TALKS, QueryDocument({"title": "Football in Yerevan"})) is None


@pytest.mark.parametrize(
    ("query", "title", "line"),
    [
        (QUERY, "Peace talks", "rule r lacks Baku OR Yerevan"),
        (QUERY, "Yerevan waits", 'rule r lacks title:"peace talks"'),
        (QUERY, "Football: peace talks in Baku", "rule r holds football"),
        (QUERY, "Football", None),
        (QUERY, "Nothing of it", None),
        (QUERY, "Peace talks in Baku", None),
        ("Baku AND NOT (oil OR gas)", "Gas from Baku", "rule r holds oil OR gas"),
        ("Baku OR Yerevan", "Tbilisi", None),
    ],
)
def test_a_near_miss_says_what_is_lacking(query: str, title: str, line: str | None) -> None:
    assert explain_near_miss(parse_rule("r", query), QueryDocument({"title": title})) == line


def test_the_right_outlet_alone_is_no_near_miss() -> None:
    assert (
        explain_near_miss(parse_rule("r", "source:tass AND Lima"), QueryDocument({"title": "Quito", "source": "tass"}))
        is None
    )


def test_examples_are_tried_in_their_order_and_a_fault_is_told() -> None:
    good, bad, worse, far = tried = run_trials(
        TALKS,
        [{"title": "Peace talks in Baku", "text": ""}, {"title": "Talks in Baku"}, {"title": "No"}],
        [{"title": "Peace talks in Yerevan " + "go on " * 20, "lead": "and on"}],
    )
    assert good == RuleTrial(
        rule="talks",
        example=Example(fields=(("title", "Peace talks in Baku"),), wanted=True),
        matched=True,
        words=("Peace talks", "Baku"),
        lacking=None,
    )
    assert [trial.passed for trial in tried] == [True, False, False, False]
    cure = ": mend the query or the example, `seedwatch rules test` shows all"
    assert [trial.fault for trial in (bad, worse, far)] == [
        f"does not match 'Talks in Baku' (rule talks lacks title:\"peace talks\"){cure}",
        f"does not match 'No'{cure}",
        (
            f"matches 'Peace talks in Yerevan go on go on go on go on go on go on go on go on go on go…' "
            f"(by Peace talks, Yerevan){cure}"
        ),
    ]
