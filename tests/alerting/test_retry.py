from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.outage import ChannelTrouble, FaultOwner
from monitor.alerting.retry import ALERT_LADDER, is_worn_out, judge_attempt, schedule_attempt
from monitor.backoff import parse_retry_after, read_requested_wait
from monitor.discovery.retry import (
    CUT_OFF_LADDER,
    FRESH_LADDER,
    LINK_LADDER,
    schedule_fetch,
    schedule_poll,
    schedule_rest,
)
from monitor.model.alert import AttemptVerdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MIDDLE = 0.5  # the jitter that moves nothing
units = st.floats(0, 1, exclude_max=True)


def seconds(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - NOW).total_seconds()


def test_the_ladder_is_the_specifications() -> None:
    delays = [seconds(schedule_attempt(number, NOW, MIDDLE)) for number in range(11)]
    assert delays == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, None]
    assert sum(ALERT_LADDER) == 75 * 3600 + 35 * 60 + 5


def test_ten_thousand_draws_stay_within_twenty_percent_and_use_the_whole_range() -> None:
    random = Random(11)
    for number in range(1, 10):
        drawn = [seconds(schedule_attempt(number, NOW, random.random())) for _ in range(10_000)]
        shares = [delay / ALERT_LADDER[number] for delay in drawn if delay is not None]
        assert len(shares) == 10_000
        assert 0.8 <= min(shares) < 0.801
        assert 1.199 < max(shares) <= 1.2
        assert abs(sum(shares) / len(shares) - 1) < 0.005


@given(st.integers(1, 12), units, st.floats(0, 40 * 86400))
def test_retry_after_is_never_undercut_and_never_shortens(number: int, jitter: float, asked: float) -> None:
    alone, told = schedule_attempt(number, NOW, jitter), schedule_attempt(number, NOW, jitter, asked)
    if alone is None:
        assert told is None
    else:
        assert told == max(alone, NOW + timedelta(seconds=asked))


@pytest.mark.parametrize(
    ("value", "expected"),
    {
        "120": 120.0,
        " 120 ": 120.0,
        "0": 0.0,
        "1.5": 1.5,
        "9" * 30: 30 * 86400.0,
        "9" * 400: 30 * 86400.0,
        "-5": None,
        "": None,
        "soon": None,
        "１２": None,
        "1e3": None,
        "Fri, 02 Jan 2026 03:05:05 GMT": 60.0,
        "Friday, 02-Jan-26 03:05:05 GMT": 60.0,
        "Fri Jan  2 03:05:05 2026": 60.0,
        "Fri, 02 Jan 2026 03:05:05 -0000": 60.0,
        "Fri, 02 Jan 2026 05:05:05 +0200": 60.0,
        "Fri, 02 Jan 2026 03:04:00 GMT": 0.0,
        "Thu, 01 Jan 1970 00:00:00 GMT": 0.0,
        "Fri, 31 Dec 9999 23:59:59 GMT": 30 * 86400.0,
        "Fri, 99 Jan 2026 03:05:05 GMT": None,
        "Fri, 02 Jan 2026 03:05:05 +9999": None,
    }.items(),
)
def test_retry_after_in_both_forms(value: str, expected: float | None) -> None:
    assert parse_retry_after(value, NOW) == expected


def test_retry_after_absent() -> None:
    assert parse_retry_after(None, NOW) is None


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d( [+-]\d{4})?"))
def test_any_header_gives_a_bounded_wait_or_none(value: str) -> None:
    found = parse_retry_after(value, NOW)
    assert found is None or 0 <= found <= 30 * 86400


def test_busy_answers_without_a_time_get_a_minute() -> None:
    found = {
        status: [read_requested_wait(status, header, NOW) for header in (None, "nonsense", "0", "5", "600")]
        for status in (429, 503, 500, None)
    }
    assert found == {
        429: [60.0, 60.0, 0.0, 5.0, 600.0],
        503: [60.0, 60.0, 0.0, 5.0, 600.0],
        500: [None, None, 0.0, 5.0, 600.0],
        None: [None, None, 0.0, 5.0, 600.0],
    }


