"""Reads the dates that outlets print, in known formats only; it must never guess an order of day and month.

Numeric dates are read where their form, their weekday or the outlet's history decides (text/times/numeric_dates.py):
ISO 8601, Drupal's `D, m/d/Y - H:i` (htmldate takes its "Sat, 03/04/2023 - 08:34" for April 3rd), day first with full
stops. "03/04/2023" alone is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.model.moment import Moment, Precision
from monitor.text.times import numeric_dates
from monitor.text.times.date_forms import split_date, split_numeric
from monitor.text.times.numeric_dates import decide_day_first
from monitor.text.times.time_zones import to_utc

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?"
)
_ZONE = r"(?:\s?(?P<offset>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?|(?:[A-Z]{1,4}(?![A-Za-z])))(?:\s\([^)]*\))?)?"
_AFTER = rf"(?:,?\s+(?:at\s+|[-–|]\s+)?{_CLOCK}{_ZONE})?"

_UNIX = re.compile(r"(?P<seconds>\d{10})(?:\d{3})?(?:\.\d+)?")
_ASP_NET = re.compile(r"\\?/Date\((\d{10})\d{3}(?:[-+]\d{4})?\)\\?/")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # of direction and joining: browsers print them
# What is written otherwise than it is read: Levantine and Kurdish months of two words, the Buddhist era's name, a plus
# that was taken for a blank, a zone in brackets, weekdays of two words, the clock reading behind Go's dates.
_SPELLINGS = tuple(
    (re.compile(form, re.I), spelling)
    for form, spelling in (
        (r"(تشرين|كانون|تشرینی|کانوونی)\s(?=\w)", r"\1-"),
        (r"พ\.ศ\.\s?", ""),
        (r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)$", r"\1+\2"),
        (r"(:\d\d) \(((?:GMT|UTC)[-+]\d{1,2}(?::?\d\d)?)\)$", r"\1 \2"),
        (r"^(?:thứ \w+|chủ nhật),? ", ""),
        (r" m=[-+][\d.]+$", ""),
    )
)
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST = 543  # years by which Thailand's calendar is ahead
_NUMERIC = re.compile(rf"{numeric_dates.DATE}{_AFTER}", re.I)  # inside a text
# Drupal's own form is US order everywhere; its weekday shows where a site has changed it (SOURCES.md).
_DRUPAL = re.compile(r"[a-z]{3}, \d{2}/\d{2}/\d{4} - \d{2}:\d{2}", re.I)
_DRUPAL_DAY = re.compile(r", \d{2}/\d{2}/\d{4} - \d{2}:\d{2}")  # to look for a comma is ten times as fast
_KOREAN = re.compile(r"[년월일]|오전|오후")
_LONGEST = 120  # characters of a date; the longest form with its zone in words has 80
_PRESENT = 2026  # the year of this rule: a bare year is believed where it lies before
_EARLIEST, _LATEST = 1990, 2100  # no outlet published on the web before; what says more is no date

_MIDNIGHT = re.compile(r"(?:T|\s|^)00:00(?::00(?:\.0+)?)?(?:\s?(?:[A-Z]{1,4}|[+-]\d{2}:?\d{2}))?(?:\s\(.*\))?$", re.I)

SKEW = timedelta(minutes=10)  # how far an outlet's clock may run ahead of ours
LISTED_LATE = timedelta(hours=2)
_DAY_SKEW = timedelta(hours=14)  # the calendar is at most 14 h ahead of UTC (Kiribati)


def _instant(local: datetime, offset: str | None, zone: str | None) -> tuple[datetime, str]:
    """A naive local time in UTC, and how its offset was known; an unknown zone name counts as none."""
    if offset is not None and (at := to_utc(local, offset)) is not None:
        return at, "offset"
    if zone is not None:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), "outlet"
    return local.replace(tzinfo=UTC), "assumed"


def _moment(part: dict[str, str | None], raw: str, carrier: str, zone: str | None) -> Moment:
    """What the parts of a date say; ValueError where no calendar has it, OverflowError beyond its end."""
    stated = str(part["year"]).strip("-")
    year = int(stated)
    if len(stated) == 2:  # RFC 2822, section 4.3; four digits mean what they say: 0001 is what an unset date prints
        year += 2000 if year < 50 else 1900
    if _THAI.search(raw) and year > _LATEST:
        year -= _BUDDHIST
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(f"no outlet published in {year}")
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    offset = part.get("offset")
    if part.get("half"):
        hour = hour % 12 + (12 if str(part["half"]).lower() == "p" else 0)
    later = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta(0)  # ISO 8601: the day's end
    if part.get("ordinal"):
        day = datetime(year, 1, 1) + timedelta(days=int(str(part["ordinal"])) - 1)  # noqa: DTZ001
        if day.year != year:
            raise ValueError(f"{year} has no day {part['ordinal']}")
    else:
        day = datetime(year, int(part["month"] or 0), int(part.get("day") or 1))  # noqa: DTZ001
    local = day.replace(hour=hour % 24 if later else hour, minute=minute, second=min(second, 59))
    if second > 60:
        raise ValueError(f"no minute has a second {second}")
    local += later
    if offset is None and (hour, minute, second) == (0, 0, 0):
        # Midnight without an offset is how content systems print a bare day; a day has no zone.
        known_day = part.get("day") or part.get("ordinal")
        precision = Precision.DAY if known_day else Precision.MONTH
        return Moment(at=local.replace(tzinfo=UTC), raw=raw, zone="assumed", precision=precision, carrier=carrier)
    at, known = _instant(local, offset, zone)
    precision = Precision.MINUTE if part.get("second") is None else Precision.SECOND
    return Moment(at=at, raw=raw, zone=known, precision=precision, carrier=carrier)


def _numeric(
    part: dict[str, str | None], raw: str, carrier: str, zone: str | None, habit: bool | None
) -> Moment | None:
    one, two, year = (int(part[name] or 0) for name in ("one", "two", "year"))
    first = decide_day_first(one, two, year, part["weekday"])
    if first is None:
        first = False if habit is None and _DRUPAL.fullmatch(raw) else habit
    if first is None:
        return None
    day, month = (one, two) if first else (two, one)
    return _moment({**part, "day": str(day), "month": str(month)}, raw, carrier, zone)


def parse_date(
    value: str | int | float, *, carrier: str, zone: str | None = None, day_first: bool | None = None
) -> Moment | None:
    """The moment that `value` names, None where it is in no known format or names no real time.

    Known: unix seconds or milliseconds and the forms of `date_forms`: ISO 8601, RFC 822, asctime, month names in the
    languages of the web's news, Drupal's `D, m/d/Y - H:i` (the weekday must fit), `D.M.YYYY H:MM`. `zone` is the
    outlet's IANA zone, used where the string has no offset; UTC is assumed without it. `day_first` is the outlet's
    order, for a numeric date that could be two; such a one is no date without it. Of day and month precision `at` is
    midnight UTC of the first.
    """
    raw = " ".join(_MARKS.sub("", str(value).strip()[: _LONGEST + 1]).split())
    if (stamp := _UNIX.fullmatch(raw) or _ASP_NET.fullmatch(raw)) is not None:
        at = datetime.fromtimestamp(int(stamp[1]), UTC)
        return Moment(at=at, raw=raw, zone="unix", precision=Precision.SECOND, carrier=carrier)
    if len(raw) > _LONGEST:
        return None
    try:
        read = raw
        for form, spelling in _SPELLINGS:
            read = form.sub(spelling, read, count=1)
        if (numbers := split_numeric(read)) is not None:
            return _numeric(numbers, raw, carrier, zone, day_first)
        part = split_date(read) or _bare_year(raw, carrier)
        return None if part is None else _moment(part, raw, carrier, zone or _spoken(raw))
    except (ValueError, OverflowError):
        return None


def _bare_year(raw: str, carrier: str) -> dict[str, str | None] | None:
    """A year alone, as W3C's profile of ISO 8601 allows it in feeds and sitemaps: of a past one it says "long ago".

    Of the present year it would make news old, so it is no date then; nor is a number on a page.
    """
    if carrier not in ("feed", "sitemap") or not re.fullmatch(r"\d{4}", raw) or int(raw) >= _PRESENT:
        return None
    return {"year": raw, "month": "1"}


def _spoken(raw: str) -> str | None:
    """The one country whose clock a date's own words show; Korean is printed in one zone."""
    return "Asia/Seoul" if _KOREAN.search(raw) else None


