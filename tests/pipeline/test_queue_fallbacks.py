"""What a channel could not be handed in time goes to the channel that stands in for it, and stays owed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alert_schema import SCHEMA, violations
from newswire import NOW, World, open_world, rule, watching

from monitor.config.load import parse_config
from monitor.errors import ConfigError
from monitor.pipeline.alerts.queue_fallbacks import Fallback, queue_fallbacks
from monitor.pipeline.resolve_config import resolve_fallbacks

LATER = NOW + timedelta(minutes=30)
FALLBACK = Fallback(channel="hook", to="mail")
CHANNEL = '[channels.{}]\nkind = "webhook"\nurl = "https://x.example/"\n'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    with found.store.write():
        found.store.channels.sync({"hook": "webhook", "mail": "email"})
    watch = watching(rule("desk", on=("new",)))
    found.put(watch, 1)
    found.put(watch, 2)
    yield found
    found.store.close()


def queue(world: World, now: object = LATER) -> int:
    with world.store.write():
        return queue_fallbacks(world.store, [FALLBACK], now)  # type: ignore[arg-type]


def test_a_failing_channel_hands_on_what_waited_long_enough_once(world: World) -> None:
    assert queue(world) == 0  # it works: what waits is on its way
    with world.store.write():
        world.store.channels.record_failure("hook", "answered 503", NOW, None)
    assert [queue(world, LATER - timedelta(seconds=1)), queue(world), queue(world)] == [0, 2, 0]
    rows = world.rows("SELECT channel, state, event, article_id, id, body, fallback_id FROM alerts ORDER BY rowid")
    assert [row[:4] for row in rows] == [
        *(("hook", "pending", "article.matched", number) for number in (1, 2)),
        *(("mail", "pending", "article.matched", number) for number in (1, 2)),
    ]
    assert [row[6] for row in rows] == [rows[2][4], rows[3][4], None, None]
    before, after = json.loads(rows[0][5]), json.loads(rows[2][5])
    assert violations(after, SCHEMA) == []
    assert after["data"].pop("fallback_for") == "hook"
    assert after["data"].pop("alert") == rows[2][4] != before["data"].pop("alert")
    assert after == before


def test_what_a_working_channel_refuses_is_handed_on_too(world: World) -> None:
    with world.store.write():
        world.store.db.execute("UPDATE alerts SET attempts = 2 WHERE article_id = 2")
    assert queue(world) == 1
    assert world.rows("SELECT article_id FROM alerts WHERE channel = 'mail'") == [(2,)]


def test_a_channel_that_the_same_rule_tells_anyhow_gets_no_copy(world: World) -> None:
    with world.store.write():
        world.store.channels.record_failure("hook", "answered 503", NOW, None)
        world.store.db.execute(
            "INSERT INTO alerts (id, rule, channel, event, article_id, revision, created_at, body, state) "
            "SELECT 'own', rule, 'mail', event, article_id, revision, created_at, body, 'delivered' FROM alerts "
            "WHERE article_id = 1"
        )
    assert queue(world) == 1


def test_fallbacks_are_read_from_the_configuration() -> None:
    text = CHANNEL.format("a") + 'fallback = "b"\n' + CHANNEL.format("b") + 'fallback = "c"\nfallback_after = "2h"\n'
    assert resolve_fallbacks(parse_config(text + CHANNEL.format("c"), "c.toml")) == (
        Fallback(channel="a", to="b", after=timedelta(minutes=30)),
        Fallback(channel="b", to="c", after=timedelta(hours=2)),
    )


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('fallback = "bb"\n', "c.toml:8: channels.b.fallback: no channel is called 'bb', did you mean b?"),
        ('fallback = "a"\n', "c.toml:4: channels.a.fallback: it leads back to a: a → b → a"),
        ('fallback_after = "2h"\n', "c.toml:8: channels.b.fallback_after: it needs fallback beside it"),
    ],
)
def test_fallbacks_that_lead_nowhere_or_back_are_refused(more: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(CHANNEL.format("a") + 'fallback = "b"\n' + CHANNEL.format("b") + more, "c.toml")
    assert str(caught.value).splitlines()[0] == fault
