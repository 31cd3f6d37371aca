"""What the commands about alerts print for people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.commands.output.alerts import print_alerts, print_previews


def test_alerts_stand_in_two_or_three_lines(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "id": "msg_1",
        "channel": "desk",
        "event": "article.matched",
        "title": "Strait closed",
        "url": "https://gull.example/1",
        "created_at": datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
        "state": "held",
        "reason": "it was there before",
        "attempts": 0,
        "release_at": None,
        "told_by": None,
        "outlet": "The Gull",
        "topic": "strait",
        "score": 0.8123,
        "story_id": 7,
        "next_attempt_at": datetime(2026, 3, 2, 6, 1, tzinfo=UTC),
        "channel_next_at": datetime(2026, 3, 2, 6, 5, tzinfo=UTC),
    }
    edited = {**row, "event": "article.edited", "state": "delivered", "reason": None, "attempts": 1, "title": None}
    waits = {**row, "reason": "quiet hours", "release_at": datetime(2026, 3, 3, 7, 0, tzinfo=UTC)}
    owed = {**row, "state": "pending", "reason": None, "story_id": None, "score": None}
    print_alerts([row, edited, waits, {**waits, "state": "digested", "told_by": "msg_2"}, owed])
    assert capsys.readouterr().out.splitlines() == [
        "▲ held       2026-03-02T06:00Z  msg_1  desk, 0 tries",
        "    The Gull: Strait closed",
        "    strait 0.81, story 7",
        "    (it was there before)",
        "● delivered  2026-03-02T06:00Z  msg_1  desk, 1 try",
        "    article.edited: The Gull: https://gull.example/1",
        "    strait 0.81, story 7",
        "▲ held       2026-03-02T06:00Z  msg_1  desk, 0 tries",
        "    The Gull: Strait closed",
        "    strait 0.81, story 7",
        "    (quiet hours; told at 2026-03-03T07:00Z)",
        "▲ digested   2026-03-02T06:00Z  msg_1  desk, 0 tries",
        "    The Gull: Strait closed",
        "    strait 0.81, story 7",
        "    (quiet hours; told by msg_2)",
        "○ pending    2026-03-02T06:00Z  msg_1  desk, 0 tries",
        "    The Gull: Strait closed",
        "    strait, due 2026-03-02T06:05Z",
    ]


def test_a_preview_says_how_much_came_and_why_the_rest_did_not(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"matches": 9, "edits": 3, "sent": 4, "edited": 2, "retracted": 1, "grew": 1, "digests": 1, "reports": 1}
    day = {**counts, "waited": {"quiet": 2}, "held": {"a copy": 1, "score": 1}}
    sums = {"waited": {"quiet": 62}, "held": {"a copy": 31, "score": 31}}
    days = [{"day": f"2026-03-{number:02}", **day} for number in range(1, 32)]
    print_previews([{"alert": "desk", "days": days, **{name: 31 * counts[name] for name in counts}, **sums}])
    found = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert found[:3] == [
        (
            "desk: 279 matches and 93 edits on 31 days; 124 alerts, 62 on edits, 31 on retractions, "
            "31 on stories that grew, 31 digests, 31 reports"
        ),
        "day         matches  edits  alerts  edited  retracted  grew  digests  reports  waited  held",
        "2026-03-02  9        3      4       2       1          1     1        1        2       2",
    ]
    assert found[-4:] == [
        "and 1 earlier days: --json has all",
        "    62 waited: quiet",
        "    31 held for good: a copy",
        "    31 held for good: score",
    ]