def test_a_page_that_is_not_there_yet_is_tried_again_within_a_minute():
    delays = [seconds(schedule_fetch(attempts, NOW, MIDDLE, ladder=FRESH_LADDER)) for attempts in range(1, 6)]
    assert delays == [15, 30, 60, 300, None]


def test_a_page_that_broke_off_is_tried_again_at_once_and_as_long_as_any() -> None:
    delays = [seconds(schedule_fetch(attempts, NOW, MIDDLE, ladder=CUT_OFF_LADDER)) for attempts in range(1, 13)]
    assert delays == [15, 30, 60, 300, 1800, 7200, 21600, 43200, 86400, 86400, 86400, None]


def test_links_are_tried_ten_times_and_then_given_up() -> None:
    delays = [seconds(schedule_fetch(attempts, NOW, MIDDLE)) for attempts in range(1, 11)]
    assert delays == [60, 300, 1800, 7200, 21600, 43200, 86400, 86400, 86400, None]


@given(st.integers(1, 9), units, st.none() | st.floats(0, 30 * 86400))
def test_link_delays_are_jittered_and_obey_retry_after(attempts: int, jitter: float, asked: float | None) -> None:
    delay = seconds(schedule_fetch(attempts, NOW, jitter, asked))
    assert delay is not None
    ladder = LINK_LADDER[attempts - 1]
    assert max(0.8 * ladder, asked or 0.0) - 1e-6 <= delay <= max(1.2 * ladder, asked or 0.0) + 1e-6


def test_polls_keep_their_interval_through_one_failure_and_then_double_to_a_day() -> None:
    delays = [seconds(schedule_poll(NOW, 600, failures, None, MIDDLE)) for failures in (0, 1, 2, 3, 4, 8, 9, 50, 5000)]
    assert delays == [600, 600, 1200, 2400, 4800, 76800, 86400, 86400, 86400]


def test_an_interval_longer_than_a_day_is_kept() -> None:
    assert [seconds(schedule_poll(NOW, 200_000, failures, None, MIDDLE)) for failures in (0, 3)] == [200_000, 200_000]


def test_what_a_server_asks_lengthens_up_to_its_cap() -> None:
    waits = (None, 0, 60, 3600, 86400, 10**9)
    assert [seconds(schedule_poll(NOW, 600, 0, wait, MIDDLE)) for wait in waits] == [600, 600, 600, 3600, 86400, 86400]
    demands = (None, 0.0, 3600.0, 10 * 86400.0, 1e9)
    assert [seconds(schedule_poll(NOW, 600, 0, 60, MIDDLE, retry_after=demand)) for demand in demands] == [
        *(600, 600, 3600, 864_000, 2_592_000)
    ]


@given(
    st.integers(1, 10**6),
    st.integers(0, 10**4),
    st.none() | st.integers(0, 10**7),
    units,
    st.none() | st.floats(0, 1e8),
)
def test_polls_come_neither_too_soon_nor_never(
    every: int, failures: int, wait: int | None, jitter: float, demand: float | None
) -> None:
    delay = seconds(schedule_poll(NOW, every, failures, wait, jitter, retry_after=demand))
    assert delay is not None
    asked = max(min(wait or 0, 86400), min(demand or 0, 30 * 86400))
    assert delay >= max(60, 0.9 * every - 1e-6, asked - 1e-6)
    assert delay <= max(60, 1.1 * max(every, 86400), asked) + 1e-6


def after(
    number: int,
    status: int | None,
    *,
    error: str | None = None,
    header: str | None = None,
    fault: FaultOwner = FaultOwner.UNCLEAR,
    trouble: ChannelTrouble = ChannelTrouble(),  # noqa: B008  frozen
) -> AttemptVerdict:
    return judge_attempt(number, status, error, header, NOW, MIDDLE, trouble, fault)


def at(delay: float) -> datetime:
    return NOW + timedelta(seconds=delay)


def test_two_hundreds_and_nothing_else_deliver() -> None:
    delivered = AttemptVerdict(state="delivered")
    assert [status for status in range(100, 600) if after(1, status) == delivered] == list(range(200, 300))


