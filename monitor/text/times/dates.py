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
from monitor.text.times.numeric_dates import decide_day_first

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OFFSETS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180,
    "msd": 240, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?"
)
_ZONE = r"(?:\s?(?P<offset>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?|(?:[A-Z]{1,4}(?![A-Za-z])))(?:\s\([^)]*\))?)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_AFTER = rf"(?:,?\s+(?:at\s+|[-–|]\s+)?{_CLOCK}{_ZONE})?"
_MONTH_NAME = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

_NTH_OF = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH_NAME}"

_UNIX = re.compile(r"(?P<seconds>\d{10})(?:\d{3})?(?:\.\d+)?")
_NUMERIC = re.compile(rf"{numeric_dates.DATE}{_AFTER}", re.I)
# Drupal's own form is US order everywhere; its weekday shows where a site has changed it (SOURCES.md).
_DRUPAL = re.compile(r"[a-z]{3}, \d{2}/\d{2}/\d{4} - \d{2}:\d{2}", re.I)
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})(?:-(?P<day>\d{{2}})(?:(?:T|\s+){_CLOCK}{_ZONE})?)?",  # ISO 8601
        rf"{_WEEKDAY}{_NTH_OF},?[\s-]+(?P<year>\d{{4}}|\d{{2}}(?= \d+:)){_AFTER}",  # RFC 822
        rf"{_WEEKDAY}{_MONTH_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_AFTER}",
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:,?\s+(?:[-–|]\s+)?{_CLOCK})?",  # day first
    )
)
_EARLIEST, _LATEST = 1990, 2100  # no outlet published on the web before; what says more is no date

SKEW = timedelta(minutes=10)  # how far an outlet's clock may run ahead of ours
_DAY_SKEW = timedelta(hours=14)  # the calendar is at most 14 h ahead of UTC (Kiribati)


def _instant(local: datetime, offset: str | None, zone: str | None) -> tuple[datetime, str]:
    """A naive local time in UTC, and how its offset was known; an unknown zone name counts as none."""
    if offset is not None:
        signed = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d{2})?", offset, re.I)
        minutes = _OFFSETS.get(offset.lower())
        if signed is not None:
            minutes = (int(signed[2]) * 60 + int(signed[3] or 0)) * (-1 if signed[1] == "-" else 1)
        if minutes is not None:
            return (local - timedelta(minutes=minutes)).replace(tzinfo=UTC), "offset"
    if zone is not None:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), "outlet"
    return local.replace(tzinfo=UTC), "assumed"


def _moment(part: dict[str, str | None], raw: str, carrier: str, zone: str | None) -> Moment:
    """What the named parts of a date say; ValueError where no calendar has it."""
    name, year = part.get("name"), int(part["year"] or 0)
    month = _MONTHS.index(name.lower()) + 1 if name else int(part["month"] or 0)
    if year < 100:  # RFC 2822, section 4.3
        year += 2000 if year < 50 else 1900
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(f"no outlet published in {year}")
    clock = (int(part.get("hour") or 0), int(part.get("minute") or 0), min(int(part.get("second") or 0), 59))
    offset = part.get("offset")
    if part.get("half"):
        clock = (clock[0] % 12 + (12 if str(part["half"]).lower() == "p" else 0), *clock[1:])
    local = datetime(year, month, int(part.get("day") or 1), *clock)  # noqa: DTZ001
    if offset is None and clock == (0, 0, 0):
        # Midnight without an offset is how content systems print a bare day; a day has no zone.
        precision = Precision.DAY if part.get("day") else Precision.MONTH
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

    Known: unix seconds or milliseconds, ISO 8601 with or without a time, RFC 822, month names in English, Drupal's
    `D, m/d/Y - H:i` (the weekday must fit), `D.M.YYYY H:MM`. `zone` is the outlet's IANA zone, used where the
    string has no offset; UTC is assumed without it. `day_first` is the outlet's order, for a numeric date that could
    be two; such a one is no date without it. Of day and month precision `at` is midnight UTC of the first.
    """
    raw = " ".join(str(value).split())
    if (stamp := _UNIX.fullmatch(raw)) is not None:
        at = datetime.fromtimestamp(int(stamp["seconds"]), UTC)
        return Moment(at=at, raw=raw, zone="unix", precision=Precision.SECOND, carrier=carrier)
    try:
        if (found := _NUMERIC.fullmatch(raw)) is not None:
            return _numeric(found.groupdict(), raw, carrier, zone, day_first)
        for form in _FORMS:
            if (found := form.fullmatch(raw)) is not None:
                return _moment(found.groupdict(), raw, carrier, zone)
    except ValueError:
        return None
    return None


def find_visible_date(text: str, *, carrier: str, zone: str | None = None) -> Moment | None:
    """The first date in Drupal's visible form that stands anywhere in `text`, None where there is none."""
    found = _DRUPAL.search(text)
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


def _same(one: Moment, other: Moment) -> bool:
    if Precision.MONTH in (one.precision, other.precision):
        return (one.at.year, one.at.month) == (other.at.year, other.at.month)
    apart = abs(one.at - other.at)
    if not (_exact(one) and _exact(other)):
        return apart <= _DAY_SKEW if one.precision is other.precision else apart <= timedelta(days=1) + _DAY_SKEW
    # Without an offset the same clock may mean any zone; outlets stamp one piece a few times within minutes.
    return apart <= (SKEW if has_known_time(one) and has_known_time(other) else _DAY_SKEW)


def _exact(moment: Moment) -> bool:
    return moment.precision in (Precision.SECOND, Precision.MINUTE)
