"""`alerts preview` over a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from newswire import NOW, World, open_world, rule, watching

from monitor.cli import main
from monitor.core.policy import Policy, Quiet
from monitor.preview import preview


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
    asleep = rule("asleep", policy=Policy(quiet=Quiet(start=time(5), end=time(8)), per_minute=1))
    rules = [rule(), rule("all", per="article"), asleep, rule("ops", on=("problem",))]
    rules[3] = replace(rules[3], topics=frozenset())
    found = preview(world.store, rules, None)
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
    assert preview(world.store, rules[:1], NOW + timedelta(seconds=1))[0]["days"] == []


def test_the_best_of_several_topics_counts(world: World) -> None:
    world.put(watching(), 1)
    world.store.db.execute("INSERT INTO topics SELECT 'gas', profile_hash, threshold, terms, loaded_at FROM topics")
    world.store.db.execute(
        "INSERT INTO matches SELECT article_id, 'gas', revision, 0.95, threshold, matched, "
        '\'[{"term": "rule pipes: gas"}]\', missing, at FROM matches'
    )
    [row] = world.store.archive.matched(["gas", "strait"], datetime.min.replace(tzinfo=NOW.tzinfo))
    assert (row["score"], "pipes" in row["evidence"]) == (0.95, True)


def test_the_command_knows_the_alerts_of_the_configuration(world: World, tmp_path: Path) -> None:
    world.put(watching(), 1)
    (tmp_path / "config.toml").write_text(
        """
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
        min_score = 0.95
        """
    )
    command = ["--config", str(tmp_path / "config.toml"), "alerts", "preview"]
    [found] = json.loads(CliRunner().invoke(main, [*command, "desk", "--json"]).stdout)
    assert (found["matches"], found["sent"], found["held"]) == (
        1,
        0,
        {"its score 0.90 is under the minimum 0.95 of this alert": 1},
    )
    assert CliRunner().invoke(main, [*command, "--since", "2026-03-02"]).stdout.startswith("desk: 1 matches on 1 days;")
    wrong = CliRunner().invoke(main, [*command, "dask"])
    assert (wrong.exit_code, "did you mean desk?" in wrong.output) == (2, True)
