"""When to try again: the ladders for alerts, sources and links, and what a receiver's answer leads to.

Pure: `now` and a unit random number (0 ≤ jitter < 1) come in; it must not read a clock, sleep or draw chance.
All delays are seconds; all moments aware UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model.alert import AttemptVerdict

DAY = 86_400.0

# Delay before each attempt of an alert: the example schedule of the Standard Webhooks specification ("Retry
# schedule"), 75 h 35 m in all. Ten attempts, then the dead letter.
ALERT_LADDER = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
# Delay before each further fetch of a link that failed: quick at first, because a fresh address is often a cache
# that lags behind its feed; then three days, because an outlet that is down comes back within days or not at all.
LINK_LADDER = (60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 43_200.0, 86_400.0, 86_400.0, 86_400.0)

LADDER_JITTER = 0.2  # Svix: ±20 %, so that what failed together does not come back together
POLL_JITTER = 0.1
POLL_FLOOR = 60.0  # RELIABILITY P5: never more often than once a minute
POLL_CAP = DAY  # RELIABILITY P5, R12: the longest back-off, and the longest wish of a server that we obey
RETRY_AFTER_CAP = 30 * DAY  # RELIABILITY P5: beyond a month a Retry-After is a mistake
BUSY_FLOOR = 60.0  # RELIABILITY W5: what 429 and 503 get when they name no time

# RELIABILITY W6, Svix: an endpoint at which everything has failed for five days is switched off. Fewer failures than
# these are a monitor that was itself away, not a receiver that is gone.
WORN_OUT_AFTER = 5 * DAY
WORN_OUT_FAILURES = 5

_BUSY = (429, 503)
_GONE = 410


def _spread(delay: float, share: float, jitter: float) -> float:
    """`delay` moved by at most ±`share` of itself."""
    return delay * (1 - share + 2 * share * jitter)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, 0 … 30 d; None where it is absent or neither form.

    RFC 9110, 10.2.3: a number of seconds (a decimal part is tolerated) or an HTTP date in any of its three
    spellings; a date that has passed asks for nothing, an absurd one for 30 days.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return min(float(text), RETRY_AFTER_CAP)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:  # asctime's form and "-0000" state no zone; HTTP dates are GMT
        date = date.replace(tzinfo=UTC)
    return min(max(0.0, (date - now).total_seconds()), RETRY_AFTER_CAP)


def read_requested_wait(status: int | None, header: str | None, now: datetime) -> float | None:
    """Seconds that an answer asks us to wait: its Retry-After, 60 for a 429 or 503 without one, else None."""
    asked = parse_retry_after(header, now)
    return BUSY_FLOOR if asked is None and status in _BUSY else asked


def schedule_attempt(number: int, now: datetime, jitter: float, retry_after: float | None = None) -> datetime | None:
    """When an alert is tried again after its attempt `number` (from 1) failed; None: exhausted, a dead letter.

    Each delay is within ±20 % of `ALERT_LADDER`, or `retry_after` seconds where that is longer.
    """
    if number >= len(ALERT_LADDER):
        return None
    return now + timedelta(seconds=max(_spread(ALERT_LADDER[number], LADDER_JITTER, jitter), retry_after or 0.0))


def is_worn_out(failing_since: datetime, failures: int, now: datetime) -> bool:
    """Whether a channel that has taken nothing since `failing_since`, in `failures` attempts, is to be switched off."""
    return failures >= WORN_OUT_FAILURES and (now - failing_since).total_seconds() >= WORN_OUT_AFTER


def judge_attempt(
    number: int, status: int | None, error: str | None, header: str | None, now: datetime, jitter: float
) -> AttemptVerdict:
    """The verdict on attempt `number` (from 1, counted since the alert was queued or replayed).

    `status` and `header` (Retry-After) come from the answer; `error` says why there was none, or why it is no
    delivery whatever its status. 2xx alone is a delivery, a redirect is a failure (CloudEvents HTTP Webhook 1.0,
    2.2); 410 disables the channel while the alert stays due, for when the channel is enabled again.
    """
    if status is not None and 200 <= status < 300 and error is None:
        return AttemptVerdict(state="delivered")
    if status == _GONE:
        return AttemptVerdict(state="pending", next_at=now, disable=True, reason="410: the receiver is gone for good")
    reason = error or f"the receiver answered {status}"
    asked = read_requested_wait(status, header, now)
    again = schedule_attempt(number, now, jitter, asked)
    return AttemptVerdict(
        state="dead" if again is None else "pending",
        next_at=again,
        pause_until=None if asked is None else now + timedelta(seconds=asked),
        reason=reason,
    )
