"""Delays between tries: their spread, and the waits that servers ask for; `now` and chance come in as arguments.

All delays are seconds; all moments aware UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY = 86_400.0

LADDER_JITTER = 0.2  # Svix: ±20 %, so that what failed together does not come back together
RETRY_AFTER_CAP = 30 * DAY  # RELIABILITY P5: beyond a month a Retry-After is a mistake
BUSY_FLOOR = 60.0  # RELIABILITY W5: what 429 and 503 get when they name no time

_BUSY = (429, 503)


def spread_delay(delay: float, share: float, jitter: float) -> float:
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