def find_visible_date(text: str, *, carrier: str, zone: str | None = None) -> Moment | None:
    """The first date in Drupal's visible form that stands anywhere in `text`, None where there is none."""
    found = _DRUPAL.search(text) if _DRUPAL_DAY.search(text) is not None else None
    return None if found is None else parse_date(found[0], carrier=carrier, zone=zone)


def parse_printed_date(text: str, *, zone: str | None = None, day_first: bool | None = None) -> Moment | None:
    """The numeric date in a short text that is there to print one ("Updated 03/04/2023 08:34"); carrier "text"."""
    found = _NUMERIC.search(text)
    return None if found is None else parse_date(found[0], carrier="text", zone=zone, day_first=day_first)


def is_plausible(moment: Moment, seen: datetime) -> bool:
    """Whether a piece first seen at `seen` can have been published then: not after it, some skew allowed.

    Ten minutes for a time of day; 14 h for a bare day or month, which may have begun east of UTC.
    """
    return moment.at <= seen + (SKEW if _exact(moment) else _DAY_SKEW)


def is_surely_before(moment: Moment, when: datetime) -> bool:
    """Whether what `moment` names lies before `when` however it is meant: the end of a bare day or month, in any zone.

    Two hours are allowed to a time of day: outlets list a piece that late.
    """
    if moment.precision is Precision.MONTH:
        return moment.at + timedelta(days=31) + _DAY_SKEW < when
    if moment.precision is Precision.DAY:
        return moment.at + timedelta(days=1) + _DAY_SKEW < when
    return moment.at + (LISTED_LATE if has_known_time(moment) else _DAY_SKEW) < when


