"""`status` as a document, over a real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.commands.output.documents import print_sources, print_status
from monitor.commands.reports.status import build_status
from monitor.config.schema import TopicSection
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.model.source import Endpoint, Source
from monitor.model.topic import Match
from monitor.pipeline.learn_topic import learn_topic
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address=None,
    every=300,
    endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
)


def test_a_fresh_database(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db") as store:
        found = build_status(store, NOW)
        size = found["database"]
        assert (size["path"], size["file"] > 0) == (str(store.path), True)
        assert found == {
            "database": size,
            "at": "2026-03-02T06:00:00.000Z",
            "running": None,
            "state": {
                "level": "bad",
                "sentence": "The monitor is not running",
                "faults": [
                    {
                        "level": "bad",
                        "subject": "the monitor",
                        "said": "is not running: nothing is watched",
                        "cure": "seedwatch run",
                    }
                ],
            },
            "problems": [],
            "day": {"articles": 0, "copies": 0, "matched": 0},
            "alerts": {},
            "topics": [],
            "sources": [],
            "channels": [],
        }


def test_sources_channels_problems_and_the_daemon(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db", sole=True) as store:
        with store.write():
            store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
            store.channels.sync({"desk": "webhook"})
            store.problems.open("network", "outbound", "nobody answers", "check the cable", NOW)
            store.problems.open("network", "outbound", "nobody answers", "check the cable", NOW)
        with Store(tmp_path / "test.db") as other:
            found = build_status(other, NOW)
        assert found["running"] is not None
    assert found["problems"] == [
        {
            "kind": "network",
            "subject": "outbound",
            "detail": "nobody answers",
            "cure": "check the cable",
            "since": "2026-03-02T06:00:00.000Z",
            "times": 2,
        }
    ]
    assert found["sources"] == [
        {
            "name": "gull",
            "title": "The Gull",
            "spider": "feed",
            "every": 300,
            "state": "new",
            "reason": None,
            "last_ok_at": None,
            "next_poll_at": "2026-03-02T06:00:00.000Z",
            "enabled": True,
            "paused": None,
            "links": {},
            "newest": None,
            "gaps": 0,
            "completeness": None,
        }
    ]
    assert found["channels"] == [{"name": "desk", "kind": "webhook", "state": "ok", "reason": None}]


def test_topics_as_configured_with_what_is_wrong_of_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "1.txt").write_text("Ice in the strait\n\nIce closed the strait on Monday.\n")
    learn_topic(folder, topic="strait")
    (folder / "2.txt").write_text("Ice again\n\nIce closed the strait again.\n")
    article = Article(url="https://gull.example/1", identity=None, title="Ice", lead=None, text="Ice.")
    match = Match(topic="strait", score=0.9, threshold=0.5, matched=True)
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.topics.record_profile("strait", "hash", 0.5, 3, NOW)
            for name, seen, baseline in (("a", NOW, False), ("b", NOW - timedelta(days=2), False), ("c", NOW, True)):
                reading = Reading(article=replace(article, url=name), content_hash=name)
                page = PageToSettle(reading=reading, source="gull", first_seen_at=seen, baseline=baseline)
                number = store.articles.add(page, PieceNames(keys=(name,)), seen)
                store.topics.record(number, 1, [match], seen)
        found = build_status(store, NOW, {"strait": TopicSection(seeds=str(folder)), "ruled": TopicSection(seeds="")})
    assert found["topics"] == [
        {
            "name": "strait",
            "state": "warn",
            "reason": "the seeds are no longer those it was learned from; run `seedwatch learn strait`",
            "warming_up": None,
            "threshold": 0.5,
            "terms": 3,
            "matched": 1,
            "last_match_at": "2026-03-02T06:00:00.000Z",
        },
        {
            "name": "ruled",
            "state": "new",
            "reason": None,
            "warming_up": None,
            "threshold": None,
            "terms": None,
            "matched": 0,
            "last_match_at": None,
        },
    ]


def test_a_topic_that_warms_up_says_how_far(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.txt").write_text("Ice in the strait\n\nIce closed the strait on Monday; ferries waited.\n")
    learn_topic(folder, topic="strait")
    article = Article(url="https://gull.example/1", identity=None, title="Ice", lead=None, text="Ice.")
    sections = {"strait": TopicSection(seeds=str(folder)), "eager": TopicSection(seeds=str(folder), warm_up=False)}
    with Store(tmp_path / "test.db") as store:
        with store.write():
            for name in sections:
                store.topics.record_profile(name, "hash", 0.5, 3, NOW)
            for name in ("a", "b", "c"):
                reading = Reading(article=replace(article, url=name), content_hash=name)
                page = PageToSettle(reading=reading, source="gull", first_seen_at=NOW)
                store.articles.add(page, PieceNames(keys=(name,)), NOW)
        found = build_status(store, NOW, sections)
    assert [row["warming_up"] for row in found["topics"]] == [{"pieces": 3, "wanted": 100, "waiting": 0}, None]
    print_status(found)
    said = " ".join(capsys.readouterr().out.split())
    warming = "warming up, 3 of 100 pieces of its outlets are known, copies left out; 0 alerts wait for the rest"
    assert f"strait: {warming}" in said
    assert "eager: warming up" not in said


def test_of_many_sources_those_that_are_not_well_are_shown_and_the_rest_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [replace(GULL, name=f"gull-{number}") for number in range(300)]
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync(many, lambda s: f"{s.name}.example", lambda _: NOW, NOW)
            store.db.execute("UPDATE sources SET state = 'ok' WHERE name <> 'gull-299'")
            store.db.execute("UPDATE sources SET state = 'failing', reason = 'no answer' WHERE name = 'gull-299'")
        found = build_status(store, NOW)
    print_status(found)
    printed = capsys.readouterr().out
    assert "… and 260 sources more: seedwatch sources list\n" in printed
    assert "gull-299: no answer\n" in printed
    print_sources(found["sources"], NOW)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "state      source    every  links  wait  newest  last good  next",
        "● ok       gull-0    5 min  0                               0 s ago",
    ]
    assert len(lines) == 302  # a head, a line each, one reason
