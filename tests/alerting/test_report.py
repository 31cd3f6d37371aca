"""What a report says of the events of its span, and how it is kept short."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alert_schema import SCHEMA, violations

from monitor.alerting.channels import KINDS
from monitor.alerting.message.document import LIMIT
from monitor.alerting.message.redact import redact_alert
from monitor.alerting.message.report import ReportEvent, ReportFrame, build_report, group_stories
from monitor.alerting.message.report_mail import write_report_mail

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
FRAME = ReportFrame(
    id="msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR",
    rule="morning",
    schedule="daily 07:00",
    zone="UTC",
    since=NOW - timedelta(days=1),
    until=NOW,
)


def event(number: int, story: int = 1, score: float = 0.5, **changes: Any) -> ReportEvent:
    made = ReportEvent(
        alert=f"msg_{number:027}",
        event="article.matched",
        at=NOW - timedelta(minutes=number),
        article_id=number,
        story_id=story,
        outlet="The Gull",
        title=f"Headline {number}",
        url=f"https://gull.example/{number}",
        topic="strait",
        score=score,
        told="alert",
    )
    return replace(made, **changes)


def written(*events: ReportEvent) -> dict[str, Any]:
    stories = group_stories(events)
    body = build_report(FRAME, events, stories, {story.id: (2, 1) for story in stories})
    assert len(body) <= LIMIT
    found: dict[str, Any] = json.loads(body)
    assert violations(found, SCHEMA) == []
    return {**found["data"]["report"], "truncated": found["data"]["truncated"]}


def test_stories_come_by_strength_then_by_number_of_reports_then_by_time() -> None:
    events = [
        event(9, 1, 0.5),
        event(1, 2, 0.5),
        event(5, 3, 0.5),
        event(6, 3, 0.4),
        event(7, 4, 0.9),
        event(8, 5, 0.99, told="held", reason="a copy"),
    ]
    assert [story.id for story in group_stories(events)] == [4, 3, 2, 1]


def test_a_piece_stands_once_with_its_highest_score_and_changes_in_their_order() -> None:
    [story] = group_stories(
        [
            event(1, score=0.5),
            event(1, score=0.7, event="story.grew", alert="msg_x"),
            event(2, score=0.6),
            event(1, event="article.retracted", at=NOW),
            event(2, event="article.edited", at=NOW - timedelta(hours=1)),
        ]
    )
    assert [(one.article_id, one.score) for one in story.reports] == [(1, 0.7), (2, 0.6)]
    assert [one.event for one in story.changes] == ["article.edited", "article.retracted"]
    assert story.lead.alert == "msg_x"


def test_a_story_of_changes_alone_is_led_by_its_piece() -> None:
    report = written(event(3, event="article.edited", kinds=("numbers",), before="17 hurt", after="21 hurt"))
    assert report["counts"] == {"stories": 1, "reports": 0, "edits": 1, "retractions": 0, "held": 0}
    [story] = report["stories"]
    assert (story["title"], story["count"], story["changed"]) == ("Headline 3", 0, 1)
    assert (story["changes"][0]["before"], story["changes"][0]["after"]) == ("17 hurt", "21 hurt")


def test_equal_reasons_are_counted_together() -> None:
    reasons = (
        "same text as https://gull.example/1, which alerted already",
        "same text as https://tern.example/2, which alerted already",
        "nearly the same text as https://tern.example/2 (similarity 0.93), which alerted already",
        "its score 0.41 is under the minimum 0.50 of this alert",
        "its score 0.42 is under the minimum 0.50 of this alert",
    )
    report = written(*(event(number, told="held", reason=reason) for number, reason in enumerate(reasons)))
    assert report["held"]["reasons"] == [
        {"reason": "same text as another piece, which alerted already", "count": 2},
        {"reason": "its score is under the minimum 0.50 of this alert", "count": 2},
        {"reason": "nearly the same text as another piece, which alerted already", "count": 1},
    ]
    assert [item["reason"] for item in report["held"]["items"]] == list(reversed(reasons))


@pytest.mark.parametrize(
    ("stories", "reports", "listed", "each"),
    [(2, 6, 2, 6), (2, 20, 2, 6), (14, 20, 14, 3), (30, 20, 30, 1), (300, 3, 49, 1)],
)
def test_where_room_is_short_stories_get_fewer_pieces_before_there_are_fewer_stories(
    stories: int, reports: int, listed: int, each: int
) -> None:
    report = written(*(event(story * 1000 + n, story) for story in range(1, stories + 1) for n in range(reports)))
    assert report["counts"]["stories"] == stories
    assert report["counts"]["reports"] == stories * reports
    assert {len(story["reports"]) for story in report["stories"]} == {each}
    assert {story["count"] for story in report["stories"]} == {reports}
    assert abs(len(report["stories"]) - listed) <= (0 if listed == stories else 4)
    assert ("stories" in report["truncated"]) == (reports > each or listed < stories)


def test_the_mail_says_what_is_not_listed() -> None:
    events = [event(story * 1000 + n, story) for story in range(1, 301) for n in range(3)]
    stories = group_stories(events)
    text, page = write_report_mail(build_report(FRAME, events, stories, {story.id: (2, 1) for story in stories}))
    left = 300 - len([line for line in text.splitlines() if line[:1].isdigit()])
    for shown in (text, page):
        assert f"… and {left} more stories" in shown
        assert "… and 2 more reports" in shown


def test_a_report_on_a_piece_that_was_removed_can_still_be_sent() -> None:
    events = [event(1), event(2, event="article.edited", kinds=("numbers",), before="17", after="21")]
    body = build_report(FRAME, events, group_stories(events), {1: (2, 1)})
    redacted = redact_alert(body, ["https://gull.example/2"], "(removed)")
    text, page = write_report_mail(redacted)
    assert ("(removed)" in text, "Headline 2" in text, "17" in text) == (True, False, False)
    assert "Headline 2" not in page
    for kind in KINDS.values():
        assert kind.render(redacted)
