from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.poll_interval import (
    choose_poll_interval,
    choose_sitemap_rest,
    failure_weight,
    is_permanent_move,
    next_open_hour,
    parse_freshness,
    propose_poll_interval,
)

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday
DAY = 86_400


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, 0.25), (304, 0.5), (429, 0.5), (500, 0.5), (503, 0.5), (200, 1.0), (403, 1.0), (404, 1.0), (410, 1.0)],
)
def test_a_refusal_weighs_more_than_a_breakdown_and_silence_least(status: int | None, expected: float) -> None:
    assert failure_weight(status) == expected


def test_the_interval_holds_for_two_weeks_without_news_and_then_doubles_by_the_day() -> None:
    days = (0, 13.9, 14, 15, 16, 21, 22, 400)
    assert [round(choose_poll_interval(600, timedelta(days=day))) for day in days] == [
        *(600, 600),
        *(1_200, 2_400, 4_800, 86_400, 86_400, 86_400),
    ]
    assert choose_poll_interval(200_000, timedelta(days=100)) == 200_000


def test_a_sitemap_rests_by_its_length_where_no_other_list_is_asked_often_enough() -> None:
    rests = {
        elsewhere: [choose_sitemap_rest(entries, breaks_news_elsewhere=elsewhere) for entries in (0, 50, 5_000, 50_000)]
        for elsewhere in (True, False, None)
    }
    assert rests == {True: [3600, 3600, 3600, 3600], False: [0, 5, 500, 3600], None: [0, 0, 0, 0]}


@pytest.mark.row("R12")
@given(st.floats(60, 200_000), st.timedeltas(timedelta(0), timedelta(days=9999)))
def test_an_interval_is_never_under_its_own_nor_over_a_day(every: float, dearth: timedelta) -> None:
    assert every <= choose_poll_interval(every, dearth) <= max(every, DAY)


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [
        ((), None),
        ((0, 60), None),
        ((0, 60, 60), None),  # two pieces of one minute are no pace
        ((-10, -20, -30, 5), None),  # the future says nothing
        ((0, 1, 2, 3, 40), 300),
        (tuple(range(0, 80, 8)), 300),
        (tuple(range(0, 40, 4)), 120),  # a piece in four minutes
        (tuple(range(0, 10, 1)), 120),  # never faster
        ((0, 30, 60, 90, 120), 900),
        ((0, 40, 80), 900),  # half of it were twenty minutes, and three polls in the list's window 27
        ((0, 600, 1_200, 1_800), 3_600),
        ((*range(0, 2_000, 200), 90_000), 3_600),  # an old piece that stays says nothing of the pace
    ],
)
def test_the_interval_proposed_is_half_the_outlets_own_pace(minutes: tuple[int, ...], seconds: int | None) -> None:
    assert propose_poll_interval([NOW - timedelta(minutes=n) for n in minutes], NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=900"}, 900),
        ({"cache-control": 'max-age="900"', "age": "300"}, 600),
        ({"cache-control": "max-age=900", "age": "1000"}, 0),
        ({"cache-control": "max-age=900", "age": "old"}, 900),
        ({"cache-control": "s-maxage=900"}, None),
        ({"cache-control": "max-age=900, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=9999999"}, DAY),
        ({"cache-control": "max-age=60", "expires": "Mon, 02 Mar 2026 09:00:00 GMT"}, 60),
        ({"expires": "Mon, 02 Mar 2026 06:10:00 GMT"}, 600),
        ({"expires": "Mon, 02 Mar 2026 06:10:00 GMT", "date": "Mon, 02 Mar 2026 06:05:00 GMT"}, 300),
        ({"expires": "Mon, 02 Mar 2026 05:00:00 -0000"}, 0),
        ({"expires": "-1"}, None),
        ({"expires": ""}, None),
        ({"expires": "Mon, 02 Mar 99999999999 06:10:00 GMT"}, None),
    ],
)
def test_how_long_an_answer_calls_itself_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_freshness(headers, NOW) == seconds


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_any_header_gives_a_bounded_life_or_none(control: str, expires: str, age: str) -> None:
    life = parse_freshness({"cache-control": control, "expires": expires, "age": age}, NOW)
    assert life is None or 0 <= life <= DAY


def test_closed_hours_are_waited_out() -> None:
    assert next_open_hour(NOW, frozenset()) == NOW
    assert next_open_hour(NOW, frozenset({5, 7})) == NOW
    assert next_open_hour(NOW + timedelta(minutes=20), frozenset({6, 7})) == NOW + timedelta(hours=2)
    assert next_open_hour(NOW + timedelta(days=6, hours=17), frozenset({167, 0})) == NOW + timedelta(days=6, hours=19)
    assert next_open_hour(NOW, frozenset(range(6, 100))) == NOW + timedelta(days=1)  # no longer than a day
    assert next_open_hour(NOW, frozenset(range(168))) == NOW


@given(st.integers(0, 10**7), st.frozensets(st.integers(0, 167)))
def test_what_opens_is_open_or_a_day_away(seconds: int, closed: frozenset[int]) -> None:
    at = NOW + timedelta(seconds=seconds)
    moment = next_open_hour(at, closed)
    assert at <= moment <= at + timedelta(days=1)
    if moment not in (at, at + timedelta(days=1)):
        assert moment.weekday() * 24 + moment.hour not in closed


@pytest.mark.parametrize(("times", "hours", "expected"), [(3, 24, True), (2, 48, False), (300, 23.9, False)])
def test_a_move_is_believed_after_three_polls_over_a_day(times: int, hours: float, expected: bool) -> None:
    assert is_permanent_move(times, NOW, NOW + timedelta(hours=hours)) is expected
