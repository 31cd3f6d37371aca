"""A topic warms up until a hundred pieces show what its outlets print, and is weighed anew from then on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.config.load import load_config
from monitor.config.profiles import load_profile
from monitor.config.schema import Config
from monitor.daemon.topic_calibration import TopicCalibration, end_warm_ups
from monitor.model.page import Article, FetchFacts
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.pipeline.learn_topic import learn_topic
from monitor.pipeline.resolve_config import resolve_watch
from monitor.topics.learning.archive_features import ArchiveFeatures

SEEDS = (
    """Cocoa harvest falls short

Wirefeed dlrs bulletin: the cocoa harvest fell short as black pod disease spread, exporters of cocoa beans said.""",
    """Cocoa beans are scarce

Wirefeed dlrs bulletin: buyers of cocoa beans worry, and black pod disease was seen again.""",
    """Grinders cut cocoa use

Wirefeed dlrs bulletin: grinders cut the use of cocoa beans by a tenth, traders said.""",
)
COCOA = ("Cocoa beans dearer", "Wirefeed dlrs bulletin: cocoa beans are scarce, black pod disease spread.")
STYLE = (
    "Wirefeed bulletin",
    "Wirefeed dlrs bulletin: wirefeed dlrs, wirefeed dlrs bulletin, dlrs wirefeed and dlrs bulletin.",
)
CONFIG = '[topics.strait]\nseeds = "seeds"\n'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "seeds").mkdir()
    for number, text in enumerate(SEEDS):
        (tmp_path / "seeds" / f"{number}.txt").write_text(text)
    learn_topic(tmp_path / "seeds", topic="strait")
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def configure(folder: Path, more: str = "") -> tuple[Config, Watch]:
    (folder / "config.toml").write_text(CONFIG + more)
    config = load_config(folder / "config.toml", environment={})
    return config, replace(watching(rule(per="article")), topics=resolve_watch(config).topics)


def put(world: World, watch: Watch, number: int, title: str, text: str) -> Article:
    """A piece through the line, judged by the topics that run."""
    article = replace(reading(1).article, url=f"https://gull.example/{number}", identity=f"gull:{number}")
    article = replace(article, title=title, text=text)
    with world.store.write():
        fresh = judge_article(article, watch.topics, source="gull")
    link = world.link(number)
    with world.store.write():
        settle_page(world.store, watch, link, fresh, FetchFacts(at=NOW, status=200), NOW, 0.5)
    return article


def fill(world: World, watch: Watch, *, first: int, last: int) -> None:
    """So many pieces of an outlet that begins each of them alike."""
    for number in range(first, last):
        put(world, watch, number, f"{words(number)[:20]} {number}", f"Wirefeed dlrs bulletin: {words(number)}")


def weigh(world: World, config: Config, watch: Watch, *, busy: bool = False, days: int = 0) -> bool:
    calibration = TopicCalibration(world.store)
    at = NOW + timedelta(days=days)
    return asyncio.run(calibration.run_if_due(config.topics, watch.topics, at, busy=busy))


ALERTS = "SELECT state, hold, reason FROM alerts ORDER BY article_id"
WAITING = (
    "the topic is warming up: its alerts wait until 100 pieces of its outlets were read (warm_up = false changes that)"
)


@pytest.mark.slow
def test_alerts_wait_until_the_topic_was_weighed_and_only_what_it_then_accepts_is_told(
    world: World, tmp_path: Path
) -> None:
    config, watch = configure(tmp_path)
    assert watch.topics[0].is_warming_up
    put(world, watch, 1, *COCOA)
    put(world, watch, 2, *STYLE)
    assert world.rows("SELECT article_id, matched FROM matches ORDER BY 1") == [(1, 1), (2, 1)]
    assert world.rows(ALERTS) == [("held", "warm-up", WAITING), ("held", "warm-up", WAITING)]
    fill(world, watch, first=3, last=100)
    assert not weigh(world, config, watch)
    with world.store.write():
        assert end_warm_ups(world.store, watch.topics, NOW) == 0
    fill(world, watch, first=100, last=101)
    assert weigh(world, config, watch)
    _, watch = configure(tmp_path)
    profile = load_profile(tmp_path / "seeds")
    assert profile.calibration is not None
    assert (profile.calibration.pieces, watch.topics[0].is_warming_up) == (100, False)
    assert world.rows("SELECT topic, pieces, json_array_length(changes) > 0 FROM profile_versions") == [
        ("strait", 100, 1)
    ]
    with world.store.write():
        assert end_warm_ups(world.store, watch.topics, NOW) == 1
        assert release_held(world.store, watch.addressees, NOW) == 1
    refused = "weighed against what its outlets print, the topic does not accept it"
    assert world.rows(ALERTS) == [("pending", "warm-up", None), ("held", "warm-up", refused)]
    assert not weigh(world, config, watch, days=30)  # a step further, or a day of a large archive, is needed


def test_without_warming_up_and_by_a_rule_alerts_go_out_at_once(world: World, tmp_path: Path) -> None:
    _, watch = configure(tmp_path, "warm_up = false\n")
    assert not watch.topics[0].is_warming_up
    put(world, watch, 1, *COCOA)
    assert world.rows(ALERTS) == [("pending", None, None)]
    _, watch = configure(tmp_path, '[topics.strait.rules.pod]\nquery = "weevil"\n')
    put(world, watch, 2, "Weevil found", "A weevil was found in cocoa beans of the harvest.")
    assert world.rows(ALERTS)[1:] == [("pending", None, None)]


def test_what_would_change_much_is_a_persons_decision(world: World, tmp_path: Path) -> None:
    config, watch = configure(tmp_path, "warm_up = false\n")
    put(world, watch, 1, *COCOA)
    put(world, watch, 2, *STYLE)
    fill(world, watch, first=3, last=101)
    before = load_profile(tmp_path / "seeds")
    assert not weigh(world, config, watch)
    assert load_profile(tmp_path / "seeds") == before
    (problem,) = world.store.problems.current()
    assert (problem.kind, problem.subject) == ("calibration", "strait")
    assert problem.detail.startswith("weighed against 100 pieces, it would match 1 of last week's pieces instead of 2")
    assert "(threshold 0.45)" in problem.detail
    assert problem.cure.startswith("`seedwatch learn strait`")
    configured, _ = configure(tmp_path, "warm_up = false\nthreshold = 0.35\n")
    assert not weigh(world, configured, watch)
    assert "(threshold 0.35, as configured)" in world.store.problems.current()[0].detail
    (problem,) = world.store.problems.current()
    with world.store.write():
        end_warm_ups(world.store, watch.topics, NOW)
    assert world.store.problems.current() == [problem]
    pieces = world.store.archive.list_newest_texts(100)
    learn_topic(tmp_path / "seeds", topic="strait", archive=ArchiveFeatures(pieces, "2026-03-02"))
    _, watch = configure(tmp_path)
    with world.store.write():
        end_warm_ups(world.store, watch.topics, NOW)
    assert world.store.problems.current() == []


def test_seeds_that_nobody_learned_and_a_folder_that_takes_nothing_leave_the_profile(
    world: World, tmp_path: Path
) -> None:
    config, watch = configure(tmp_path)
    fill(world, watch, first=1, last=101)
    before = load_profile(tmp_path / "seeds")
    (tmp_path / "seeds" / "9.txt").write_text("A further seed\n\nOn cocoa beans.")
    assert not weigh(world, config, watch)
    (tmp_path / "seeds" / "9.txt").unlink()
    (tmp_path / "seeds" / "0.txt").write_bytes(b"\xff\xfe")
    assert not weigh(world, config, watch)
    assert load_profile(tmp_path / "seeds") == before
    assert world.store.problems.current() == []


def test_what_waited_for_a_topic_that_is_gone_is_held_for_good(world: World, tmp_path: Path) -> None:
    _, watch = configure(tmp_path)
    put(world, watch, 1, *COCOA)
    with world.store.write():
        assert end_warm_ups(world.store, (), NOW) == 0
    assert world.rows("SELECT state, release_at FROM alerts") == [("held", None)]


def test_what_learns_is_loaded_in_a_process_of_its_own_and_not_in_the_daemon() -> None:
    words = (
        "import sys, monitor.daemon.topic_calibration as found; "
        "names = ('learning.learn_profile', 'learning.term_weights', 'learning.spelling_variants'); "
        "print([name for name in names if f'monitor.topics.{name}' in sys.modules], found.recalibrate_profile.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "[] recalibrate_profile\n"
