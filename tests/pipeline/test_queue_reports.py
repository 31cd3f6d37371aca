"""Reports by schedule on their way through the line (on a real store)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alert_schema import SCHEMA, violations
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.alerting.intents import Rule
from monitor.model.alert import Policy, QuietWindow, ReportTime
from monitor.model.page import FetchFacts
from monitor.pipeline.alerts.queue_reports import find_report_due, preview_report, queue_reports, sync_reports
from monitor.pipeline.alerts.queue_retractions import DELETION, queue_retraction
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.storage import Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = ReportTime(at=time(7))  # an hour after NOW, a Monday
STATES = "SELECT event, state, hold, told_by IS NOT NULL, reported_by IS NOT NULL FROM alerts ORDER BY rowid"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def morning(on: Sequence[str] = (), **more: Any) -> Rule:
    return rule("morning", on=on, policy=Policy(report=MORNING, **more))


def begin(world: World, *rules: Rule, at: datetime = NOW) -> Watch:
    """What is watched from `at` on, as at a start or a reload."""
    watch = watching(*rules)
    with world.store.write():
        sync_reports(world.store, watch.rules, at)
    return watch


def put(world: World, watch: Watch, number: int, now: datetime) -> None:
    """An article of the gull through the line at `now`."""
    link = world.link(number)
    with world.store.write():
        settle_page(world.store, watch, link, reading(number), FetchFacts(at=now, status=200), now, 0.5)


def tick(world: World, watch: Watch, now: datetime) -> int:
    """As the engine has it: the reports first, then what is held back; how many alerts were queued."""
    with world.store.write():
        return queue_reports(world.store, watch.addressees, now) + release_held(world.store, watch.addressees, now)


def reports(world: World) -> list[dict[str, Any]]:
    found = [
        json.loads(body) for (body,) in world.rows("SELECT body FROM alerts WHERE event = 'report' ORDER BY rowid")
    ]
    assert [violations(body, SCHEMA) for body in found] == [[] for _ in found]
    return [body["data"]["report"] for body in found]


def titles(report: dict[str, Any]) -> list[list[str]]:
    return [[item["title"] for item in story["reports"]] for story in report["stories"]]


def test_without_events_at_once_all_waits_for_the_report_and_is_told_there_once(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)
    put(world, watch, 2, NOW + timedelta(minutes=5))
    assert (
        world.rows("SELECT state, reason, release_at FROM alerts")
        == [("held", "it is for the report, daily 07:00 UTC", "2026-03-02T07:00:00.000Z")] * 2
    )
    moments = (NOW + HOUR - timedelta(seconds=1), NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR)
    assert [tick(world, watch, moment) for moment in moments] == [0, 1, 0, 0]
    [report] = reports(world)
    assert {name: report[name] for name in ("schedule", "zone", "from", "until", "counts", "held")} == {
        "schedule": "daily 07:00",
        "zone": "UTC",
        "from": "2026-03-02T06:00:00.000Z",
        "until": "2026-03-02T07:00:00.000Z",
        "counts": {"stories": 2, "reports": 2, "edits": 0, "retractions": 0, "held": 0},
        "held": {"reasons": [], "items": []},
    }
    assert titles(report) == [["Headline c"], ["Headline b"]]  # of equals the latest
    assert [item["told"] for story in report["stories"] for item in story["reports"]] == ["report"] * 2
    assert world.rows(STATES) == [
        ("article.matched", "digested", "report", 1, 1),
        ("article.matched", "digested", "report", 1, 1),
        ("report", "pending", None, 0, 0),
    ]
    [(number,)] = world.rows("SELECT id FROM alerts WHERE event = 'report'")
    assert {row.title for row in world.store.alerts.list(told_by=number)} == {"Headline b", "Headline c"}
    assert tick(world, watch, NOW + HOUR + DAY) == 1
    assert reports(world)[1]["counts"] == {"stories": 0, "reports": 0, "edits": 0, "retractions": 0, "held": 0}
    assert reports(world)[1]["from"] == "2026-03-02T07:00:00.000Z"


def test_what_went_out_at_once_stands_in_it_beside_edits_and_what_was_held_back(world: World) -> None:
    watch = begin(world, morning(on=("new",)))
    first = world.put(watch, 1)
    world.put(watch, 2, text=1, site="tern")
    with world.store.write():
        assert queue_retraction(world.store, watch.addressees, first.article_id or 0, DELETION, "404", NOW + HOUR / 2)
    assert tick(world, watch, NOW + HOUR) == 1
    [report] = reports(world)
    assert report["counts"] == {"stories": 1, "reports": 1, "edits": 0, "retractions": 1, "held": 1}
    [story] = report["stories"]
    assert [(item["told"], item["title"]) for item in story["reports"]] == [("alert", "Headline b")]
    assert [(item["type"], item["told"], item["kinds"], item["after"]) for item in story["changes"]] == [
        ("article.retracted", "report", ["deletion"], "404")
    ]
    assert report["held"]["reasons"] == [{"reason": "same text as another piece, which alerted already", "count": 1}]
    assert [item["reason"] for item in report["held"]["items"]] == [
        "same text as https://gull.example/1, which alerted already"
    ]
    assert world.rows(STATES) == [
        ("article.matched", "pending", None, 0, 1),
        ("article.matched", "held", None, 0, 1),
        ("article.retracted", "digested", "report", 1, 1),
        ("report", "pending", None, 0, 0),
    ]


def test_one_that_was_due_while_nothing_ran_comes_once_for_all_the_time(tmp_path: Path) -> None:
    before = open_world(tmp_path / "test.db")
    before.put(begin(before, morning()), 1)
    before.store.close()
    world = replace(before, store=Store(tmp_path / "test.db"))
    back = NOW + 3 * DAY + 5 * HOUR
    watch = begin(world, morning(), at=back)  # a start syncs, and nothing has changed
    assert [tick(world, watch, back), tick(world, watch, back)] == [1, 0]
    [report] = reports(world)
    world.store.close()
    assert (report["from"], report["until"]) == ("2026-03-02T06:00:00.000Z", "2026-03-05T07:00:00.000Z")
    assert titles(report) == [["Headline b"]]


def test_a_crash_before_the_commit_makes_no_report_and_marks_nothing(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)

    def killed() -> None:
        with world.store.write():
            assert queue_reports(world.store, watch.addressees, NOW + HOUR) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert world.rows(STATES) == [("article.matched", "held", "report", 0, 0)]
    assert tick(world, watch, NOW + HOUR) == 1
    assert titles(reports(world)[0]) == [["Headline b"]]


def test_a_new_schedule_counts_from_when_it_was_set_and_tells_all_that_waited(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)
    evening = replace(morning(), policy=Policy(report=ReportTime(at=time(5)), zone="UTC"))
    watch = begin(world, evening, at=NOW + HOUR / 2)  # 05:00 is past: the next is tomorrow's
    assert [tick(world, watch, NOW + wait) for wait in (HOUR, 22 * HOUR, 23 * HOUR)] == [0, 0, 1]
    [report] = reports(world)
    assert (report["from"], titles(report)) == ("2026-03-02T06:00:00.000Z", [["Headline b"]])


def test_without_a_report_any_more_what_waited_goes_out_as_ever(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)
    world.put(watch, 2)
    watch = begin(world, rule("morning", on=("new",)), at=NOW + HOUR / 2)
    assert [tick(world, watch, NOW + wait) for wait in (HOUR, 2 * HOUR)] == [1, 0]
    assert world.rows("SELECT event, state FROM alerts ORDER BY rowid")[-1] == ("digest", "pending")
    assert world.rows("SELECT count(*) FROM reports") == [(0,)]
    begin(world, morning(), at=NOW + 3 * HOUR)
    assert world.rows("SELECT begun_at FROM reports") == [("2026-03-02T09:00:00.000Z",)]


def test_what_is_written_too_late_for_its_report_stands_in_the_next(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)
    assert tick(world, watch, NOW + HOUR) == 1
    put(world, watch, 2, NOW + HOUR - timedelta(seconds=1))
    assert tick(world, watch, NOW + HOUR + timedelta(seconds=1)) == 0
    assert tick(world, watch, NOW + HOUR + DAY) == 1
    assert [titles(report) for report in reports(world)] == [[["Headline b"]], [["Headline c"]]]


def test_quiet_hours_put_it_off_to_their_end(world: World) -> None:
    watch = begin(world, morning(quiet=QuietWindow(start=time(6, 30), end=time(8))))
    world.put(watch, 1)
    assert [tick(world, watch, NOW + wait) for wait in (HOUR, 1.9 * HOUR, 2 * HOUR)] == [0, 0, 1]
    assert reports(world)[0]["until"] == "2026-03-02T07:00:00.000Z"


def test_a_story_that_was_muted_meanwhile_is_counted_as_held_back(world: World) -> None:
    watch = begin(world, morning())
    settled = world.put(watch, 1)
    [(story,)] = world.rows(f"SELECT story_id FROM articles WHERE id = {settled.article_id}")
    with world.store.write():
        world.store.stories.mute(story, NOW, None)
    assert tick(world, watch, NOW + HOUR) == 1
    [report] = reports(world)
    assert (report["stories"], report["held"]["reasons"]) == (
        [],
        [{"reason": f"a person muted story {story}", "count": 1}],
    )
    assert world.rows(STATES)[0] == ("article.matched", "held", "report", 0, 1)
    assert tick(world, watch, NOW + HOUR + DAY) == 1
    assert reports(world)[1]["counts"]["held"] == 0


def test_another_rule_that_tells_at_once_does_not_wait_for_it(world: World) -> None:
    watch = begin(world, morning(), rule("desk", on=("new", "retracted")))
    settled = world.put(watch, 1)
    with world.store.write():
        queue_retraction(world.store, watch.addressees, settled.article_id or 0, DELETION, "404", NOW)
    assert world.rows("SELECT event, state FROM alerts WHERE rule = 'desk' ORDER BY rowid") == [
        ("article.matched", "pending"),
        ("article.retracted", "pending"),
    ]
    for _ in range(2):  # the retraction comes after the first alert
        with world.store.write():
            assert len(world.store.alerts.claim("hook", NOW, lease="a", until=NOW + HOUR, limit=9)) == 1
            world.store.db.execute("UPDATE alerts SET state = 'delivered', lease = NULL WHERE lease = 'a'")


def test_what_is_told_at_once_comes_after_what_its_own_report_owes(world: World) -> None:
    watch = begin(world, morning(on=("retracted",)))
    settled = world.put(watch, 1)
    with world.store.write():
        queue_retraction(world.store, watch.addressees, settled.article_id or 0, DELETION, "404", NOW)
    assert world.rows("SELECT event, state, hold FROM alerts ORDER BY rowid") == [
        ("article.matched", "held", "report"),
        ("article.retracted", "held", "order"),
    ]
    assert tick(world, watch, NOW + HOUR) == 2
    assert reports(world)[0]["stories"][0]["changes"][0]["told"] == "later"


def test_a_report_can_be_looked_at_before_it_goes_out(world: World) -> None:
    watch = begin(world, morning())
    world.put(watch, 1)
    body = preview_report(world.store, watch.rules[0], "hook", NOW + HOUR / 2)
    assert body is not None
    assert titles(json.loads(body)["data"]["report"]) == [["Headline b"]]
    assert world.rows(STATES) == [("article.matched", "held", "report", 0, 0)]
    assert preview_report(world.store, watch.rules[0], "nowhere", NOW) is None
    assert preview_report(world.store, rule("morning"), "hook", NOW) is None
    assert find_report_due(watch.rules, NOW) == NOW + HOUR
    assert find_report_due([rule()], NOW) is None


def test_rules_and_channels_that_are_gone_are_passed_over(world: World) -> None:
    watch = begin(world, morning())
    assert tick(world, watching(rule()), NOW + HOUR) == 0
    assert tick(world, replace(watch, kinds={}), NOW + HOUR) == 0
    assert tick(world, watch, NOW + HOUR) == 1