def choose_date(moments: Iterable[Moment | None], seen: datetime) -> Moment | None:
    """The most exact of several carriers' dates, given in the order in which they are trusted.

    The first plausible one decides the day. Where it has no time of day, or no known offset, a later carrier that
    has both and lies near it (a day and 14 h of zones; 14 h of zones) takes its place. None where nothing is
    plausible.
    """
    known = [moment for moment in moments if moment is not None and is_plausible(moment, seen)]
    if not known:
        return None
    first = known[0]
    if has_known_time(first):
        return first
    reach = _DAY_SKEW if _exact(first) else timedelta(days=1) + _DAY_SKEW
    near = (m for m in known if _exact(m) and m.zone != "assumed" and abs(m.at - first.at) <= reach)
    exact = (m for m in known if _exact(m) and abs(m.at - first.at) <= reach)
    return next(near, next(exact, first))


def has_known_time(moment: Moment) -> bool:
    """Whether a moment has a time of day whose offset is known, so that no other carrier can make it more exact."""
    return _exact(moment) and moment.zone != "assumed"


def find_conflicts(chosen: Moment, others: Iterable[Moment | None]) -> tuple[Moment, ...]:
    """Those of other carriers' dates that cannot be the same as `chosen`, each value once.

    A bare day says nothing of the hour, so it conflicts with a time of day only from more than a day and 14 h of
    zones away; a month only where it is another one.
    """
    found: dict[tuple[str, datetime], Moment] = {}
    for other in others:
        if other is not None and not _same(chosen, other):
            found.setdefault((other.carrier, other.at), other)
    return tuple(found.values())


def precedes_date(one: Moment, other: Moment) -> bool:
    """Whether `one` lies before `other` beyond what clocks and zones explain."""
    return one.at < other.at and not _same(one, other)


def _same(one: Moment, other: Moment) -> bool:
    if Precision.MONTH in (one.precision, other.precision):
        return (one.at.year, one.at.month) == (other.at.year, other.at.month)
    apart = abs(one.at - other.at)
    if not (_exact(one) and _exact(other)):
        return apart <= _DAY_SKEW if one.precision is other.precision else apart <= timedelta(days=1) + _DAY_SKEW
    # Without an offset the same clock may mean any zone; outlets stamp one piece a few times within minutes.
    return apart <= (SKEW if has_known_time(one) and has_known_time(other) else _DAY_SKEW)


def _exact(moment: Moment) -> bool:
    """Whether a moment says the time of day: midnight is how content systems write a bare day, with an offset too."""
    return moment.precision in (Precision.SECOND, Precision.MINUTE) and _MIDNIGHT.search(moment.raw) is None
