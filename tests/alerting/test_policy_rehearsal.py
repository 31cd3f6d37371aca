"""A policy rehearsed on pieces of the past."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from monitor.alerting.intents import Rule
from monitor.alerting.policy import PolicyInput
from monitor.alerting.policy_rehearsal import EDITED, RETRACTED, PastEvent, Rehearsal, RehearsalDay
from monitor.model.alert import Policy, QuietWindow, ReportTime

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(
    number: int, at: datetime, *, story: int = 0, score: float = 0.9, copy_of: int | None = None, **more: Any
) -> PastEvent:
    piece = PolicyInput(source="tass", language="en", score=score)
    text, copy = copy_of or number, copy_of is not None
    return PastEvent(number=number, at=at, story=story or number, piece=piece, text=text, copy=copy, **more)


def run(policy: Policy, *events: PastEvent, per: str = "story", on: str = "new grew edit") -> list[RehearsalDay]:
    rule = Rule(
        name="desk", topics=frozenset({"t"}), channels=("hook",), per=per, on=frozenset(on.split()), policy=policy
    )
    return list(Rehearsal(rule, lambda past, told: past.title == "not so").run(events))


def test_without_limits_all_is_sent_but_copies_of_what_was() -> None:
    pieces = [past(1, MORNING), past(2, MORNING, copy_of=1), past(3, MORNING, copy_of=9), past(4, MORNING, story=1)]
    copy = Counter({"a copy of what alerted": 1})
    assert run(Policy(), *pieces) == [RehearsalDay(day="2026-03-02", matches=4, sent=2, grew=1, held=copy)]
    assert run(Policy(), *pieces, on="new") == [RehearsalDay(day="2026-03-02", matches=4, sent=3, held=copy)]
    # A copy of what nobody was told of speaks, and then the next one does not.
    assert run(Policy(), past(3, MORNING, copy_of=9), past(4, MORNING, copy_of=9)) == [
        RehearsalDay(day="2026-03-02", matches=2, sent=1, held=copy)
    ]
    assert run(Policy(), *pieces, per="article") == [RehearsalDay(day="2026-03-02", matches=4, sent=4)]


def test_what_is_unwanted_is_counted_by_its_reason() -> None:
    found = run(Policy(minimum=0.8), past(1, MORNING, score=0.7), past(2, MORNING))
    reason = "its score 0.70 is under the minimum 0.80 of this alert"
    assert [(day.sent, dict(day.held)) for day in found] == [(1, {reason: 1})]


def test_quiet_hours_become_a_digest_or_the_one_alert_there_was() -> None:
    night = Policy(quiet=QuietWindow(start=time(22), end=time(7)))
    evening = MORNING + 17 * HOUR
    two = run(night, past(1, evening), past(2, evening + HOUR))
    assert [(day.day, day.sent, day.digests, dict(day.waited)) for day in two] == [
        ("2026-03-02", 0, 0, {"quiet hours until 07:00 UTC": 1}),
        ("2026-03-03", 0, 1, {"quiet hours until 07:00 UTC": 1}),
    ]
    [first, second] = run(night, past(1, evening))
    assert (first.sent, second.sent, second.digests) == (0, 1, 0)
    # What was told in the digest alerts no second time by a copy, and grows its story.
    more = run(night, past(1, evening), past(2, evening), past(3, evening + 9 * HOUR, story=1))
    assert [(day.sent, day.grew) for day in more] == [(0, 0), (0, 1)]


def test_a_story_at_rest_goes_out_as_one_after_quiet_hours_and_within_the_budget() -> None:
    policy = Policy(cooldown=HOUR, quiet=QuietWindow(start=time(6, 30), end=time(9)))
    pieces = [past(number, MORNING + timedelta(minutes=number), story=1) for number in (0, 5, 9)]
    [day] = run(policy, *pieces)
    assert (day.sent, day.grew, day.digests) == (1, 1, 0)
    tight = Policy(cooldown=HOUR, budget=1)
    first, second = run(tight, *pieces)
    assert (first.sent, first.grew, first.digests) == (1, 0, 0)
    assert (second.day, second.sent, second.digests) == ("2026-03-03", 0, 1)


def test_a_rush_is_gathered() -> None:
    pieces = [past(number, MORNING + timedelta(seconds=number)) for number in range(5)]
    [day] = run(Policy(per_minute=2), *pieces)
    assert (day.sent, day.digests, dict(day.waited)) == (2, 1, {"more than 2 a minute": 3})


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert [day.day for day in run(Policy(zone="Asia/Yerevan"), past(1, late))] == ["2026-03-03"]


def test_edits_and_retractions_are_told_noted_or_wait_like_pieces() -> None:
    events = [
        past(1, MORNING),
        past(1, MORNING + timedelta(minutes=5), event=EDITED, noted="no edit of substance: minor"),
        past(1, MORNING + timedelta(minutes=9), event=EDITED),
        past(1, MORNING + timedelta(minutes=10), event=RETRACTED),
    ]
    noted = Counter({"no edit of substance: minor": 1})
    assert run(Policy(), *events) == [
        RehearsalDay(day="2026-03-02", matches=1, edits=3, sent=1, edited=1, retracted=1, held=noted)
    ]
    # An edit goes out as it is when the rest of its story is over, or with the retraction of its piece.
    wait = Counter({"this story alerted less than 1h ago": 1})
    assert run(Policy(cooldown=HOUR), *events) == [
        RehearsalDay(day="2026-03-02", matches=1, edits=3, sent=1, edited=1, retracted=1, held=noted, waited=wait)
    ]


def test_a_retraction_takes_edits_out_of_their_rest_and_first_alerts_not() -> None:
    edit, gone = past(1, MORNING + timedelta(minutes=5), event=EDITED), past(1, MORNING + HOUR, event=RETRACTED)
    [day] = run(Policy(cooldown=24 * HOUR), past(1, MORNING), edit, gone)  # else both would be told on the next day
    assert (day.sent, day.edited, day.retracted) == (1, 1, 1)
    night = Policy(cooldown=24 * HOUR, quiet=QuietWindow(start=time(6, 30), end=time(9)))
    [day] = run(night, past(1, MORNING), edit, gone)
    assert (day.sent, day.edited, day.retracted, day.digests) == (1, 0, 0, 1)
    [day] = run(replace(night, cooldown=2 * HOUR), past(1, MORNING), edit, gone)  # its rest ends before the night
    assert (day.edited, day.retracted, day.digests) == (1, 1, 0)
    story = (past(2, MORNING, story=1), past(1, MORNING + timedelta(minutes=1)), replace(gone, story=1))
    days = run(Policy(cooldown=24 * HOUR), *story)
    assert [(day.sent, day.grew, day.retracted) for day in days] == [(1, 0, 0), (0, 1, 1)]


def test_a_headline_that_reverses_an_earlier_one_is_a_piece_of_its_own_and_breaks_the_rest() -> None:
    events = [past(1, MORNING), past(2, MORNING + timedelta(minutes=5), story=1, title="not so")]
    assert run(Policy(cooldown=HOUR), *events) == [RehearsalDay(day="2026-03-02", matches=2, sent=2)]


def test_what_is_for_a_report_waits_and_every_report_is_counted() -> None:
    policy = Policy(report=ReportTime(at=time(7)))
    found = run(
        policy,
        past(1, MORNING, later=True),
        past(2, MORNING + 26 * HOUR, copy_of=1),
        past(3, MORNING + 27 * HOUR),
        on="",
    )
    assert [(day.day, day.sent, day.reports, dict(day.waited), dict(day.held)) for day in found] == [
        ("2026-03-02", 0, 1, {"it is for the report": 1}, {}),
        ("2026-03-03", 1, 1, {}, {"a copy of what alerted": 1}),
        ("2026-03-04", 0, 1, {}, {}),
    ]
    assert [day.reports for day in run(Policy(report=ReportTime(at=time(7), weekday=2)), past(1, MORNING))] == [0, 1]


def test_what_follows_an_earlier_alert_waits_on_where_that_finds_the_budget_spent() -> None:
    found = run(
        Policy(cooldown=HOUR, budget=2),
        past(2, MORNING, story=1),
        past(1, MORNING + timedelta(minutes=5)),
        past(1, MORNING + timedelta(minutes=10), event=RETRACTED),
        past(3, MORNING + timedelta(minutes=20)),
        on="new edit retracted",
    )
    assert [(day.day, day.sent, day.retracted) for day in found] == [("2026-03-02", 2, 0), ("2026-03-03", 1, 1)]
