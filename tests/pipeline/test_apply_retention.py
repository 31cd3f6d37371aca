"""Texts of old articles go where `articles_age` asks for it; what waits, lives or was marked stays (RELIABILITY R8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.commands.reports.explain import explain_stages
from monitor.config.schema import StoreSection
from monitor.model.page import Outcome
from monitor.pages.views.article import list_events
from monitor.pipeline.archive.apply_retention import apply_retention
from monitor.storage import retention
from monitor.storage.pages.article import read_article
from monitor.storage.timestamps import format_stamp

pytestmark = pytest.mark.row("R8")

WATCH = watching(rule())
QUIET = watching()
DAYS = timedelta(days=1)
LATER = NOW + 400 * DAYS
KEPT = StoreSection.model_validate({"articles_age": "365d"})
TITLES = "SELECT id, title FROM articles ORDER BY id"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def age_all(world: World, steps: int = 1, *, kept: StoreSection = KEPT) -> list[int]:
    """The numbers of the articles whose texts are gone after so many steps."""
    for _ in range(steps):
        with world.store.write():
            apply_retention(world.store, kept, LATER)
    return [number for (number,) in world.rows("SELECT id FROM articles WHERE text = '' ORDER BY id")]


def test_articles_stay_for_ever_where_nobody_asked(world: World) -> None:
    world.put(QUIET, 1)
    assert age_all(world, kept=StoreSection()) == []


def test_an_old_article_goes_and_does_not_come_back(world: World) -> None:
    world.put(QUIET, 1)
    assert age_all(world) == [1]
    assert world.rows("SELECT url, removed_at, reason, versions FROM removals") == [
        ("https://gull.example/1", format_stamp(LATER), "older than 365 days ([store] articles_age)", 1)
    ]
    told = explain_stages(world.store, "https://gull.example/1", QUIET.sources)
    assert told is not None
    assert told["removed"] == {
        "at": format_stamp(LATER),
        "reason": "older than 365 days ([store] articles_age)",
        "versions": 1,
    }
    shown = read_article(world.store, 1)
    assert shown is not None
    assert [event["what"] for event in list_events(shown)][-1] == "Taken out of the database"
    assert world.rows("SELECT title FROM articles UNION ALL SELECT title FROM stories") == [("(removed)",)] * 2
    assert world.rows("SELECT count(*) FROM revisions") == [(0,)]
    assert world.rows("SELECT count(*) FROM story_profiles") == [(0,)]
    assert world.rows("SELECT state, key FROM links") == [("removed", "gull:1")]
    assert age_all(world) == [1]  # once
    assert world.rows("SELECT count(*) FROM removals") == [(1,)]
    again = world.settle(WATCH, world.link(1), reading(1))
    assert (again.outcome, again.reason, again.alerts) == (Outcome.REFUSED, "it was removed for good", 0)


def test_what_lives_waits_or_was_marked_stays(world: World) -> None:
    for number in range(1, 8):
        world.put(WATCH if number in (4, 5) else QUIET, number)
    run, young, old = world.store.db.execute, format_stamp(LATER - 300 * DAYS), format_stamp(NOW)
    run("UPDATE links SET last_seen_at = ? WHERE article_id = 1", (young,))  # listed still
    run("UPDATE revisions SET seen_at = ? WHERE article_id = 2", (young,))
    run("INSERT INTO marks VALUES (3, 'strait', 'relevant', 1, ?)", (old,))
    # 4 waits for its receiver
    run("UPDATE alerts SET state = 'held', hold = 'quiet', release_at = ? WHERE article_id = 5", (young,))
    run("UPDATE articles SET baseline = 1 WHERE id = 6")
    assert age_all(world, 2) == [7]
    run("UPDATE alerts SET state = 'delivered'")
    assert age_all(world, 2) == [4, 5, 7]


def test_a_story_goes_when_its_last_piece_is_old_and_its_copies_first(world: World) -> None:
    world.put(QUIET, 1)
    world.put(QUIET, 2, text=1, site="tern")
    world.put(QUIET, 3)
    assert world.rows("SELECT id, copy_of FROM articles WHERE copy_of IS NOT NULL") == [(2, 1)]
    (story,) = world.rows("SELECT DISTINCT story_id FROM articles WHERE id < 3")
    world.store.db.execute("UPDATE articles SET stored_at = ? WHERE id = 2", (format_stamp(LATER - 9 * DAYS),))
    assert age_all(world) == [3]
    world.store.db.execute("UPDATE articles SET stored_at = ? WHERE id = 2", (format_stamp(NOW),))
    assert age_all(world) == [2, 3]
    assert world.rows(f"SELECT title FROM stories WHERE id = {story[0]}") == [("Headline b",)]
    assert age_all(world) == [1, 2, 3]
    assert world.rows(f"SELECT title FROM stories WHERE id = {story[0]}") == [("(removed)",)]


def test_a_step_is_small(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AGED", 2)
    for number in range(1, 6):
        world.put(QUIET, number)
    assert [len(age_all(world)) for _ in range(4)] == [2, 4, 5, 5]
