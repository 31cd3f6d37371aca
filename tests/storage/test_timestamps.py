from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

MOMENTS = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    first, second = format_stamp(one), format_stamp(other)
    assert len(first) == len(second) == 24
    assert (first < second) == (parse_stamp(first) < parse_stamp(second))


@given(MOMENTS)
def test_a_stamp_reads_back_to_the_millisecond(at: datetime) -> None:
    assert parse_stamp(format_stamp(at)) == at - timedelta(microseconds=at.microsecond % 1000)
    assert format_stamp(parse_stamp(format_stamp(at))) == format_stamp(at)


def test_other_zones_become_utc_and_naive_times_are_refused() -> None:
    baku = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=4)))
    assert format_stamp(baku) == "2026-03-02T06:00:00.000Z"
    with pytest.raises(ValueError, match="aware datetimes only"):
        format_stamp(datetime(2026, 3, 2))  # noqa: DTZ001


def test_nothing_stays_nothing() -> None:
    at = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert (format_optional_stamp(None), parse_optional_stamp(None)) == (None, None)
    assert (format_optional_stamp(at), parse_optional_stamp("2026-03-02T06:00:00.000Z")) == (
        "2026-03-02T06:00:00.000Z",
        at,
    )
