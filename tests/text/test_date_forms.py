"""The closed list of forms of dates, in the languages of the web's news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model.moment import Precision
from monitor.text.times.date_forms import split_date, split_numeric
from monitor.text.times.date_names import months_of, weekdays_of
from monitor.text.times.dates import parse_date

DAY = datetime(2026, 11, 24, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return DAY.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Tue Nov 24 10:00:00 2026", at(10)),
        ("2026. 11. 24. 10:00", at(10)),
        ("2026-11-24T10:00:00+03:00[Europe/Moscow]", at(7)),
        ("2026-11-24T10:00:00[Europe/Moscow]", at(7)),
        ("Tue Nov 24 10:00:00 +0300 2026", at(7)),
        ("Tue Nov 24 10:00:00 MSK 2026", at(7)),
        ("Вт, 24 ноя 2026 12:00:00 +0300", at(9)),
        ("mar., 24 nov. 2026 10:00:00 +0100", at(9)),
        ("Di, 24 Nov 2026 10:00:00 +0100", at(9)),
        ("Tue, 24 Nov 2026 10:00:00 Asia/Baku", at(6)),
        ("2026/11/24 10:00:00", at(10)),
        ("20261124T100000Z", at(10)),
        ("Tue,24Nov2026 10:00:00+0000", at(10)),
        ("Tuesday, 24-Nov-26 10:00:00 GMT", at(10)),
        ("24 ноября 2026 г., 10:00", at(10)),
        ("24. November 2026, 10.05 Uhr", at(10, 5)),
        ("10:00, 24 ноября 2026", at(10)),
        ("24 Kasım 2026 Salı 10:00", at(10)),
        ("2026年11月24日 10:00", at(10)),
        ("2026년 11월 24일 오후 7:00", at(10)),
        ("2026-11-24 오전 7:00", datetime(2026, 11, 23, 22, tzinfo=UTC)),
        ("Nov 24, 2026 at 10:00am", at(10)),
        ("November 24 2026 07:02:00 PM", at(19, 2)),
        ("24 Nov 2026 10h05", at(10, 5)),
        ("Tue, 24 Nov 2026 10:00 noon", at(10)),
        ("Thu Nov 24 2026 10:00:00 GMT+0000 (Coordinated Universal Time)", at(10)),
        ("10:00 24.11.2026", at(10)),
        ("2026-11-24T10:00:00-05:00Z", at(15)),
        ("Tue, 11/24/2026 - 10:00", at(10)),
        ("24/Nov/2026:10:00:00 +0000", at(10)),
        ("Tue, 24 Nov 2026 24:00:00 GMT", datetime(2026, 11, 25, tzinfo=UTC)),
        ("Tue, 24 11 2026 10:00:00 GMT", at(10)),
        ("Tue, 24 Nov 2026 10:00:60 GMT", datetime(2026, 11, 24, 10, 0, 59, tzinfo=UTC)),
        ("11/24/26 10:00", at(10)),
        ("Tue, 24 Nov 2026 10:00:00 XYZ", at(10)),
        ("2026 m. lapkričio 24 d. 10:00", at(10)),
        ("24 Tuesday, Nov 2026 10:00", at(10)),
        ("Tue, 24 Nov 202610:00:00 GMT", at(10)),
        ("2026-11-24T10Z", at(10)),
        ("2026-11-24T10:00:00 03:00", at(7)),
        ("24-NOV-2026 10.00.00 AM", at(10)),
        ("2026-11-24 10:00:00 +0000 UTC m=+0.001", at(10)),
        ("/Date(1795514400000)/", at(10)),
        ("\\/Date(1795514400000+0300)\\/", at(10)),
        ("Thứ ba, 24/11/2026, 10:00 (GMT+7)", at(3)),
        ("2026. november 24., kedd 10:00", at(10)),
        ("24. 11. 2026. u 10:00", at(10)),
        ("2026年11月24日(火) 10時00分", at(10)),
        ("2026년 11월 24일 19시 00분", at(10)),
        ("24 พฤศจิกายน พ.ศ. 2569 เวลา 10:00 น.", at(10)),
        ("\u200e24\u200e.\u200e11\u200e.\u200e2026 10:00", at(10)),
    ],
)
def test_times(raw: str, moment: datetime) -> None:
    found = parse_date(raw, carrier="feed")
    assert found is not None
    assert found.at == moment


@pytest.mark.parametrize(
    "raw",
    [
        "24 de noviembre de 2026",
        "Salı, 24 Kasım 2026",
        "24 noyabr 2026",
        "24 ნოემბერი, 2026",
        "24 tháng 11, 2026",
        "Вт, 24 листопада 2026",
        "wt., 24 listopada 2026",
        "2026. november 24.",
        "24 نوفمبر 2026",
        "۲۴ نوامبر ۲۰۲۶",
        "24 नवंबर 2026",
        "November 24th, 2026",
        "2026-328",
        "2026328",
        "24.11.26",
        "24 Nov, 2026",
        "24. studenoga 2026.",
        "24. новембар 2026.",
        "24 Նոյեմբեր, 2026թ.",
        "2026 ж. 24 қараша",
        "2026. gada 24. novembris",
        "24 تشرين الثاني 2026",
        "24 نونبر 2026",
        "24 בנובמבר 2026",
        "24 พฤศจิกายน 2569",
        "24 நவம்பர் 2026",
        "24 નવેમ્બર 2026",
        "24 နိုဝင်ဘာ 2026",
        "20261124",
        "1.1.2026",
    ],
)
def test_days(raw: str) -> None:
    found = parse_date(raw, carrier="feed")
    assert found is not None
    assert (found.at, found.precision) == (
        DAY if raw != "1.1.2026" else datetime(2026, 1, 1, tzinfo=UTC),
        Precision.DAY,
    )


@pytest.mark.parametrize(
    ("raw", "year", "month"), [("Nov. 2026", 2026, 11), ("-2611", 2026, 11), ("-26-11", 2026, 11), ("2003", 2003, 1)]
)
def test_months_and_past_years(raw: str, year: int, month: int) -> None:
    found = parse_date(raw, carrier="feed")
    assert found is not None
    assert (found.at, found.precision) == (datetime(year, month, 1, tzinfo=UTC), Precision.MONTH)


@pytest.mark.parametrize(
    "raw",
    [
        "0001-01-01T00:00:00Z",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "0000-00-00 00:00:00",
        "24 listopada 2026",
        "Sun, 16 Dec 2012 1:2:3:4 GMT",
        "Sun, 16 zzz 2012 11:47:32 GMT",
        "2003-12-31T10:14:61Z",
        "2013-01-27-01",
        "2013-01-28T11:30:00-06:00Textra",
        "9999-12-31T23:59:59-99:99",
        "2026",
        "2026-366",
        "03/04/2026",
        "x" * 121,
        "Fr, 99 listopada 2026",
        "Tue, 24 Nov 2100 24:00:00 GMT" * 5,
        "31 Dec 2100 24:00:00 -1400 and more",
    ],
)
def test_what_is_no_date(raw: str) -> None:
    assert parse_date(raw, carrier="feed") is None


def test_a_bare_year_on_a_page_is_a_number() -> None:
    assert parse_date("2003", carrier="meta") is None


def test_names_of_months_and_weekdays() -> None:
    assert months_of("Listopada") == {10, 11}
    assert months_of("ноя") == {11}
    assert months_of("no") == frozenset()
    assert weekdays_of("Thurs,") == {3}
    assert weekdays_of("di.") == {1, 6}


def test_parts() -> None:
    assert split_date("what") is None
    assert split_numeric("what") is None
