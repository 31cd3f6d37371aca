"""One source for people: what is wrong first, figures in words, outlets' text inert."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor import show_source
from monitor.explain import configured
from monitor.model import Endpoint, Source

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def lines(capsys: pytest.CaptureFixture[str], found: dict[str, Any]) -> list[str]:
    show_source.source(found, NOW)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_source_that_was_never_polled(capsys: pytest.CaptureFixture[str]) -> None:
    feed = Endpoint(kind="feed", url="https://gull.example/rss")
    gull = Source(
        name="gull", spider="feed", title="The Gull", address="https://gull.example", every=600, endpoints=(feed,)
    )
    assert lines(capsys, configured(gull)) == [
        "The Gull (gull, spider feed)  ○ new  every 10 min  https://gull.example",
        "    configured, never polled yet",
        "",
        "1 endpoint",
        "  feed    never asked",
        "    https://gull.example/rss",
    ]


def known() -> dict[str, Any]:
    """A source with something to say in every part."""
    return {
        "name": "gull",
        "spider": "feed",
        "title": "The \x1b[31mGull",
        "address": "https://gull.example",
        "every": 600,
        "enabled": 1,
        "state": "unsteady",
        "reason": "1 of 2 endpoints failed",
        "added_at": "2026-02-20T06:00:00.000Z",
        "next_poll_at": "2026-03-02T06:05:00.000Z",
        "last_ok_at": "2026-03-02T05:55:00.000Z",
        "last_new_at": "2026-03-02T03:00:00.000Z",
        "paused_at": None,
        "problems": [
            {"kind": "moved", "since": "2026-03-01T06:00:00.000Z", "detail": "it has moved", "cure": "write it down"}
        ],
        "links": {"pending": 2, "done": 1234},
        "nonexistent": {"status": 200, "title": "Not found", "error": None},
        "delay": {"links": 12, "p50": 130.0, "p95": 4000.0},
        "endpoints": [
            {
                "kind": "feed",
                "url": "https://gull.example/rss",
                "last_at": "2026-03-02T05:55:00.000Z",
                "last_ok_at": "2026-03-02T05:55:00.000Z",
                "last_status": 304,
                "next_at": "2026-03-02T06:05:00.000Z",
                "newest_at": "2026-03-02T03:00:00.000Z",
                "entries": 20,
                "unchanged": 3,
                "delay": {"first": 9, "links": 12, "p50": 0.0, "p95": 40.0},
                "distrusted_until": "2026-03-05T06:00:00.000Z",
                "moved_to": "https://gull.example/feed",
                "moved_times": 2,
            },
            {
                "kind": "api",
                "url": "https://gull.example/list",
                "key": "https://gull.example/list {}",
                "last_at": "2026-03-02T05:55:00.000Z",
                "last_ok_at": "2026-03-01T06:00:00.000Z",
                "last_status": 410,
                "last_error": "status 410",
                "gone_at": "2026-03-02T05:55:00.000Z",
            },
        ],
        "completeness": [
            {
                "week": "2026-W10",
                "seen": 12,
                "score": 0.9812,
                "low": 0.95,
                "high": 1.0,
                "why": "an upper limit",
                "pairs": [{"lists": "feed 10, api 11", "both": 9, "estimate": 12.2, "low": 12.0, "high": 13.1}],
            },
            {"week": "2026-W09", "seen": 1, "score": None, "why": "nothing to compare"},
        ],
        "gaps": [
            {
                "state": "closed",
                "from": "2026-03-01T01:00:00.000Z",
                "to": "2026-03-01T04:30:00.000Z",
                "endpoint": "feed https://gull.example/rss",
                "reason": "no entry in common",
                "opened_at": "2026-03-01T05:00:00.000Z",
                "found": 3,
                "deeper_pages": 1,
                "tries": 2,
                "next_try_at": "2026-03-02T07:00:00.000Z",
                "closed_at": "2026-03-01T06:00:00.000Z",
                "closed_by": "api https://gull.example/list",
                "because": "its list reaches back",
            }
        ],
        "templates": [
            {
                "id": 7,
                "state": "trusted",
                "container": "div.news",
                "learned_at": "2026-02-28T06:00:00.000Z",
                "ended_at": None,
                "pages": 12,
                "used": 40,
                "text": ["p"],
                "left_out": [],
                "title_without": ["The Gull"],
                "examples": ["https://gull.example/1", "https://gull.example/2"],
            },
            {"id": 6, "ended_at": "2026-02-28T06:00:00.000Z"},
        ],
        "polls": [
            {
                "started_at": "2026-03-02T05:55:00.000Z",
                "outcome": "partial",
                "requests": 3,
                "seen": 20,
                "new_links": 1,
                "stored": 1,
                "reason": "status 410",
            }
        ],
    }


def test_a_source_with_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, known()) == [
        "The [31mGull (gull, spider feed)  ▲ unsteady  every 10 min  https://gull.example",
        "    1 of 2 endpoints failed",
        "added 10 d ago, last good poll 5 min ago, last new piece 3 h ago, next poll in 5 min",
        "links: 1,234 done, 2 pending",
        "published → seen this week: p50 2 min, p95 1 h, 12 pieces",
        "what it shows for an address that does not exist:",
        "    status 200",
        "    title Not found",
        "■ moved, 1 d ago: it has moved",
        "    → write it down",
        "",
        "2 endpoints",
        "  feed    status 304, 20 entries, asked 5 min ago, newest 3 h ago, next in 5 min, 3 × not modified",
        "    https://gull.example/rss",
        "    told of 12 pieces this week, first of 9; p50 0 s, p95 40 s after the first",
        "    ▲ its word that nothing was modified is not believed; again in 3 d",
        "    ▲ moved to https://gull.example/feed (2 answers)",
        "  api     status 410, good 1 d ago, asked 5 min ago",
        "    https://gull.example/list {}",
        "    ▲ gone 5 min ago",
        "    ▲ status 410",
        "",
        "completeness by week",
        "  2026-W10  12 pieces seen, 98.1% at most (95.0% to 100.0%)",
        "    feed 10, api 11, in both 9: 12.2 in all (12 to 13.1)",
        "    an upper limit",
        "  2026-W09  1 piece seen, not known",
        "    nothing to compare",
        "",
        "gaps, in which pieces may be missing until they are closed",
        "  closed  2026-03-01 01:00Z – 2026-03-01 04:30Z  feed https://gull.example/rss",
        "    no entry in common (noticed 1 d ago)",
        "    3 found, 1 deeper page read, tried 2 ×, next try in 1 h, closed 1 d ago",
        "    closed by api https://gull.example/list",
        "    its list reaches back",
        "",
        "1 template learned from its pages, 1 ended",
        "  7  trusted  div.news  learned 2 d ago from 12 pages, used 40 ×",
        "    text: p",
        "    title without: The Gull",
        "    as in https://gull.example/1",
        "",
        "last polls",
        "  began      outcome  requests  seen  new  stored  reason",
        "  5 min ago  partial  3         20    1    1       status 410",
    ]


@pytest.mark.parametrize(
    ("changes", "shown"), [({"enabled": 0}, "· off"), ({"paused_at": "2026-03-01T06:00:00.000Z"}, "○ paused")]
)
def test_one_that_is_not_polled_has_no_next_poll(
    capsys: pytest.CaptureFixture[str], changes: dict[str, Any], shown: str
) -> None:
    found = lines(capsys, {**known(), **changes})
    assert shown in found[0]
    assert found[2] == "added 10 d ago, last good poll 5 min ago, last new piece 3 h ago"
