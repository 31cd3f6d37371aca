"""When reports are due, by the wall clocks of people."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.alerting.policy import Hold
from monitor.alerting.report_times import (
    find_last_report,
    find_next_report,
    format_report_time,
    parse_report_time,
    report_hold,
)
from monitor.model.alert import Policy, ReportTime

BERLIN = "Europe/Berlin"
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("daily 07:00", ReportTime(at=time(7)), "daily 07:00"),
        ("monday 07:30", ReportTime(at=time(7, 30), weekday=0), "monday 07:30"),
        (" Sunday  23:59 ", ReportTime(at=time(23, 59), weekday=6), "sunday 23:59"),
        ("DAILY 00:00", ReportTime(at=time(0)), "daily 00:00"),
    ],
)
def test_a_schedule_is_a_day_and_a_time(text: str, expected: ReportTime, written: str) -> None:
    assert parse_report_time(text) == expected
    assert format_report_time(expected) == written


@pytest.mark.parametrize("text", ["", "07:00", "daily", "daily 7:00", "daily 24:00", "daily 07:60", "mon 07:00", "x 1"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r'write a day and a time, as in "daily 07:00" or "monday 07:00"'):
        parse_report_time(text)


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "last", "following"),
    [
        ("daily 07:00", "UTC", "2026-03-02T06:59", "2026-03-01T07:00", "2026-03-02T07:00"),
        ("daily 07:00", "UTC", "2026-03-02T07:00", "2026-03-02T07:00", "2026-03-03T07:00"),
        ("daily 07:00", BERLIN, "2026-03-02T06:00", "2026-03-02T06:00", "2026-03-03T06:00"),
        # A Monday; the week between two reports, the last moment of it and the first.
        ("monday 07:00", "UTC", "2026-03-02T06:59", "2026-02-23T07:00", "2026-03-02T07:00"),
        ("monday 07:00", "UTC", "2026-03-02T07:00", "2026-03-02T07:00", "2026-03-09T07:00"),
        # Monday of the zone, though Sunday in Greenwich.
        ("monday 01:00", "Asia/Yerevan", "2026-03-01T20:59", "2026-02-22T21:00", "2026-03-01T21:00"),
        # Summer time begins in the night of 29 March: 02:30 does not exist and comes at 03:30, once.
        ("daily 02:30", BERLIN, "2026-03-28T12:00", "2026-03-28T01:30", "2026-03-29T01:30"),
        ("daily 02:30", BERLIN, "2026-03-29T01:30", "2026-03-29T01:30", "2026-03-30T00:30"),
        # It ends on 25 October: 02:30 is there twice and comes at the first.
        ("daily 02:30", BERLIN, "2026-10-24T12:00", "2026-10-24T00:30", "2026-10-25T00:30"),
        ("daily 02:30", BERLIN, "2026-10-25T01:30", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("sunday 02:30", BERLIN, "2026-10-25T01:00", "2026-10-25T00:30", "2026-11-01T01:30"),
        # A day that Samoa never had: Friday, 30 December 2011.
        ("daily 07:00", "Pacific/Apia", "2011-12-29T17:30", "2011-12-29T17:00", "2011-12-30T17:00"),
    ],
)
def test_a_report_is_due_once_a_day_or_week_by_the_clock_on_the_wall(
    schedule: str, zone: str, now: str, last: str, following: str
) -> None:
    when, moment = parse_report_time(schedule), at(now)
    assert (find_last_report(when, moment, zone), find_next_report(when, moment, zone)) == (at(last), at(following))
    assert find_last_report(when, at(following), zone) == at(following)


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("schedule", ["daily 02:15", "sunday 02:15"])
def test_a_year_has_one_for_every_day_or_week_in_order(zone: str, schedule: str) -> None:
    when, now, found = parse_report_time(schedule), at("2026-01-01T00:00"), []
    while now < at("2027-01-01T00:00"):
        now = find_next_report(when, now, zone)
        assert find_last_report(when, now + SECOND, zone) == now
        assert find_last_report(when, now - SECOND, zone) < now
        found.append(now)
    assert len(found) in ((365, 366, 367) if schedule.startswith("daily") else (52, 53))
    assert found == sorted(set(found))


def test_what_waits_for_a_report_says_which() -> None:
    policy = Policy(report=ReportTime(at=time(7)), zone=BERLIN)
    assert policy.report is not None
    assert report_hold(policy, policy.report, at("2026-03-02T12:00")) == Hold(
        kind="report", reason="it is for the report, daily 07:00 Europe/Berlin", until=at("2026-03-03T06:00")
    )
