"""Numeric dates ("03/04/2023"), of which only the outlet knows whether the day stands first; it must not guess.

Neither language nor country decides: British papers have American editions, and Drupal prints US order everywhere. A
weekday or a number over twelve proves the order of one date, the same piece's date by another carrier proves it too,
and an outlet whose dates proved one order often enough is taken to keep it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# To be used with re.I. Full stops are left out: dates with them are day first everywhere.
DATE = (
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    r"(?P<one>\d{1,2})(?P<mark>[/-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})"
)
_FOUND = re.compile(rf"(?<![\d/-]){DATE}(?![\d/-])", re.I)
_LEAST = 3  # proofs before an outlet's order is believed
_SHARE = 0.9  # of them that must agree: a page may carry a foreign agency's date


def decide_day_first(one: int, two: int, year: int, weekday: str | None) -> bool | None:
    """Whether the first number is the day, None where either may be; ValueError where neither order is a date.

    `weekday` is the English name or its beginning, where one stands in front.
    """
    fits = {first for first, day in _readings(one, two, year) if weekday is None or _falls(day, weekday)}
    if not fits:
        raise ValueError(f"{one}/{two}/{year} is no date in either order")
    return fits.pop() if len(fits) == 1 or one == two else None


def has_numeric_date(text: str) -> bool:
    """Whether a numeric date stands in `text`."""
    return _FOUND.search(text) is not None


def prove_day_order(text: str, published: date | None = None) -> bool | None:
    """What the first numeric date in `text` proves of its outlet's order: True for day first, None for nothing.

    `published` is the piece's day by another carrier; zones may shift it by one.
    """
    found = _FOUND.search(text)
    if found is None or found["one"] == found["two"]:
        return None
    one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
    try:
        proven = decide_day_first(one, two, year, found["weekday"])
    except ValueError:
        return None
    if proven is not None or published is None:
        return proven
    near = [first for first, day in _readings(one, two, year) if abs(day - published) <= timedelta(days=1)]
    return near[0] if len(near) == 1 else None


def infer_day_order(day: int, month: int) -> bool | None:
    """Whether an outlet puts the day first, of so many dates that proved day first and month first; None: unknown."""
    most = max(day, month)
    return day > month if most >= _LEAST and most >= _SHARE * (day + month) else None


def _readings(one: int, two: int, year: int) -> list[tuple[bool, date]]:
    found = []
    for first, day, month in ((True, one, two), (False, two, one)):
        try:
            found.append((first, date(year, month, day)))
        except ValueError:
            continue
    return found


def _falls(day: date, weekday: str) -> bool:
    return _DAYS[day.weekday()] == weekday[:3].lower()
