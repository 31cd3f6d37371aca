"""Dates as outlets print them: what is known is read exactly, what is ambiguous is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.moment import Moment, Precision
from monitor.text.times.dates import (
    choose_date,
    find_conflicts,
    find_visible_date,
    is_plausible,
    is_surely_before,
    parse_date,
    parse_printed_date,
    precedes_date,
)

SEEN = datetime(2026, 10, 1, 12, tzinfo=UTC)
S, M, D = Precision.SECOND, Precision.MINUTE, Precision.DAY


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("raw", "expected", "zone", "precision"),
    [
        ("2025-08-23T06:34:08+00:00", at(2025, 8, 23, 6, 34, 8), "offset", S),
        ("2025-08-23T06:34:08.000Z", at(2025, 8, 23, 6, 34, 8), "offset", S),
        ("2020-06-29T00:16:15+03:00", at(2020, 6, 28, 21, 16, 15), "offset", S),
        ("2024-02-28T22:54:57.4860000-05:00", at(2024, 2, 29, 3, 54, 57), "offset", S),
        ("2024-02-28 22:54 +0530", at(2024, 2, 28, 17, 24), "offset", M),
        ("2024-02-28T22:54:60", at(2024, 2, 28, 19, 54, 59), "outlet", S),
        ("2024-02-28 22:54", at(2024, 2, 28, 19, 54), "outlet", M),
        ("2024-02-28T22:54 XYZ", at(2024, 2, 28, 19, 54), "outlet", M),
        ("2024-02-28", at(2024, 2, 28), "assumed", D),
        ("2024-02-28T00:00:00", at(2024, 2, 28), "assumed", D),
        ("2024-02-28T00:00:00Z", at(2024, 2, 28), "offset", S),
        ("2024-02", at(2024, 2, 1), "assumed", Precision.MONTH),
        ("Sat, 23 Aug 2025 06:34:08 +0000", at(2025, 8, 23, 6, 34, 8), "offset", S),
        ("Sat, 23 Aug 25 06:34 GMT", at(2025, 8, 23, 6, 34), "offset", M),
        ("23 Aug 99 06:34 MSK", at(1999, 8, 23, 3, 34), "offset", M),
        ("23rd August 2025", at(2025, 8, 23), "assumed", D),
        ("August 10, 2014, 17:05 UTC+3", at(2014, 8, 10, 14, 5), "offset", M),
        ("March 5, 2024 at 12:07 a.m. EST", at(2024, 3, 5, 5, 7), "offset", M),
        ("March 5, 2024 3:07 PM", at(2024, 3, 5, 12, 7), "outlet", M),
        ("Wed Mar 06 2024 19:30:57 GMT+0000 (Some Standard Time)", at(2024, 3, 6, 19, 30, 57), "offset", S),
        ("Sat, 03/04/2023 - 08:34", at(2023, 3, 4, 5, 34), "outlet", M),
        ("Mon, 03/04/2023 - 08:34", at(2023, 4, 3, 5, 34), "outlet", M),
        ("Fri, 13/10/2023 - 08:34", at(2023, 10, 13, 5, 34), "outlet", M),
        ("12.1.2021 14:00", at(2021, 1, 12, 11), "outlet", M),
        ("12.01.2021", at(2021, 1, 12), "assumed", D),
        ("1593378975", at(2020, 6, 28, 21, 16, 15), "unix", S),
        ("1593378975000", at(2020, 6, 28, 21, 16, 15), "unix", S),
    ],
)
def test_known_formats(raw: str, expected: datetime, zone: str, precision: Precision) -> None:
    moment = parse_date(f" {raw}\n", carrier="meta", zone="Europe/Moscow")
    assert moment == Moment(at=expected, raw=raw, zone=zone, precision=precision, carrier="meta")


def test_numbers_are_unix_times() -> None:
    assert parse_date(1593378975, carrier="api") == parse_date("1593378975", carrier="api")
    moment = parse_date(1593378975.25, carrier="api")
    assert moment is not None
    assert moment.at == at(2020, 6, 28, 21, 16, 15)


def test_without_an_outlet_zone_utc_is_assumed_and_said() -> None:
    moment = parse_date("2024-02-28 22:54", carrier="meta")
    assert moment == Moment(
        at=at(2024, 2, 28, 22, 54), raw="2024-02-28 22:54", zone="assumed", precision=M, carrier="meta"
    )


def test_daylight_saving_is_the_outlets() -> None:
    winter = parse_date("Sat, 03/04/2023 - 08:34", carrier="text", zone="Europe/Brussels")
    summer = parse_date("Sat, 08/23/2025 - 08:34", carrier="text", zone="Europe/Brussels")
    assert winter is not None
    assert summer is not None
    assert (winter.at, summer.at) == (at(2023, 3, 4, 7, 34), at(2025, 8, 23, 6, 34))


@pytest.mark.parametrize(
    "raw",
    [
        "", "03/04/2023", "3/4/23 10:00", "Tue, 03/04/2023 - 08:34", "Sat, 13/32/2023 - 08:34", "2024-13-01",
        "2024-02-30", "31.02.2024", "1066-10-14", "2999-01-01", "2024-02-28T25:00", "yesterday", "12345",
        "April 8", "2024",
    ],
)  # fmt: skip
def test_what_is_unknown_or_unreal_is_none(raw: str) -> None:
    assert parse_date(raw, carrier="meta") is None


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2100, 12, 30)), st.integers(-12 * 60, 14 * 60))  # noqa: DTZ001
def test_iso_with_an_offset_is_read_exactly(local: datetime, minutes: int) -> None:
    local = local.replace(microsecond=0)
    sign = "-" if minutes < 0 else "+"
    raw = f"{local:%Y-%m-%dT%H:%M:%S}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    moment = parse_date(raw, carrier="json-ld", zone="Asia/Baku")
    assert moment is not None
    assert moment.at == local.replace(tzinfo=UTC) - timedelta(minutes=minutes)


@given(st.dates(min_value=datetime(1990, 1, 1).date(), max_value=datetime(2100, 12, 31).date()))  # noqa: DTZ001
def test_drupals_weekday_always_decides_in_us_order(day: object) -> None:
    moment = parse_date(f"{day:%a}, {day:%m/%d/%Y} - 10:00", carrier="text")
    assert moment is not None
    assert moment.at.date() == day


@given(st.text(alphabet="0123456789-:/., TZ+ap۹AugSat", max_size=30))
def test_any_text_is_answered(text: str) -> None:
    moment = parse_date(text, carrier="meta", zone="Europe/Moscow")
    assert moment is None or moment.at.tzinfo is UTC


def test_find_reads_drupals_visible_date_inside_a_text() -> None:
    moment = find_visible_date("By ann2020 Sat, 03/04/2023 - 08:34 The council", carrier="text", zone="Europe/Brussels")
    assert moment == Moment(
        at=at(2023, 3, 4, 7, 34), raw="Sat, 03/04/2023 - 08:34", zone="outlet", precision=M, carrier="text"
    )
    assert find_visible_date("on 03/04/2023 the council", carrier="text") is None


def made(when: datetime, *, precision: Precision = S, zone: str = "offset", carrier: str = "json-ld") -> Moment:
    return Moment(at=when, raw="", zone=zone, precision=precision, carrier=carrier)


def test_a_date_after_first_seen_is_not_plausible_but_for_skew() -> None:
    cases = [
        (made(SEEN + timedelta(minutes=10)), True),
        (made(SEEN + timedelta(minutes=11)), False),
        (made(at(2026, 10, 2), precision=D), True),
        (made(at(2026, 10, 3), precision=D), False),
    ]
    assert [is_plausible(moment, SEEN) for moment, _ in cases] == [expected for _, expected in cases]


def test_best_takes_the_first_plausible() -> None:
    future, first, second = made(at(2027, 1, 1)), made(at(2026, 9, 1)), made(at(2026, 9, 2))
    assert choose_date([None, future, first, second], SEEN) == first
    assert choose_date([None, future], SEEN) is None
    assert choose_date([], SEEN) is None


def test_best_lends_the_time_of_day_and_the_offset_of_a_near_carrier() -> None:
    day = made(at(2026, 9, 1), precision=D, zone="assumed")
    assumed = made(at(2026, 9, 1, 15, 44), precision=M, zone="assumed", carrier="meta")
    exact = made(at(2026, 9, 1, 13, 44, 29), carrier="unix")
    far = made(at(2026, 9, 5, 13), carrier="unix")
    assert choose_date([day, assumed, exact], SEEN) == exact
    assert choose_date([assumed, exact], SEEN) == exact
    assert choose_date([day, assumed], SEEN) == assumed
    assert choose_date([assumed, far], SEEN) == assumed
    assert choose_date([day, far], SEEN) == day


@pytest.mark.parametrize(
    ("raw", "habit", "expected"),
    [
        ("03/04/2023 08:34", True, at(2023, 4, 3, 8, 34)),
        ("03/04/2023 08:34", False, at(2023, 3, 4, 8, 34)),
        ("03/04/2023", None, None),
        ("13/04/2023", False, at(2023, 4, 13)),
        ("Sat, 03/04/2023 8:34 pm", True, at(2023, 3, 4, 20, 34)),
        ("Tue, 09/05/2000 - 10:00", None, at(2000, 9, 5, 10)),
        ("Tue, 09/05/2000 - 10:00", True, at(2000, 5, 9, 10)),
        ("Tue 09/05/2000", None, None),
        ("31/31/2023", True, None),
        ("Sun, 03/04/2023", True, None),
    ],
)
def test_numeric_dates_follow_the_outlets_habit(raw: str, habit: bool | None, expected: datetime | None) -> None:
    moment = parse_date(raw, carrier="text", day_first=habit)
    assert (moment.at if moment else None) == expected


def test_what_prints_a_date_among_few_words() -> None:
    moment = parse_printed_date("Updated 13/04/2023 at 08:34", zone="Europe/Moscow")
    assert moment is not None
    assert (moment.at, moment.raw, moment.carrier) == (at(2023, 4, 13, 5, 34), "13/04/2023 at 08:34", "text")
    assert parse_printed_date("Updated today") is None


def test_dates_that_cannot_be_the_same_are_conflicts() -> None:
    noon = made(at(2026, 5, 4, 12))
    near, far = made(at(2026, 5, 4, 12, 9)), made(at(2026, 5, 4, 12, 11), carrier="meta")
    local = made(at(2026, 5, 5, 1), zone="assumed", carrier="meta")
    day, other_day = made(at(2026, 5, 5), precision=D), made(at(2026, 5, 7), precision=D)
    month, other_month = (
        made(at(2026, 5, 1), precision=Precision.MONTH),
        made(at(2026, 6, 1), precision=Precision.MONTH),
    )
    others = (noon, near, far, far, local, day, other_day, month, other_month, None)
    assert find_conflicts(noon, others) == (far, other_day, other_month)
    assert find_conflicts(day, (other_day, made(at(2026, 5, 4), precision=D))) == (
        other_day,
        made(at(2026, 5, 4), precision=D),
    )


@pytest.mark.parametrize(
    ("raw", "hours", "before"),
    [
        ("2026-03-02T06:00:00Z", 1, False), ("2026-03-02T06:00:00Z", 3, True), ("2026-03-02T06:00:00", 13, False),
        ("2026-03-02T06:00:00", 15, True), ("2026-03-02", 37, False), ("2026-03-02", 39, True), ("2026-03", 700, False),
        ("2026-03", 800, True),
    ],
)  # fmt: skip
def test_what_lies_surely_before(raw: str, hours: int, before: bool) -> None:
    found = parse_date(raw, carrier="meta")
    assert found is not None
    assert is_surely_before(found, found.at + timedelta(hours=hours)) is before


@pytest.mark.parametrize(
    ("raw", "expected", "precision"),
    [
        ("20261112T084000Z", at(2026, 11, 12, 8, 40), S),
        ("20261112", at(2026, 11, 12), D),
        ("2026/11/12 09:40:00", at(2026, 11, 12, 9, 40), S),
        ("12.11.2026, 09:40 Uhr", at(2026, 11, 12, 9, 40), M),
        ("12 Nov 2026 12:40 AZT", at(2026, 11, 12, 8, 40), M),
        ("12. November 2026 um 09:40 Uhr", at(2026, 11, 12, 9, 40), M),
        ("12 de noviembre de 2026", at(2026, 11, 12), D),
        ("12 ноября 2026, 11:40 MSK", at(2026, 11, 12, 8, 40), M),
        ("Donnerstag, 12. März 2026", at(2026, 3, 12), D),
        ("12 Kasım 2026 11:40 TRT", at(2026, 11, 12, 8, 40), M),
        ("2026年11月12日 17:40 JST", at(2026, 11, 12, 8, 40), M),
        ("2026년 11월 12일", at(2026, 11, 12), D),
        ("0001-01-01T00:00:00Z", None, S),
        ("2026", None, D),
    ],
)
def test_forms_of_other_systems_and_languages(raw: str, expected: datetime | None, precision: Precision) -> None:
    found = parse_date(raw, carrier="meta")
    assert (None if found is None else (found.at, found.precision)) == (
        None if expected is None else (expected, precision)
    )


def test_what_lies_before_beyond_clocks_and_zones() -> None:
    one, other = parse_date("2026-11-12T08:40:00Z", carrier="meta"), parse_date("2026-11-12T09:40:00Z", carrier="meta")
    day = parse_date("2026-11-12", carrier="meta")
    assert one is not None
    assert other is not None
    assert day is not None
    assert [precedes_date(one, other), precedes_date(other, one), precedes_date(day, one)] == [True, False, False]
