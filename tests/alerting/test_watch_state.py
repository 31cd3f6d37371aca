"""One truth about what is wrong: problems, states and undelivered alerts in one list and one sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.alerting.watch_state import (
    ChannelCondition,
    OpenProblem,
    SourceState,
    WatchFault,
    WatchState,
    describe_watch,
)

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)


def source(name: str = "tass", state: str = "ok", reason: str | None = None) -> SourceState:
    return SourceState(name=name, title=name.upper(), state=state, reason=reason)


def channel(name: str = "desk", state: str = "ok", **more: Any) -> ChannelCondition:
    return ChannelCondition(name=name, state=state, **{"reason": None, "since": None, **more})


def problem(kind: str, subject: str, detail: str = "it happened", cure: str = "mend it") -> OpenProblem:
    return OpenProblem(kind=kind, subject=subject, detail=detail, cure=cure, since=AT)


def described(**given: Any) -> WatchState:
    usual: dict[str, Any] = {"running": True, "simulated": False, "sources": (), "channels": (), "problems": ()}
    return describe_watch(**{**usual, **given})


def test_all_is_well() -> None:
    assert described(sources=(source(),), channels=(channel(),)) == WatchState(
        level="good", sentence="All sources answer and no alert is overdue", faults=()
    )


def test_of_sources_that_were_not_polled_nothing_is_known() -> None:
    fresh = (source("gull", "new"), source("tern", "new"))
    assert described(sources=fresh).sentence == "No source was polled yet"
    assert (
        described(sources=(*fresh, source())).sentence
        == "1 of 3 sources polled so far, none fails, and no alert is overdue"
    )


def test_nothing_is_watched_yet() -> None:
    assert described().sentence == "No source is watched yet"


def test_a_monitor_that_stands_still_comes_first_unless_it_was_a_simulation() -> None:
    stopped = WatchFault(
        level="bad", subject="the monitor", said="is not running: nothing is watched", cure="seedwatch run"
    )
    assert described(running=False, sources=(source(),)) == WatchState(
        level="bad", sentence="The monitor is not running", faults=(stopped,)
    )
    assert described(running=False, simulated=True, sources=(source(),)).faults == ()


def test_a_problem_of_a_source_covers_its_state() -> None:
    found = described(
        sources=(source(state="failing", reason="403"), source("other")),
        problems=(problem("source", "tass", "403 Forbidden on 9 polls", "seedwatch explain tass"),),
    )
    assert found == WatchState(
        level="bad",
        sentence="1 of 2 sources is failing",
        faults=(
            WatchFault(
                level="bad",
                subject="tass",
                said="403 Forbidden on 9 polls",
                cure="seedwatch explain tass",
                since=AT,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("state", "reason", "level", "said", "sentence"),
    [
        ("failing", "refused", "bad", "refused", "2 of 2 sources are failing"),
        ("blocked", None, "bad", "blocked", "2 of 2 sources are failing"),
        ("silent", None, "warn", "silent", "2 things need a look"),
    ],
)
def test_a_state_without_a_problem_is_told_by_itself(
    state: str, reason: str | None, level: str, said: str, sentence: str
) -> None:
    found = described(sources=(source("a", state, reason), source("b", state, reason)))
    assert [(one.level, one.said, one.cure) for one in found.faults] == [
        (level, said, "seedwatch explain a"),
        (level, said, "seedwatch explain b"),
    ]
    assert found.sentence == sentence


def test_a_failing_channel_is_never_under_no_open_problems() -> None:
    found = described(
        sources=(source(),),
        channels=(channel(state="failing", reason="it answered 502", since=AT, waiting=4, oldest=AT), channel("b")),
    )
    assert found == WatchState(
        level="bad",
        sentence="1 of 2 channels is failing, 4 alerts not delivered",
        faults=(
            WatchFault(
                level="bad",
                subject="desk",
                said="failing: it answered 502",
                cure="seedwatch test-alert desk",
                since=AT,
            ),
            WatchFault(
                level="warn",
                subject="desk",
                said="alerts not delivered: 4 waiting after a failed attempt",
                cure="seedwatch alerts list --state pending",
                since=AT,
            ),
        ),
    )


def test_two_failing_channels_and_an_alert_given_up() -> None:
    found = described(
        sources=(source(),),
        channels=(channel("a", "failing"), channel("b", "disabled", dead=1)),
        problems=(problem("channel-disabled", "b"),),
    )
    assert found.sentence == "2 of 2 channels are failing, 1 alert not delivered"
    assert [(one.level, one.subject, one.said) for one in found.faults] == [
        ("bad", "b", "channel-disabled: it happened"),
        ("bad", "a", "failing: the last attempt failed"),
        ("bad", "b", "alerts not delivered: 1 given up"),
    ]


@pytest.mark.parametrize(
    ("kind", "level"),
    [("channel-disabled", "bad"), ("dead-letter", "bad"), ("database-not-writable", "bad"), ("clock", "warn")],
)
def test_what_is_given_up_or_stands_still_is_bad(kind: str, level: str) -> None:
    assert described(sources=(source(),), problems=(problem(kind, "it"),)).level == level


def test_what_needs_a_look_only_is_counted() -> None:
    found = described(sources=(source(),), problems=(problem("gap", "tass feed"),))
    assert (found.level, found.sentence) == ("warn", "1 thing needs a look")
