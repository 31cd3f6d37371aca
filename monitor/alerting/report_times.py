"""When a rule's report is due, by the wall clock of its zone; pure: it must not read a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting.policy import Hold
from monitor.model.alert import Policy, ReportTime

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REPORTED = "report"  # the kind of a hold
_DAILY = "daily"


def parse_report_time(text: str) -> ReportTime:
    """`daily 07:00` or `monday 07:00`; raises ValueError with the words for a person."""
    found = re.fullmatch(r"\s*([A-Za-z]+)\s+([0-9]{2}):([0-9]{2})\s*", text)
    day = found[1].lower() if found else ""
    if found is None or day not in (_DAILY, *WEEKDAYS) or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError('write a day and a time, as in "daily 07:00" or "monday 07:00"')
    at = time(int(found[2]), int(found[3]))
    return ReportTime(at=at, weekday=None if day == _DAILY else WEEKDAYS.index(day))


def format_report_time(when: ReportTime) -> str:
    """As config.toml writes it."""
    return f"{_DAILY if when.weekday is None else WEEKDAYS[when.weekday]} {when.at:%H:%M}"


def find_next_report(when: ReportTime, now: datetime, zone: str) -> datetime:
    """The first moment after `now` at which a report is due.

    A time that the clock skips in spring comes as much later as it skips; one that it shows twice comes once, the first
    time (PEP 495, fold=0).
    """
    return min(at for at in _moments(when, now, zone) if at > now)


def find_last_report(when: ReportTime, now: datetime, zone: str) -> datetime:
    """The latest moment up to `now` at which a report was due."""
    return max(at for at in _moments(when, now, zone) if at <= now)


def _moments(when: ReportTime, now: datetime, zone: str) -> Iterator[datetime]:
    """All of the nine days on either side of `now`: a week, and a day for zones and skipped hours."""
    clock = ZoneInfo(zone)
    today = now.astimezone(clock).date()
    for days in range(-9, 10):
        day = today + timedelta(days=days)
        if when.weekday is None or day.weekday() == when.weekday:
            yield datetime.combine(day, when.at, clock).astimezone(UTC)


def report_hold(policy: Policy, when: ReportTime, now: datetime) -> Hold:
    """The hold of what a rule is not told of at once, but in its report."""
    until = find_next_report(when, now, policy.zone)
    return Hold(kind=REPORTED, reason=f"it is for the report, {format_report_time(when)} {policy.zone}", until=until)
