"""Whom a problem is told to: what the rules name, and never the channel that the problem is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerting.intents import Rule
from monitor.pipeline.alerts.queue_problem_alerts import queue_problem_alerts
from monitor.storage import Store
from monitor.storage.alerts.alerts import DEAD_LETTER
from monitor.storage.alerts.channels import DISABLED

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
KINDS = {"desk": "webhook", "night": "webhook", "third": "webhook"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.channels.sync(KINDS)
        yield store


def rule(*channels: str, name: str = "ops") -> Rule:
    return Rule(name=name, topics=frozenset(), channels=channels, per="story", on=frozenset({"problem"}))


def told(store: Store, now: datetime, *rules: Rule) -> list[tuple[str, str]]:
    """The rules and channels that a sweep at `now` queued an alert for."""
    known = {row["id"] for row in store.db.execute("SELECT id FROM alerts")}
    with store.write():
        queue_problem_alerts(store, KINDS, rules, now)
    rows = store.db.execute("SELECT id, rule, channel FROM alerts ORDER BY channel, rule")
    return [(row["rule"], row["channel"]) for row in rows if row["id"] not in known]


@pytest.mark.parametrize("kind", [DISABLED, DEAD_LETTER])
def test_a_channels_own_problem_goes_to_every_channel_but_itself(store: Store, kind: str) -> None:
    store.problems.open(kind, "desk", "it is gone", "mend it", NOW)
    assert told(store, NOW + 6 * MINUTE, rule("desk", "night"), rule("desk", name="all")) == [("ops", "night")]


def test_a_channel_switched_off_is_told_to_all_that_work_where_no_rule_names_another(store: Store) -> None:
    store.channels.disable("third", "410", NOW)
    store.channels.disable("desk", "410", NOW)
    off = [problem.subject for problem in store.problems.current() if problem.kind == DISABLED]
    assert sorted(off) == ["desk", "third"]
    assert told(store, NOW, rule("desk")) == [("ops", "desk"), ("seedwatch", "night")]


def test_a_dead_letter_that_no_rule_names_another_channel_for_is_told_to_nobody(store: Store) -> None:
    store.problems.open(DEAD_LETTER, "desk", "given up", "mend it", NOW)
    assert told(store, NOW + 6 * MINUTE, rule("desk")) == []


def test_a_problem_of_a_source_of_that_name_is_told_to_all(store: Store) -> None:
    store.problems.open("source", "desk", "it is silent", "look at it", NOW)
    assert told(store, NOW + 4 * MINUTE, rule("desk", "night")) == []
    assert told(store, NOW + 5 * MINUTE, rule("desk", "night")) == [("ops", "desk"), ("ops", "night")]
    assert told(store, NOW + 6 * MINUTE, rule("desk", "night")) == []
    store.problems.close("source", "desk", NOW + 7 * MINUTE)
    assert told(store, NOW + 8 * MINUTE, rule("desk", "night")) == [("ops", "desk"), ("ops", "night")]
    assert told(store, NOW + 9 * MINUTE, rule("desk", "night")) == []
