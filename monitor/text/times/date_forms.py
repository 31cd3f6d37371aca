"""The closed list of forms in which outlets print dates, as regular expressions; it must not guess day and month.

Sources: ISO 8601, RFC 822/2822/850, asctime (RFC 9110, 5.6.7), the forms in the tests of feedparser and Miniflux, and
those of content systems (Drupal). Two numbers that may each be the month are left to `numeric` dates.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from monitor.text.times.date_names import months_of, weekdays_of

# Hours and minutes may be joined by a colon, a full stop ("10.05 Uhr") or an h ("10h05").
_CLOCK = (
    r"(?:(?P<korean>오전|오후)\s?)?(?P<hour>\d{1,2})"
    r"(?:(?:[:.h]|[時时点시]\s?)(?P<minute>\d{1,2})[分분]?(?:[:.](?P<second>\d{1,2})(?:[.,]\d{1,9})?)?|(?=\s?[ap]\.?m))"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?:\s(?:uhr|h|hrs|น\.?))?"
)
_ZONE = (
    r"(?:\s?:?(?P<offset>(?:UTC|GMT|UT|[A-Z]{3,4})?\s?[-+−]{1,2}\d{1,2}(?::?\d{2}){0,2}Z?"
    r"|Etc/GMT[+-]\d{1,2}|[A-Z]+(?:/[A-Z]+(?:[_-][A-Z]+)*){1,2}|[A-Z]{1,5}(?![A-Z])))?(?:\[(?P<java>[A-Z/_+-]{3,40})\])?(?:\s(?:\([^()]{0,40}\)|[A-Z]{2,5}))?"
)
_BETWEEN = (
    r"(?:[,\s:]\s?(?:at\s|um\s|à\s|в\s|às\s|kl\.?\s|klo\s|ore\s|a las\s|o\s|u\s|เวลา\s|[-–|·]\s)?"
    r"|T|(?<=\d{4})(?=\d\d:))"
)
# A bare day may be followed by a zone only after a blank: "2026-11-24-01" is no date.
_AFTER = rf"(?:{_BETWEEN}{_CLOCK}{_ZONE}|(?:\s(?P<alone>UTC|GMT|[A-Z]{{3,4}}|[-+]\d{{4}}))?)"
_WORD = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0eff\u1000-\u109f\u1780-\u17ff'’׳-])*\.?"
_WEEKDAY = rf"(?:(?P<weekday>{_WORD})(?:\s?,\s?|\s))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(?P<year>\d{4})"
_SHORT = r"(?P<year>\d{4}|\d{2}(?!\d|[:.h]))"
_OF = r"(?:\sde\s|\sd['’]|\sof\s|[\s,./-]{1,3}|(?<=\d)|(?<=[^\W\d_]))"
_NAME = rf"(?P<name>{_WORD})"
_END = r"(?:\s?(?:г|р|год|года|року|år|d|թ)\.?|\.)?"

_FORMS = (
    # 2026-11-24, 2026/11/24, 2026.11.24, with or without weekday and time; "2003-012-31" had Google's extra zero
    rf"{_WEEKDAY}(?P<year>\d{{4}})(?P<mark>[-/]|\.\s?)0?(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})\.?{_AFTER}",
    r"(?P<year>\d{4})-(?P<month>\d{2})",
    rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})T(?P<hour>\d{{2}}){_ZONE}",
    # ISO 8601 without marks
    (
        rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})"
        rf"(?:T?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?(?:[.,]\d{{1,9}})?{_ZONE})?"
    ),
    # Chinese, Japanese, Korean, Vietnamese
    (
        rf"(?P<year>\d{{4}})\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일]"
        rf"(?:\s?(?!오전|오후)\(?[^\W\d]{{1,3}}\)?)?(?:\s?{_CLOCK}{_ZONE})?"
    ),
    rf"{_WEEKDAY}(?:ngày\s)?(?P<day>\d{{1,2}})\s(?:tháng|thg)\s(?P<month>\d{{1,2}}),?\s(?:năm\s)?{_YEAR}{_AFTER}",
    # 24 November 2026, 24. Nov 26, 24-Nov-2026, 24 de noviembre de 2026
    rf"{_WEEKDAY}{_DAY}{_OF}{_NAME}{_OF}{_SHORT}{_END}{_AFTER}",
    rf"{_DAY}{_OF}{_NAME}{_OF}{_YEAR},?\s(?P<weekday>{_WORD}){_AFTER}",
    rf"{_CLOCK}{_ZONE},?\s{_WEEKDAY}{_DAY}{_OF}{_NAME}{_OF}{_YEAR}{_END}",
    rf"(?P<day>\d{{1,2}})\s(?P<weekday>{_WORD}),\s{_NAME}\s{_YEAR}{_AFTER}",
    # November 24, 2026; Nov 24 2026
    rf"{_WEEKDAY}{_NAME}{_OF}{_DAY},?\s?{_YEAR}{_AFTER}",
    # asctime, with or without a zone before or after the year
    rf"{_WEEKDAY}{_NAME}\s(?P<day>\d{{1,2}})\s{_CLOCK}(?:\s(?P<before>[-+]\d{{2}}:?\d{{2}}|[A-Z]{{2,5}}))?\s{_YEAR}{_ZONE}",
    # 2026 November 24, 2026-július-13, 2026. november 24., 2026 m. lapkričio 24 d.
    rf"(?P<year>\d{{4}})(?:\.?\s(?:m\.\s|gada\s)?|-){_NAME}[\s-](?P<day>\d{{1,2}})\.?(?:\sd\.|,\s(?P<weekday>{_WORD}))?{_AFTER}",
    # 2026 ж. 24 қараша, 2026. gada 24. novembris
    rf"(?P<year>\d{{4}})(?:[\s-](?:ж\.|жыл\w*)|\.?\sgada),?\s(?P<day>\d{{1,2}})(?:\.\s|[\s-]){_NAME}{_AFTER}",
    rf"{_NAME},?\s{_YEAR}",
    # ISO 8601, truncated: -26-11, -2611; year and day of the year
    r"-(?P<year>\d{2})-?(?P<month>\d{2})",
    r"(?P<year>\d{4})-?(?P<ordinal>[0-3]\d{2})",
    # day first with full stops, everywhere
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}|\d{{2}}(?!\d)){_END}{_AFTER}",
    rf"{_CLOCK},?\s(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}{_ZONE}",
)


# Two numbers and a year, of which either may be the month; by blanks only where a weekday can decide.
_NUMERIC = re.compile(
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s)?(?P<one>\d{1,2})(?P<mark>[/-]|(?<=,\s\d\d)\s)"
    rf"(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}}(?!\d)){_AFTER}",
    re.I,
)


@cache
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.I) for form in _FORMS)


def split_numeric(raw: str) -> dict[str, str | None] | None:
    """The parts of a date whose month may be either of two numbers: one, two, year, weekday and those of the clock."""
    found = _NUMERIC.fullmatch(raw)
    return None if found is None else found.groupdict()


def split_date(raw: str) -> dict[str, str | None] | None:
    """The parts of a date on one line with single blanks: year, month, day, hour, minute, second, half, offset.

    Each is text, None or absent where it was not printed; "month" is a number also where a name stood. None where the
    date is in no known form, or its month may be two and no weekday decides.
    """
    for form in _compiled():
        if (found := form.fullmatch(raw)) is None:
            continue
        part: dict[str, str | None] = found.groupdict()
        part["offset"] = part.get("before") or part.get("offset") or part.get("java") or part.get("alone")
        if part.get("korean") is not None:
            part["half"] = "a" if part["korean"] == "오전" else "p"
        name = part.get("name")
        if name is None:
            return part
        month = _month(name, part)
        if month is not None:
            return {**part, "month": str(month)}
    return None


def _month(name: str, part: dict[str, str | None]) -> int | None:
    """The month that a name stands for; where two languages disagree, the one in which the weekday fits."""
    months = months_of(name)
    if len(months) > 1 and part.get("weekday"):
        weekdays = weekdays_of(str(part["weekday"]))
        months = frozenset(month for month in months if _weekday(part, month) in weekdays)
    return next(iter(months)) if len(months) == 1 else None


def _weekday(part: dict[str, str | None], month: int) -> int | None:
    try:
        return date(int(part["year"] or 0), month, int(part["day"] or 0)).weekday()
    except ValueError:
        return None
