"""A topic that the configuration calls otherwise keeps its record: what was told of is not told again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.model.page import Outcome
from monitor.pipeline.retire import retire_topics
from monitor.pipeline.store_seeds import register_topics
from monitor.storage import Store
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def topic(name: str, query: str = "ice AND strait") -> Topic:
    return Topic(name=name, profile=None, rules=(parse_rule("ice", query),))


def start(world: World, *topics: Topic) -> None:
    """What a start does with the topics."""
    watch = replace(watching(), topics=topics)
    with world.store.write():
        register_topics(world.store, watch, NOW)
        retire_topics(world.store, [found.name for found in topics], topics, NOW)


def tell(world: World, name: str, text: int) -> tuple[Outcome, list[tuple[object, ...]]]:
    """A piece, matched by the topic of that name, as its page reads now; every alert there is."""
    found = reading(1, text=text)
    matches = tuple(replace(match, topic=name) for match in found.matches)
    watch = watching(replace(rule(on=["new"]), topics=frozenset({name})))
    settled = world.settle(watch, world.link(1), replace(found, matches=matches))
    return settled.outcome, world.rows("SELECT event, topic, state FROM alerts")


def test_an_edit_of_what_was_told_under_the_old_name_is_no_first_match(world: World) -> None:
    start(world, topic("strait"))
    assert tell(world, "strait", 1) == (Outcome.NEW, [("article.matched", "strait", "pending")])
    world.store.db.execute("INSERT INTO marks VALUES (1, 'strait', 'relevant', 1, '2026')")
    start(world, topic("narrows"))
    assert tell(world, "narrows", 2) == (Outcome.REVISION, [("article.matched", "narrows", "pending")])
    assert world.rows("SELECT name FROM topics") == [("narrows",)]
    assert world.rows("SELECT topic, revision FROM matches") == [("narrows", 2)]
    assert world.rows("SELECT topic FROM marks") == [("narrows",)]
    assert world.rows("SELECT kind, subject, closed_at IS NULL FROM problems") == [("renamed", "narrows", 0)]
    assert world.rows("PRAGMA foreign_key_check") == []


def test_a_name_that_was_marked_once_can_be_taken_again(world: World) -> None:
    start(world, topic("strait"))
    tell(world, "strait", 1)
    world.store.db.execute("INSERT INTO marks VALUES (1, 'narrows', 'irrelevant', 1, '2026')")
    world.store.db.execute("INSERT INTO marks VALUES (1, 'strait', 'relevant', 1, '2026')")
    start(world, topic("narrows"))
    assert world.rows("SELECT topic, verdict FROM marks") == [("narrows", "relevant")]


def test_beside_a_daemon_that_runs_the_old_name_stays_until_it_reloads(world: World) -> None:
    start(world, topic("strait"))
    tell(world, "strait", 1)
    with Store(world.store.path, sole=True):  # as a command notes the new name meanwhile
        start(world, topic("narrows"))
        assert tell(world, "strait", 2)[0] is Outcome.REVISION
        assert world.rows("SELECT name FROM topics ORDER BY name") == [("narrows",), ("strait",)]
    start(world, topic("narrows"))
    assert world.rows("SELECT name FROM topics") == [("narrows",)]
    assert world.rows("SELECT topic, revision FROM matches") == [("narrows", 2)]
    assert tell(world, "narrows", 3)[1] == [("article.matched", "narrows", "pending")]


def test_a_topic_of_other_words_is_another_and_what_is_removed_is_said(world: World) -> None:
    start(world, topic("strait"))
    tell(world, "strait", 1)
    start(world, topic("narrows", "ice AND narrows"))
    assert world.rows("SELECT name FROM topics") == [("narrows",)]
    assert world.rows("SELECT count(*) FROM matches") == [(0,)]
    assert world.rows("SELECT kind, subject, detail, closed_at IS NULL FROM problems") == [
        (
            "topic-left",
            "strait",
            "topic strait left the configuration: its matches (1) are removed, its alerts and marks are kept",
            0,
        )
    ]


def test_a_name_that_passes_on_takes_the_record_of_its_own_topic_along(world: World) -> None:
    start(world, topic("strait"), topic("narrows", "ice AND narrows"))
    tell(world, "strait", 1)
    world.store.db.execute("INSERT INTO marks VALUES (1, 'narrows', 'relevant', 1, '2026')")
    start(world, topic("narrows"), topic("sound", "ice AND narrows"))
    assert world.rows("SELECT name FROM topics ORDER BY name") == [("narrows",), ("sound",)]
    assert world.rows("SELECT topic FROM matches") == [("narrows",)]
    assert world.rows("SELECT topic FROM marks") == [("sound",)]


def test_a_topic_that_leaves_is_not_merged_into_another_of_the_same_rules(world: World) -> None:
    start(world, topic("strait"), topic("narrows"))
    tell(world, "strait", 1)
    world.store.db.execute("INSERT INTO marks VALUES (1, 'strait', 'relevant', 1, '2026')")
    world.store.db.execute("INSERT INTO marks VALUES (1, 'narrows', 'irrelevant', 1, '2026')")
    start(world, topic("strait"))
    assert world.rows("SELECT topic FROM matches") == [("strait",)]
    assert world.rows("SELECT topic, verdict FROM marks ORDER BY topic") == [
        ("narrows", "irrelevant"),
        ("strait", "relevant"),
    ]
    assert world.rows("SELECT kind, subject FROM problems") == [("topic-left", "narrows")]


def test_two_topics_that_change_names_are_two_topics(world: World) -> None:
    start(world, topic("strait"), topic("narrows", "ice AND narrows"))
    tell(world, "strait", 1)
    start(world, topic("strait", "ice AND narrows"), topic("narrows"))
    assert world.rows("SELECT topic FROM matches") == [("strait",)]  # known names are what they were
