"""The configuration as the line needs it, and seeds that enter the database without a sound."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.alerting.intents import Rule
from monitor.config.load import load_config
from monitor.config.profiles import load_topic_profile
from monitor.config.schema import Config
from monitor.errors import SeedError
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.learn_topic import learn_topic
from monitor.pipeline.resolve_config import resolve_rules, resolve_watch
from monitor.pipeline.store_seeds import register_topics, store_seeds
from monitor.storage import Store
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SHIPPED = Path(__file__).resolve().parents[2] / "seeds"
CONFIG = """
[sources.gull]
spider = "feed"
title = "The Gull"
feeds = ["https://gull.example/rss"]

[topics.strait]
seeds = "seeds"
threshold = 0.7

[channels.hook]
kind = "webhook"
url = "https://desk.example/hook"

[alerts.desk]
topics = ["strait"]
channels = ["hook"]
on = ["new", "edit"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "seeds").mkdir()
    for path in SHIPPED.glob("*.txt"):
        shutil.copy(path, tmp_path / "seeds")
    return load_config(tmp_path / "config.toml", environment={})


@pytest.fixture
def wanted(config: Config, tmp_path: Path) -> Watch:
    learn_topic(tmp_path / "seeds", topic="strait")
    return resolve_watch(config)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.db.execute(query)]


def test_the_configuration_as_the_line_needs_it(wanted: Watch) -> None:
    assert list(wanted.sources) == ["gull"]
    assert wanted.kinds == {"hook": "webhook"}
    assert [(found.name, found.threshold) for found in wanted.topics] == [("strait", 0.7)]
    assert wanted.rules == (
        Rule(
            name="desk",
            topics=frozenset({"strait"}),
            channels=("hook",),
            per="story",
            on=frozenset({"new", "edit"}),
        ),
    )
    assert wanted.outlet("gull") == "The Gull"


def test_the_profiles_own_threshold_counts_where_the_configuration_has_none(wanted: Watch, tmp_path: Path) -> None:
    found = load_topic_profile("other", tmp_path / "seeds", None)
    assert (found.topic, found.threshold) == ("other", 0.5)
    assert replace(found, topic="strait", threshold=0.7) == wanted.topics[0].profile


def test_a_topic_nobody_learned_says_what_to_do(config: Config, tmp_path: Path) -> None:
    with pytest.raises(SeedError) as caught:
        resolve_watch(config)
    assert str(caught.value) == f"{tmp_path / 'seeds/profile.toml'}: no profile yet; run `seedwatch learn`"


def test_rules_follow_the_file(config: Config) -> None:
    edited = config.alerts["desk"].model_copy(update={"per": "article", "on": ("new",)})
    (found,) = resolve_rules(config.model_copy(update={"alerts": {"desk": edited}}))
    assert (found.per, found.on) == ("article", frozenset({"new"}))


def test_seeds_become_baseline_articles_and_never_alert(store: Store, wanted: Watch, tmp_path: Path) -> None:
    folders = {"strait": tmp_path / "seeds"}
    with store.write():
        store.channels.sync(wanted.kinds)
        assert store_seeds(store, wanted, folders, NOW) == 5
        assert store_seeds(store, wanted, folders, NOW) == 0
    assert rows(store, "SELECT DISTINCT source, baseline, revision FROM articles") == [("seeds", 1, 1)]
    assert rows(store, "SELECT count(*), sum(matched) FROM matches") == [(5, 5)]
    assert rows(store, "SELECT count(*) FROM alerts") == [(0,)]
    assert store.articles.totals()["stored"] == 0  # baseline is no news


def test_an_edited_seed_is_a_revision_and_still_silent(store: Store, wanted: Watch, tmp_path: Path) -> None:
    folders = {"strait": tmp_path / "seeds"}
    path = next((tmp_path / "seeds").glob("000*.txt"))
    with store.write():
        store_seeds(store, wanted, folders, NOW)
        path.write_text(path.read_text("utf-8") + "\nA last paragraph that was not there before.\n", "utf-8")
        assert store_seeds(store, wanted, folders, NOW) == 1
    assert rows(store, "SELECT max(revision) FROM articles") == [(2,)]
    assert rows(store, "SELECT count(*) FROM alerts") == [(0,)]


def test_two_topics_may_share_a_folder(store: Store, wanted: Watch, tmp_path: Path) -> None:
    both = replace(wanted, topics=(*wanted.topics, replace(wanted.topics[0], name="sound")))
    with store.write():
        store_seeds(store, both, {"strait": tmp_path / "seeds", "sound": tmp_path / "seeds"}, NOW)
    assert rows(store, "SELECT count(*) FROM articles WHERE baseline = 1") == [(10,)]


def test_topics_are_noted_without_seeds_too(store: Store, wanted: Watch) -> None:
    ruled = Topic(name="ruled", profile=None, rules=(parse_rule("any", "strait"),))
    learned = wanted.topics[0].profile
    assert learned is not None
    with store.write():
        register_topics(store, replace(wanted, topics=(*wanted.topics, ruled)), NOW)
    noted = rows(store, "SELECT name, threshold, terms FROM topics ORDER BY name DESC")
    assert noted == [("strait", 0.7, len(learned.terms)), ("ruled", 1.0, 0)]
