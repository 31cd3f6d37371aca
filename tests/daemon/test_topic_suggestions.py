"""Once a day the daemon looks what has come up beside a topic; the topic's page shows it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.config.load import load_config
from monitor.daemon.upkeep.topic_suggestions import TopicSuggestions
from monitor.model.moment import Moment, Precision
from monitor.model.page import FetchFacts
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.pipeline.learn_topic import learn_topic
from monitor.pipeline.resolve_config import resolve_watch
from monitor.storage.pages.topic import read_suggestions
from monitor.storage.timestamps import format_stamp

SEED = "Condor Valley envoys meet in Lima\n\nThe envoys of the Condor Valley met on Monday and agreed on a truce.\n"
SAID = (
    "The envoys of the Condor Valley spoke of a truce and of the Marañon link for an hour.",
    "Condor Valley hopes for a truce and the Marañon link, its envoys say.",
    "Nobody among the envoys of the Condor Valley has seen truce or the Marañon link yet.",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/1.txt").write_text(SEED)
    learn_topic(tmp_path / "seeds", topic="strait")
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    (tmp_path / "config.toml").write_text('[topics.strait]\nseeds = "seeds"\n')
    config = load_config(tmp_path / "config.toml", environment={})
    return replace(watching(rule(per="article")), topics=resolve_watch(config).topics)


def put(world: World, watch: Watch, number: int, title: str, text: str, days: int) -> None:
    """A piece that its outlet dates so many days back."""
    at = Moment(at=NOW - timedelta(days=days), raw="", zone=None, precision=Precision.SECOND, carrier="json-ld")
    article = replace(reading(1).article, url=f"https://gull.example/{number}", identity=f"gull:{number}")
    article = replace(article, title=title, text=text, published=at)
    with world.store.write():
        fresh = judge_article(article, watch.topics, source="gull")
    link = world.link(number)
    with world.store.write():
        settle_page(world.store, watch, link, fresh, FetchFacts(at=NOW, status=200), NOW, 0.5)


def look(suggestions: TopicSuggestions, watch: Watch, *, minutes: float = 0, busy: bool = False) -> str | None:
    return asyncio.run(suggestions.run_if_due(watch.topics, NOW + timedelta(minutes=minutes), busy=busy))


def test_what_came_up_is_looked_for_once_a_day_and_kept(world: World, watch: Watch) -> None:
    fill(world, watch)
    assert read_suggestions(world.store, "strait") is None
    suggestions = TopicSuggestions(world.store)
    assert look(suggestions, watch, busy=True) is None
    assert look(suggestions, watch) == "strait"
    found = read_suggestions(world.store, "strait")
    assert found is not None
    (term,) = found["terms"]
    assert term == {
        "term": "maranon",
        "weight": 0.6,
        "matched": 3,
        "named": 0,
        "other": 0,
        "before": 0,
        "pieces": [{"id": number, "title": f"Condor Valley envoys meet {number}"} for number in (3, 2, 1)],
    }
    assert (found["matched"], found["named"], found["other"]) == (3, 0, 40)
    assert look(suggestions, watch, minutes=5) is None  # a pause between two looks
    assert look(suggestions, watch, minutes=11) is None  # looked at today
    assert look(suggestions, watch, minutes=24 * 60 + 1) == "strait"
    assert look(TopicSuggestions(world.store), watch, minutes=24 * 60 + 2) is None  # another process knows it, too


def test_few_matched_pieces_propose_nothing(world: World, watch: Watch) -> None:
    put(world, watch, 1, "Condor Valley envoys meet", SAID[0], 1)
    assert look(TopicSuggestions(world.store), watch) == "strait"
    found = read_suggestions(world.store, "strait")
    assert found is not None
    assert (found["terms"], found["matched"], found["failed_at"]) == ([], 1, None)
    assert found["reason"] == (
        "1 piece matched from 2026-01-31 to 2026-03-01; of fewer than 3 nothing can be told from chance"
    )


def fill(world: World, watch: Watch) -> None:
    for number, text in enumerate(SAID, 1):
        put(world, watch, number, f"Condor Valley envoys meet {number}", text, number)
    for number in range(10, 50):
        put(world, watch, number, f"Copper {number}", f"Copper rose in place{number} and fell in port{number}.", 2)


def spoil(watch: Watch) -> Watch:
    """The topic with a profile on which the look ends in an exception."""
    (topic,) = watch.topics
    assert topic.profile is not None
    wishes = replace(topic.profile.wishes, ban=(None,))  # type: ignore[arg-type]
    return replace(watch, topics=(replace(topic, profile=replace(topic.profile, wishes=wishes)),))


def test_a_look_that_fails_says_why_and_leaves_what_was_found(world: World, watch: Watch) -> None:
    fill(world, watch)
    suggestions = TopicSuggestions(world.store)
    assert look(suggestions, spoil(watch)) == "strait"
    found = read_suggestions(world.store, "strait")
    assert found is not None
    assert (found["terms"], found["since"], found["matched"]) == ([], None, 0)
    assert found["failed_at"] == format_stamp(NOW)
    assert found["reason"].startswith(("AttributeError: ", "TypeError: "))
    assert look(suggestions, watch, minutes=11) is None  # it counts as today's look
    assert look(suggestions, watch, minutes=24 * 60) == "strait"
    made = read_suggestions(world.store, "strait")
    assert made is not None
    assert (made["reason"], made["failed_at"], [term["term"] for term in made["terms"]]) == (None, None, ["maranon"])
    assert look(suggestions, spoil(watch), minutes=48 * 60) == "strait"
    kept = read_suggestions(world.store, "strait")
    assert kept == made | {"reason": found["reason"], "failed_at": format_stamp(NOW + timedelta(days=2))}


def test_a_look_that_the_end_of_the_monitor_cuts_off_is_none(world: World, watch: Watch) -> None:
    fill(world, watch)
    ending = TopicSuggestions(world.store)

    async def end_meanwhile() -> str | None:
        task = asyncio.create_task(ending.run_if_due(watch.topics, NOW, busy=False))
        while ending.idle:
            await asyncio.sleep(0)
        await asyncio.to_thread(ending.stop)
        return await task

    assert asyncio.run(end_meanwhile()) is None
    assert read_suggestions(world.store, "strait") is None


def test_what_is_kept_of_a_topic_goes_with_it(world: World, watch: Watch) -> None:
    look(TopicSuggestions(world.store), watch)
    assert json.loads(world.rows("SELECT json_group_array(topic) FROM suggestions")[0][0]) == ["strait"]
    with world.store.write():
        world.store.seed_rows.remove_topics_except(())
    assert world.rows("SELECT * FROM suggestions") == []
