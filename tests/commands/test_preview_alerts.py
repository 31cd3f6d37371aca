"""`alerts preview` and `alerts report` over a real store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.commands.cli import main
from monitor.commands.reports.preview_alerts import preview_alerts
from monitor.model.alert import Policy, QuietWindow, ReportTime
from monitor.pipeline.alerts.queue_reports import sync_reports
from monitor.pipeline.ingest.read_page import judge_article
from monitor.storage.timestamps import format_stamp

CONFIG = """
[store]
path = "test.db"
[topics.strait]
seeds = ""
[topics.strait.rules.ferry]
query = "ferry"
[channels.hook]
kind = "webhook"
url = "https://desk.example/hook"
[alerts.desk]
topics = ["strait"]
channels = ["hook"]
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def test_a_policy_is_tried_on_all_that_matched_whenever_it_came(world: World) -> None:
    watch = watching()
    world.put(watch, 1, backlog=True)
    world.put(watch, 2, text=1, site="tern")  # a copy
    world.put(watch, 3)
    world.put(watch, 4, matched=False)
    asleep = rule("asleep", policy=Policy(quiet=QuietWindow(start=time(5), end=time(8)), per_minute=1))
    rules = [rule(), rule("all", per="article"), asleep, rule("ops", on=("problem",))]
    rules[3] = replace(rules[3], topics=frozenset())
    found = preview_alerts(world.store, rules, None)
    copy = {"a copy of what alerted": 1}
    quiet = {"quiet hours until 08:00 UTC": 2}
    sums = [{name: each[name] for name in ("alert", "matches", "sent", "digests", "held", "waited")} for each in found]
    assert sums == [
        {"alert": "desk", "matches": 3, "sent": 2, "digests": 0, "held": copy, "waited": {}},
        {"alert": "all", "matches": 3, "sent": 3, "digests": 0, "held": {}, "waited": {}},
        {"alert": "asleep", "matches": 3, "sent": 0, "digests": 1, "held": copy, "waited": quiet},
    ]
    assert [day["day"] for day in found[0]["days"]] == ["2026-03-02"]
    assert json.loads(json.dumps(found)) == found
    assert preview_alerts(world.store, rules[:1], NOW + timedelta(seconds=1))[0]["days"] == []


def test_the_best_of_several_topics_counts(world: World) -> None:
    world.put(watching(), 1)
    world.store.db.execute("INSERT INTO topics SELECT 'gas', profile_hash, threshold, terms, loaded_at FROM topics")
    world.store.db.execute(
        "INSERT INTO matches SELECT article_id, 'gas', revision, 0.95, threshold, matched, "
        '\'[{"term": "rule pipes: gas"}]\', missing, at FROM matches'
    )
    both = replace(rule(policy=Policy(rules=frozenset({"pipes"}))), topics=frozenset({"gas", "strait"}))
    assert [(each["matches"], each["sent"]) for each in preview_alerts(world.store, [both], None)] == [(1, 1)]


def test_an_edit_that_swings_is_noted_and_one_by_a_better_extractor_is_none(world: World) -> None:
    watch = watching(rule())
    for text in (1, 2, 1, 2, 3):
        world.put(watch, 1, text=text)
    swings = "it swings between texts it has had: that of revision 2 again"
    assert Counter(world.rows("SELECT event, coalesce(reason, '') FROM alerts")) == {
        ("article.matched", ""): 1,
        ("article.edited", ""): 3,
        ("article.edited", swings): 1,
    }
    [found] = preview_alerts(world.store, [rule()], None)
    assert (found["sent"], found["edited"], found["held"]) == (1, 3, {swings: 1})
    world.store.articles.mark_extractor_revision(1)
    [found] = preview_alerts(world.store, [rule()], None)
    assert (found["edits"], found["edited"]) == (3, 2)


def test_a_piece_that_came_to_the_topic_by_an_edit_was_news_then(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1, matched=False)
    world.put(watch, 1, text=2)
    world.put(watch, 1, text=3, matched=False)
    assert world.rows("SELECT event, revision FROM alerts ORDER BY rowid") == [
        ("article.matched", 2),
        ("article.edited", 3),
    ]
    [found] = preview_alerts(world.store, [rule()], None)
    assert [found[name] for name in ("matches", "sent", "edits", "edited")] == [1, 1, 1, 1]


def test_a_near_copy_that_tells_much_of_its_own_speaks(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1)
    for number, more in ((2, f"{words(9)} {words(10)}"), (3, "It was cold.")):
        found = reading(number, text=1, site="tern")
        article = replace(found.article, text=f"{found.article.text} {more}")
        result = replace(judge_article(article, (), source="tern"), matches=found.matches)
        assert world.settle(watch, world.link(number, "tern"), result).outcome == "near-copy"
    sent = world.rows("SELECT article_id, state FROM alerts ORDER BY article_id")
    assert sent == [(1, "pending"), (2, "pending"), (3, "held")]
    [found] = preview_alerts(world.store, [rule()], None)
    assert (found["sent"], found["held"]) == (2, {"a copy of what alerted": 1})


def test_the_command_knows_the_alerts_of_the_configuration(world: World, tmp_path: Path) -> None:
    world.put(watching(), 1)
    (tmp_path / "config.toml").write_text(f"{CONFIG}min_score = 0.95\n")
    command = ["--config", str(tmp_path / "config.toml"), "alerts", "preview"]
    [found] = json.loads(CliRunner().invoke(main, [*command, "desk", "--json"]).stdout)
    assert (found["matches"], found["sent"], found["held"]) == (
        1,
        0,
        {"its score 0.90 is under the minimum 0.95 of this alert": 1},
    )
    shown = CliRunner().invoke(main, [*command, "--since", "2026-03-02"]).stdout
    assert shown.startswith("desk: 1 matches and 0 edits on 1 days; 0 alerts")
    wrong = CliRunner().invoke(main, [*command, "dask"])
    assert (wrong.exit_code, "did you mean desk?" in wrong.output) == (2, True)


def test_the_report_of_an_alert_is_shown_before_it_goes_out(world: World, tmp_path: Path) -> None:
    config, now = tmp_path / "config.toml", datetime.now(UTC)
    command = ["--config", str(config), "alerts", "report", "desk"]

    def ask(*more: str) -> Result:
        return CliRunner().invoke(main, [*command, *more])

    config.write_text(CONFIG)
    without = ask()
    assert (without.exit_code, "has no report" in without.output) == (78, True)
    config.write_text(f'{CONFIG}report = "daily 07:00"\non = []\n')
    early = ask()
    assert (early.exit_code, "no report has begun yet" in early.output) == (1, True)
    begun = rule(on=(), policy=Policy(report=ReportTime(at=time(7))))
    with world.store.write():
        sync_reports(world.store, [begun], now - timedelta(minutes=5))
    world.put(watching(begun), 1)
    world.store.db.execute("UPDATE alerts SET created_at = ?", (format_stamp(now),))
    shown = json.loads(ask("--json").stdout)["data"]["report"]
    assert (shown["counts"]["reports"], shown["stories"][0]["title"]) == (1, "Headline b")
    assert "1. Headline b" in ask("--channel", "hook").stdout.splitlines()
    assert ask("--html").stdout.startswith("<!doctype html>")
    wrong = ask("--channel", "hok")
    assert (wrong.exit_code, "did you mean hook?" in wrong.output) == (2, True)
    assert world.rows("SELECT state FROM alerts") == [("held",)]
    unknown = CliRunner().invoke(main, [*command[:-1], "dask"])
    assert (unknown.exit_code, "did you mean desk?" in unknown.output) == (2, True)
