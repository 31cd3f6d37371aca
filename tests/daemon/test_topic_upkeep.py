"""Topics whose seeds, profile and running profile part ways are problems until they fit again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.load import load_config
from monitor.config.profiles import has_changed_seeds, load_profile
from monitor.config.schema import Config
from monitor.daemon.run import learn_missing_profiles
from monitor.daemon.topic_upkeep import TopicUpkeep, find_mismatch
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.model.topic import Match
from monitor.pipeline.learn_topic import learn_topic
from monitor.pipeline.resolve_config import resolve_watch
from monitor.storage import Store
from monitor.topics.topic import Topic

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SHIPPED = Path(__file__).resolve().parents[2] / "seeds"
CONFIG = """
[topics.strait]
seeds = "seeds"

[topics.ruled]
seeds = ""
[topics.ruled.rules.ice]
query = "ice"
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "seeds").mkdir()
    for path in SHIPPED.glob("*.txt"):
        shutil.copy(path, tmp_path / "seeds")
    learn_topic(tmp_path / "seeds", topic="strait")
    return load_config(tmp_path / "config.toml", environment={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def seed(folder: Path) -> Path:
    return min((folder / "seeds").glob("*.txt"))


def open_problems(store: Store) -> list[tuple[str, str, str, str]]:
    return [(found.kind, found.subject, found.detail, found.cure) for found in store.problems.current()]


def test_changed_seeds_then_an_old_profile_in_memory_then_peace(store: Store, config: Config, tmp_path: Path) -> None:
    upkeep, running = TopicUpkeep(), resolve_watch(config).topics

    def look(topics: tuple[Topic, ...]) -> list[tuple[str, str, str, str]]:
        with store.write():
            upkeep.check_topics(store, config.topics, topics, NOW)
        return open_problems(store)

    assert look(running) == []
    seed(tmp_path).unlink()
    detail = "the seeds are no longer those it was learned from"
    assert look(running) == [("topic", "strait", detail, "run `seedwatch learn strait`")]
    learn_topic(tmp_path / "seeds", topic="strait")
    detail = "profile.toml is no longer the one that runs"
    cure = f"have the daemon take it over: kill -HUP {os.getpid()}"
    assert look(running) == [("topic", "strait", detail, cure)]
    assert look(resolve_watch(config).topics) == []
    assert len(store.problems.current(closed_since=NOW)) == 1  # one problem with two faces


def test_a_threshold_of_the_configuration_is_no_difference(store: Store, config: Config) -> None:
    topics = {"strait": config.topics["strait"].model_copy(update={"threshold": 0.7})}
    other = config.model_copy(update={"topics": topics})
    with store.write():
        TopicUpkeep().check_topics(store, other.topics, resolve_watch(other).topics, NOW)
    assert open_problems(store) == []


def test_a_broken_seed_is_told_while_the_old_profile_runs(store: Store, config: Config, tmp_path: Path) -> None:
    (tmp_path / "seeds/new.txt").write_bytes(b"\xff\xfe")
    with store.write():
        TopicUpkeep().check_topics(store, config.topics, resolve_watch(config).topics, NOW)
    ((_, _, detail, cure),) = open_problems(store)
    assert "new.txt: is not UTF-8" in detail
    assert cure == "mend what is named, then `seedwatch learn strait`"


def test_a_topic_taken_out_of_the_configuration_has_no_problem(store: Store, config: Config, tmp_path: Path) -> None:
    upkeep, running = TopicUpkeep(), resolve_watch(config).topics
    seed(tmp_path).unlink()
    with store.write():
        upkeep.check_topics(store, config.topics, running, NOW)
        upkeep.check_topics(store, {}, running, NOW + timedelta(minutes=1))
    assert open_problems(store) == []


def test_files_are_read_again_only_when_they_changed(store: Store, config: Config, tmp_path: Path) -> None:
    upkeep, running, first = TopicUpkeep(), resolve_watch(config).topics, seed(tmp_path)
    with store.write():
        upkeep.check_topics(store, config.topics, running, NOW)
    before = first.stat()
    first.write_bytes(first.read_bytes()[::-1])  # the same size, and the time is put back: not seen, as documented
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))
    with store.write():
        upkeep.check_topics(store, config.topics, running, NOW)
    assert open_problems(store) == []
    first.touch()
    with store.write():
        upkeep.check_topics(store, config.topics, running, NOW)
    assert len(open_problems(store)) == 1


def test_parted_and_changed(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    assert find_mismatch("strait", folder) is None
    profile = load_profile(folder)
    assert not has_changed_seeds(folder, profile)
    seed(tmp_path).unlink()
    assert has_changed_seeds(folder, profile)
    (folder / "profile.toml").unlink()
    found = find_mismatch("strait", folder)
    assert found is not None
    assert found.detail.endswith("no profile yet; run `seedwatch learn`")


def test_a_start_learns_what_has_no_profile_and_tells_what_its_seeds_left_behind(
    config: Config, tmp_path: Path
) -> None:
    said: list[str] = []
    learn_missing_profiles(config, said.append)
    assert said == []
    seed(tmp_path).unlink()
    learn_missing_profiles(config, said.append)
    assert said == ["topic strait: the seeds are no longer those it was learned from; run `seedwatch learn strait`"]
    (tmp_path / "seeds/profile.toml").unlink()
    learn_missing_profiles(config, said.append)
    assert said[1:] == [f"learned topic strait from {tmp_path}/seeds: see {tmp_path}/seeds/profile.toml"]


def test_a_profile_that_its_subject_left_behind_is_told_until_it_matches_again(store: Store, config: Config) -> None:
    upkeep, running = TopicUpkeep(), resolve_watch(config).topics
    match = Match(topic="strait", score=0.9, threshold=0.5, matched=True)
    named = replace(match, score=0.3, matched=False)

    def come(day: int, *found: Match) -> None:
        at = NOW + timedelta(days=day)
        for number, verdict in enumerate(found):
            name = f"{day}-{number}"
            article = Article(url=name, identity=None, title=name, lead=None, text="")
            page = PageToSettle(reading=Reading(article=article, content_hash=name), source="gull", first_seen_at=at)
            piece = store.articles.add(page, PieceNames(keys=(name,)), at)
            store.topics.record(piece, 1, [verdict], at)

    def look(day: int, minutes: int = 0) -> list[tuple[str, str, str, str]]:
        upkeep.check_topics(store, config.topics, running, NOW + timedelta(days=day, minutes=minutes))
        return open_problems(store)

    with store.write():
        store.topics.record_profile("strait", "one", 0.5, 3, NOW)
        for day in range(28):
            come(day, match, named)
        assert look(28) == []
        for day in range(28, 36):
            come(day, named, named, named)
        ((kind, subject, detail, _),) = look(36)
        assert (kind, subject) == ("quiet-topic", "strait")
        assert detail == "0 matches in 7 days, though 21 pieces name it; before, so many gave 10"
        for day in range(36, 43):
            come(day, match, named, named)
        assert len(look(36, 59)) == 1  # counted once an hour
        assert look(43) == []
        for day in range(43, 51):
            come(day, *[named] * 5)
        assert len(look(51)) == 1
        store.topics.record_profile("strait", "two", 0.5, 3, NOW + timedelta(days=52))
        assert look(53) == []  # a new profile is heard from its own first day
        assert look(54) == []
