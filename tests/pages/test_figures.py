"""Figures of the pages beyond what a page lists, and texts cut for a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_archive import AT, filled

from monitor.pages.serving import PageReading
from monitor.pages.views.health import read_health
from monitor.pages.views.overview import read_overview
from monitor.pages.wording import cut_text, say_shortfall
from monitor.storage import Store
from monitor.storage.pages.cards import list_languages
from monitor.storage.pages.overview import count_day
from monitor.storage.timestamps import format_stamp

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(filled(tmp_path / "test.db")) as store:
        yield store


def test_more_gaps_and_alerts_than_are_listed_are_counted(store: Store) -> None:
    with store.write():
        for number in range(30):
            store.db.execute(
                "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, state, anchors) "
                "VALUES ('example', 1, ?1, ?1, ?1, 'they do not meet', 'open', '[]')",
                (AT,),
            )
            store.db.execute(
                "INSERT INTO alerts (id, rule, channel, event, created_at, body, state) "
                "VALUES (?, 'desk', 'desk', 'digest', ?, '{}', 'dead')",
                (f"msg_new_{number}", AT),
            )
    reading = PageReading(store, NOW, True)
    owed = store.db.execute("SELECT count(*) FROM alerts WHERE state IN ('dead', 'pending')").fetchone()[0]
    health, page = read_health(reading), read_overview(reading)
    assert owed >= 30
    assert (health["open_gaps"], health["undelivered"]) == (31, owed)
    assert (page["open_gaps"], page["alerts_undelivered"]) == (31, owed)
    assert len(page["gaps"]) < 31


def test_an_alert_counts_for_the_day_it_was_delivered(store: Store) -> None:
    before = count_day(store.db, NOW)["delivered"]
    with store.write():
        for number, hours in enumerate((1, 23, 25)):
            store.db.execute(
                "INSERT INTO alerts (id, rule, channel, event, created_at, body, state, delivered_at) "
                "VALUES (?, 'desk', 'desk', 'digest', ?, '{}', 'delivered', ?)",
                (
                    f"msg_new_{number}",
                    format_stamp(NOW - timedelta(days=2)),
                    format_stamp(NOW - timedelta(hours=hours)),
                ),
            )
    assert count_day(store.db, NOW)["delivered"] == before + 2


def test_every_language_is_offered_whatever_a_page_shows(store: Store) -> None:
    assert list_languages(store.db) == []
    with store.write():
        for number, language in ((1, "ru"), (2, "de")):
            store.db.execute("UPDATE articles SET language = ? WHERE id = ?", (language, number))
    assert list_languages(store.db) == ["de", "ru"]
    with store.write():
        store.db.execute("UPDATE articles SET baseline = 1 WHERE id = 2")
    assert list_languages(store.db) == ["ru"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("one two three", "one two three"),
        ("one two three four", "one two three …"),
        ("onetwothreefourfive", "onetwothreefou …"),
        ("a onetwothreefourfive six", "a onetwothreef …"),
    ],
)
def test_a_text_is_cut_at_a_space_or_where_there_is_none_at_its_length(text: str, cut: str) -> None:
    assert cut_text(text, 14) == cut


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("reads like sport: league, goal", "reads like sport: league, goal"),
        ("named only far down the text", "named only far down the text"),
        ("Peru (beside Ecuador)", "lacks Peru (beside Ecuador)"),
        ("a name of the topic, as strait", "lacks a name of the topic, as strait"),
    ],
)
def test_why_a_piece_fell_short_is_said_in_words(reason: str, said: str) -> None:
    assert say_shortfall(reason) == said