OUT = ChannelTrouble(failures=6, failing_since=NOW - timedelta(minutes=30))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            after(1, 500),
            AttemptVerdict(state="pending", pause_until=at(5), failing=True, reason="the receiver answered 500"),
        ),
        (
            after(1, 301, fault=FaultOwner.CHANNEL, trouble=OUT),
            AttemptVerdict(state="pending", pause_until=at(570), failing=True, reason="the receiver answered 301"),
        ),
        (
            after(1, 500, trouble=ChannelTrouble(failures=7, failing_since=NOW - timedelta(hours=2))),
            AttemptVerdict(
                state="pending", pause_until=at(1950), failing=True, detour=True, reason="the receiver answered 500"
            ),
        ),
        (
            after(1, None, error="connection refused", fault=FaultOwner.CHANNEL, trouble=ChannelTrouble(failures=7)),
            AttemptVerdict(state="pending", pause_until=at(570), failing=True, reason="connection refused"),
        ),
        (  # an alert that failed while others passed, at a channel that works
            after(2, 500),
            AttemptVerdict(state="pending", next_at=at(300), reason="the receiver answered 500"),
        ),
        (
            after(2, None, error="connection refused", fault=FaultOwner.CHANNEL),
            AttemptVerdict(state="pending", pause_until=at(5), failing=True, reason="connection refused"),
        ),
        (
            after(1, 422, fault=FaultOwner.ALERT),
            AttemptVerdict(state="pending", next_at=at(5), reason="the receiver answered 422"),
        ),
        (  # a second message in a row that is refused
            after(1, 422, fault=FaultOwner.ALERT, trouble=ChannelTrouble(failures=1)),
            AttemptVerdict(
                state="pending", next_at=at(5), pause_until=at(11), failing=True, reason="the receiver answered 422"
            ),
        ),
        (
            after(3, 422, fault=FaultOwner.ALERT, trouble=ChannelTrouble(failures=1)),
            AttemptVerdict(state="pending", next_at=at(1800), reason="the receiver answered 422"),
        ),
        (
            after(3, 422, fault=FaultOwner.ALERT, trouble=OUT),
            AttemptVerdict(
                state="pending", next_at=at(1800), pause_until=at(570), failing=True, reason="the receiver answered 422"
            ),
        ),
        (
            after(1, 429, fault=FaultOwner.CHANNEL),
            AttemptVerdict(state="pending", pause_until=at(60), failing=True, reason="the receiver answered 429"),
        ),
        (
            after(1, 503, header="7200", fault=FaultOwner.CHANNEL),
            AttemptVerdict(state="pending", pause_until=at(7200), failing=True, reason="the receiver answered 503"),
        ),
        (
            after(3, 413, header="600", fault=FaultOwner.ALERT),
            AttemptVerdict(state="pending", next_at=at(1800), pause_until=at(600), reason="the receiver answered 413"),
        ),
        (
            after(1, 410, header="60"),
            AttemptVerdict(state="pending", disable=True, reason="410: the receiver is gone for good"),
        ),
        (after(10, 500), AttemptVerdict(state="dead", reason="the receiver answered 500")),
        (
            after(10, 422, header="60", fault=FaultOwner.ALERT),
            AttemptVerdict(state="dead", pause_until=at(60), reason="the receiver answered 422"),
        ),
    ],
)
def test_failures_lead_to_their_verdicts(found: AttemptVerdict, expected: AttemptVerdict) -> None:
    assert found == expected


@pytest.mark.parametrize(
    ("days", "failures", "expected"), [(5, 5, True), (4.99, 50, False), (30, 4, False), (30, 500, True)]
)
def test_a_channel_is_worn_out_after_five_days_and_five_failures(days: float, failures: int, expected: bool) -> None:
    assert is_worn_out(NOW - timedelta(days=days), failures, NOW) is expected


def test_the_rest_of_a_list_that_broke_off_is_asked_for_between_a_minute_and_its_interval():
    waits = [seconds(schedule_rest(NOW, 600, times, MIDDLE)) for times in (1, 2, 3, 4, 5, 99)]
    assert waits == [60, 60, 60, 300, 600, 600]
    assert seconds(schedule_rest(NOW, 30, 4, MIDDLE)) == 60
