"""`matches`, `search`, `export` and the filters of `alerts list` on a real store."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.commands.cli import main
from monitor.commands.output.rows import neutralise_cell
from monitor.model.page import FetchFacts
from monitor.pipeline.ingest.settle import settle_page

CONFIG = """
[sources.gull]
spider = "feed"
feeds = ["https://gull.example/rss"]
[sources.tern]
spider = "feed"
feeds = ["https://tern.example/rss"]
[topics.strait.rules.any]
query = "strait"
"""
WATCH = watching(rule("desk", on=("new",)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    put(found, 1, title='=HYPERLINK("x")', score=0.9)
    put(found, 2, site="tern", title="Strait of ice – Əliyev", score=0.6)
    put(found, 3, title="Nearly", score=0.4, matched=False)
    put(found, 4, title="Far off", score=0.1, matched=False)
    yield found
    found.store.close()


def put(world: World, number: int, *, title: str, score: float, matched: bool = True, site: str = "gull") -> None:
    found = reading(number, site=site)
    match = replace(found.matches[0], score=score, matched=matched, threshold=0.5)
    fresh = replace(found, article=replace(found.article, title=title), matches=(match,))
    at = NOW + timedelta(hours=number)
    with world.store.write():
        settle_page(world.store, WATCH, world.link(number, site), fresh, FetchFacts(at=at, status=200), at, 0.5)


@pytest.fixture
def run(world: World, tmp_path: Path) -> Any:
    (tmp_path / "config.toml").write_text(CONFIG)

    def invoke(*words: str) -> str:
        where = ("--config", str(tmp_path / "config.toml"), "--db", str(world.store.path))
        done = CliRunner().invoke(main, [*where, *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    return invoke


def titles(text: str) -> list[str]:
    return [row["title"] for row in json.loads(text)]


def test_matches_are_listed_the_latest_first(run: Any) -> None:
    lines = run("matches").splitlines()
    assert lines[0].split(" · ")[1:] == ["The tern", "strait 0.60 of 0.50"]
    assert lines[1].strip() == "Strait of ice – Əliyev"
    assert titles(run("matches", "--json")) == ["Strait of ice – Əliyev", '=HYPERLINK("x")']
    assert titles(run("matches", "--json", "--limit", "1")) == ["Strait of ice – Əliyev"]
    assert titles(run("matches", "--json", "--source", "gull", "--topic", "strait")) == ['=HYPERLINK("x")']
    assert titles(run("matches", "--json", "--since", "2026-03-02T07:30:00")) == ["Strait of ice – Əliyev"]
    assert titles(run("matches", "--json", "--near")) == ["Nearly"]


def test_csv_holds_no_formula(run: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(run("matches", "--csv"))))
    assert [(row["title"], row["score"], row["topic"]) for row in rows] == [
        ("Strait of ice – Əliyev", "0.6", "strait"),
        ('\'=HYPERLINK("x")', "0.9", "strait"),
    ]
    assert [neutralise_cell(value) for value in ("-1.5", "-x", "@a", "\ta", "+", 3, None, ["=1"])] == [
        *("-1.5", "'-x", "'@a", "'\ta", "'+", "3", "", '["=1"]'),
    ]


def test_search_needs_all_words_and_knows_no_accents(run: Any) -> None:
    assert titles(run("search", "strait", "ICE", "--json")) == ["Strait of ice – Əliyev"]
    assert titles(run("search", "nea*", "--json")) == ["Nearly"]
    assert titles(run("search", "strait", "nothing-like-it", "--json")) == []
    assert titles(run("search", '"', "--json")) == []
    assert titles(run("search", "NEAR(a", "OR", "--json")) == []
    assert titles(run("search", "strait", "--source", "gull", "--json")) == []


def test_an_export_is_a_row_at_a_time_in_three_forms(run: Any) -> None:
    lines = [json.loads(line) for line in run("export", "articles").splitlines()]
    assert [(line["article"], line["title"], bool(line["text"])) for line in lines] == [
        (1, '=HYPERLINK("x")', True),
        (2, "Strait of ice – Əliyev", True),
        (3, "Nearly", True),
        (4, "Far off", True),
    ]
    assert json.loads(run("export", "articles", "--format", "json")) == lines
    stories = list(csv.DictReader(io.StringIO(run("export", "stories", "--format", "csv"))))
    assert [(row["id"], row["articles"], row["outlets"], row["texts"]) for row in stories] == [
        (str(number), "1", "1", "1") for number in (1, 2, 3, 4)
    ]
    assert [json.loads(line)["topic"] for line in run("export", "matches").splitlines()] == ["strait", "strait"]
    assert run("export", "articles", "--format", "json", "--since", "2030-01-01") == "[]\n"


def test_alerts_are_listed_by_what_a_person_looks_for(run: Any, world: World) -> None:
    with world.store.write():
        world.store.channels.record_failure("hook", "answered 500", NOW, NOW + timedelta(hours=9))
    found = json.loads(run("alerts", "list", "--json"))
    assert [(row["outlet"], row["story_id"], row["score"], row["channel_next_at"]) for row in found] == [
        ("The tern", 2, 0.6, "2026-03-02T15:00:00.000Z"),
        ("The gull", 1, 0.9, "2026-03-02T15:00:00.000Z"),
    ]
    assert run("alerts", "list", "--since", "2026-03-02T07:30:00").splitlines()[1:] == [
        "    The tern: Strait of ice – Əliyev",
        "    strait 0.60, story 2, due 2026-03-02T15:00Z",
    ]
    for words, count in (
        (("--rule", "desk"), 2),
        (("--rule", "other"), 0),
        (("--channel", "hook", "--topic", "strait"), 2),
        (("--topic", "other"), 0),
        (("--channel", "other"), 0),
    ):
        assert len(json.loads(run("alerts", "list", "--json", *words))) == count
