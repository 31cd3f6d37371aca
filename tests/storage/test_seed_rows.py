"""A seed that is gone and a topic that is renamed leave no ghosts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.config.load import parse_config
from monitor.pipeline.learn_topic import learn_topic
from monitor.pipeline.resolve_config import resolve_watch
from monitor.pipeline.retire import retire_topics
from monitor.pipeline.store_seeds import store_seeds
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TEXT = "Dockworkers at {place} voted to strike. The port of {place} stays closed, the harbour union said in {place}."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for place in ("Oakland", "Khulna", "Valdivia"):
        (folder / f"{place}.txt").write_text(f"Port strike at {place}\n\n{TEXT.format(place=place)}\n")
    return folder


def watched(store: Store, folder: Path, topic: str) -> None:
    """What the start of a run does with one topic."""
    learn_topic(folder, topic=topic)
    config = parse_config(f"[topics.{topic}]\nseeds = '{folder}'\n", "config.toml")
    with store.write():
        watch = resolve_watch(config)
        retire_topics(store, config.topics, watch.topics, NOW)
        store_seeds(store, watch, {topic: folder}, NOW)


def kept(store: Store) -> dict[str, Any]:
    def column(statement: str) -> list[Any]:
        return [row[0] for row in store.db.execute(statement)]

    return {
        "seeds": column("SELECT identity FROM articles ORDER BY identity"),
        "topics": column("SELECT name FROM topics"),
        "matched": sorted(set(column("SELECT topic FROM matches"))),
        "terms": sorted(set(column("SELECT topic FROM topic_terms"))),
        "stories": len(column("SELECT id FROM stories")) == len(set(column("SELECT story_id FROM articles"))),
        "orphans": column(
            "SELECT word FROM story_words WHERE story_id NOT IN (SELECT id FROM stories) "
            "UNION ALL SELECT article_id FROM fingerprints WHERE article_id NOT IN (SELECT id FROM articles)"
        ),
    }


def test_a_seed_that_is_gone_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    with Store(tmp_path / "seedwatch.db") as store:
        watched(store, folder, "ports")
        (folder / "Khulna.txt").unlink()
        watched(store, folder, "ports")
        assert kept(store) == {
            "seeds": ["seed:ports/Oakland.txt", "seed:ports/Valdivia.txt"],
            "topics": ["ports"],
            "matched": ["ports"],
            "terms": ["ports"],
            "stories": True,
            "orphans": [],
        }
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_renamed_topic_keeps_its_seeds(tmp_path: Path, folder: Path) -> None:
    with Store(tmp_path / "seedwatch.db") as store:
        watched(store, folder, "ports")
        before = store.db.execute("SELECT id, story_id FROM articles ORDER BY id").fetchall()
        watched(store, folder, "harbours")
        assert [tuple(row) for row in before] == [
            tuple(row) for row in store.db.execute("SELECT id, story_id FROM articles ORDER BY id")
        ]
        keys = [row[0] for row in store.db.execute("SELECT DISTINCT key FROM aliases ORDER BY key")]
        assert keys == [f"seed:harbours/{place}.txt" for place in ("Khulna", "Oakland", "Valdivia")]
        assert [row[0] for row in store.db.execute("SELECT count(*) FROM revisions")] == [3]


def test_a_topic_of_other_seeds_leaves_nothing_but_marks(tmp_path: Path, folder: Path) -> None:
    with Store(tmp_path / "seedwatch.db") as store:
        watched(store, folder, "ports")
        store.problems.open("topic", "ports", "the seeds differ", "seedwatch learn ports", NOW)
        (folder / "Khulna.txt").write_text(f"Port strike at Khulna ends\n\n{TEXT.format(place='Khulna')}\n")
        watched(store, folder, "harbours")
        assert kept(store) == {
            "seeds": [f"seed:harbours/{place}.txt" for place in ("Khulna", "Oakland", "Valdivia")],
            "topics": ["harbours"],
            "matched": ["harbours"],
            "terms": ["harbours"],
            "stories": True,
            "orphans": [],
        }
        assert store.problems.current() == []
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_seed_that_an_alert_names_stays(tmp_path: Path, folder: Path) -> None:
    with Store(tmp_path / "seedwatch.db") as store:
        watched(store, folder, "ports")
        (number,) = store.db.execute("SELECT id FROM articles WHERE identity = 'seed:ports/Khulna.txt'").fetchone()
        store.db.execute(
            "INSERT INTO alerts (id, rule, channel, event, article_id, created_at, body) "
            "VALUES ('msg', 'r', 'c', 'article.matched', ?, '2026', X'7B7D')",
            (number,),
        )
        (folder / "Khulna.txt").unlink()
        watched(store, folder, "ports")
        assert len(kept(store)["seeds"]) == 3
