from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.stamps import moment, moment_or_none, stamp, stamp_or_none

MOMENTS = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    first, second = stamp(one), stamp(other)
    assert len(first) == len(second) == 24
    assert (first < second) == (moment(first) < moment(second))


@given(MOMENTS)
def test_a_stamp_reads_back_to_the_millisecond(at: datetime) -> None:
    assert moment(stamp(at)) == at - timedelta(microseconds=at.microsecond % 1000)
    assert stamp(moment(stamp(at))) == stamp(at)


def test_other_zones_become_utc_and_naive_times_are_refused() -> None:
    baku = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=4)))
    assert stamp(baku) == "2026-03-02T06:00:00.000Z"
    with pytest.raises(ValueError, match="aware datetimes only"):
        stamp(datetime(2026, 3, 2))  # noqa: DTZ001


def test_nothing_stays_nothing() -> None:
    at = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert (stamp_or_none(None), moment_or_none(None)) == (None, None)
    assert (stamp_or_none(at), moment_or_none("2026-03-02T06:00:00.000Z")) == ("2026-03-02T06:00:00.000Z", at)
