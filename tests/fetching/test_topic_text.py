"""Topics as text: what another process judges by is what this one does."""

from __future__ import annotations

import json

import pytest

from monitor.fetching.desk.topic_text import dump_topics, parse_topics
from monitor.topics.profile import Profile
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic

PROFILE = Profile(
    topic="strait",
    threshold=0.5,
    hash="h",
    seeds=("one.txt",),
    terms=(),
    groups=(),
    conjunctions=(),
    schema=(),
    languages=("en",),
)
TOPICS = (
    Topic(name="strait", profile=PROFILE, languages=frozenset({"hy", "en"}), warm_up=True),
    Topic(name="ferry", profile=None, rules=(parse_rule("both", '"ice floe" AND ferry'),)),
)


def test_there_and_back() -> None:
    text = dump_topics(TOPICS)
    assert parse_topics(text) == TOPICS
    assert [rule.tree for topic in parse_topics(text) for rule in topic.rules] == [TOPICS[1].rules[0].tree]
    assert dump_topics(parse_topics(text)) == text
    assert parse_topics(dump_topics(())) == ()


def test_other_text_is_an_error() -> None:
    with pytest.raises(json.JSONDecodeError):
        parse_topics("")
