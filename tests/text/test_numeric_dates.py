"""Numeric dates: proved by a weekday, a number over twelve, another carrier or the outlet's habit; never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.times.numeric_dates import decide_day_first, has_numeric_date, infer_day_order, prove_day_order

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "published", "proof"),
    [
        ("13/04/2023", None, True),
        ("04/13/2023 08:00", None, False),
        ("Updated 13-04-2023", None, True),
        ("Sat, 03/04/2023 - 08:34", None, False),
        ("Monday 03/04/2023", None, True),
        ("Sun 03/04/2023", None, None),
        ("Tue 09/05/2000", None, None),
        ("03/04/2023", None, None),
        ("03/04/2023", date(2023, 4, 3), True),
        ("03/04/2023", date(2023, 3, 5), False),
        ("03/04/2023", date(2023, 9, 9), None),
        ("04/04/2023", date(2023, 4, 4), None),
        ("31/31/2023", date(2023, 4, 4), None),
        ("2023/04/13", None, None),
        ("1/2/3/13/04/2023", None, None),
        ("13/04-2023", None, None),
        ("no date", None, None),
    ],
)
def test_proofs(text: str, published: date | None, proof: bool | None) -> None:
    assert prove_day_order(text, published) is proof


def test_within() -> None:
    assert (has_numeric_date("on 3/4/2023 in the morning"), has_numeric_date("on 3.4.2023")) == (True, False)


@pytest.mark.parametrize(
    ("day", "month", "habit"), [(0, 0, None), (2, 0, None), (3, 0, True), (0, 3, False), (9, 1, True), (8, 2, None)]
)
def test_an_outlets_habit(day: int, month: int, habit: bool | None) -> None:
    assert infer_day_order(day, month) is habit


@given(DAYS)
def test_a_date_and_its_weekday_are_never_read_in_an_order_in_which_they_do_not_agree(day: date) -> None:
    proof = prove_day_order(f"{day:%A} {day:%d/%m/%Y}")
    assert proof in (True, None)
    assert proof is True or decide_day_first(day.day, day.month, day.year, None) is None or day.day == day.month


@given(DAYS, st.booleans())
def test_both_orders_are_told_apart_by_the_day_itself(day: date, first: bool) -> None:
    text = f"{day:%d/%m/%Y}" if first else f"{day:%m/%d/%Y}"
    assert prove_day_order(text, day) in (first, None)
