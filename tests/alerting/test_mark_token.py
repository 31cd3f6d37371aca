"""A token says what it was signed for, until it ends, and nothing else is a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.mark_token import KEY_BYTES, LENGTH, MarkClaim, Verdict, sign_token, verify_token

KEY = bytes(range(KEY_BYTES))
ALERT = "msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR"
END = datetime(2026, 4, 2, 3, 4, 5, tzinfo=UTC)
BEFORE = END - timedelta(seconds=1)

ALERTS = st.text("09AZaz", min_size=27, max_size=27).map("msg_".__add__)
VERDICTS = st.sampled_from(get_args(Verdict))
TIMES = st.integers(1, 10**11).map(lambda number: datetime.fromtimestamp(number, UTC))
KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


def test_the_form_is_the_one_in_messages_already_sent() -> None:
    assert (
        sign_token(ALERT, "irrelevant", END, KEY) == f"i.1775099045.{ALERT}.Dwq9VIU2YjdtyIMo9HdkGTMxN6vphYkLdUmTGDGZBNY"
    )


@given(ALERTS, VERDICTS, TIMES, KEYS, st.integers(1, 10**6))
def test_a_token_says_what_it_was_signed_for_until_it_ends(
    alert: str, verdict: Verdict, end: datetime, key: bytes, early: int
) -> None:
    token = sign_token(alert, verdict, end, key)
    assert verify_token(token, key, end - timedelta(seconds=early)) == MarkClaim(alert=alert, verdict=verdict)
    assert verify_token(token, key, end) == "expired"
    assert len(token) <= LENGTH


@given(st.data())
def test_no_letter_can_be_changed(data: st.DataObject) -> None:
    token = sign_token(ALERT, "relevant", END, KEY)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("rimsgAZaz059-_. \n/é\x00").filter(lambda one: one != token[at]))
    assert verify_token(token[:at] + letter + token[at + 1 :], KEY, BEFORE) in ("forged", "malformed")


@given(KEYS.filter(lambda key: key != KEY), TIMES)
def test_another_key_signs_for_nobody_and_what_is_forged_is_never_called_expired(key: bytes, now: datetime) -> None:
    assert verify_token(sign_token(ALERT, "relevant", END, key), KEY, now) == "forged"


@given(st.text(max_size=120))
def test_other_text_is_malformed(text: str) -> None:
    assert verify_token(text, KEY, BEFORE) == "malformed"


@pytest.mark.parametrize("change", ["", " ", "\n", ".", "A"])
def test_nothing_may_stand_around_a_token(change: str) -> None:
    token = sign_token(ALERT, "relevant", END, KEY)
    assert verify_token(token + change, KEY, BEFORE) == (
        "malformed" if change else MarkClaim(alert=ALERT, verdict="relevant")
    )
