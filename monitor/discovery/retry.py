"""When a link is fetched again and a source is polled next; `now` and a random number 0 ≤ jitter < 1 come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.backoff import DAY, LADDER_JITTER, RETRY_AFTER_CAP, spread_delay

# Delay before each further fetch of a link that failed: quick at first, because a fresh address is often a cache
# that lags behind its feed; then three days, because an outlet that is down comes back within days or not at all.
LINK_LADDER = (60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 43_200.0, 86_400.0, 86_400.0, 86_400.0)

# The same for a page that is 404 within minutes of its announcement: many outlets announce it before it is there.
FRESH_LADDER = (15.0, 30.0, 60.0, 300.0)
FRESH = timedelta(minutes=10)

# The same for a page that broke off on its way: its server is there, and what cut it is mostly gone within a minute.
CUT_OFF_LADDER = (15.0, 30.0, *LINK_LADDER)

POLL_JITTER = 0.1
POLL_FLOOR = 60.0  # RELIABILITY P5: never more often than once a minute
POLL_CAP = DAY  # RELIABILITY P5, R12: the longest back-off, and the longest wish of a server that we obey

# Answers of a list in a row that broke off, after which it is taken for as long as it comes: the ladder has reached
# half an hour, and what cuts it then stays.
CUT_OFF_TIMES = 5


def schedule_fetch(
    attempts: int,
    now: datetime,
    jitter: float,
    retry_after: float | None = None,
    *,
    ladder: Sequence[float] = LINK_LADDER,
) -> datetime | None:
    """When a link is fetched again after `attempts` (from 1) failed fetches; None: given up, a visible row.

    Each delay is within ±20 % of that of the `ladder`, or `retry_after` seconds where that is longer.
    """
    if attempts > len(ladder):
        return None
    delay = spread_delay(ladder[attempts - 1], LADDER_JITTER, jitter)
    return now + timedelta(seconds=max(delay, retry_after or 0.0))


def schedule_poll(
    now: datetime,
    every: float,
    failures: float,
    wait: float | None,
    jitter: float,
    *,
    retry_after: float | None = None,
) -> datetime:
    """When a source is polled next.

    `every` is the source's own interval, spread by ±10 %. `failures` is what the polls that failed in a row weigh
    (`failure_weight`): up to 1 they are taken for a blip and the interval stays, each 1 more doubles it, to 24 h at
    most (or to `every`, where that is longer). `wait` is what the server wishes (max-age, ttl), obeyed to 24 h;
    `retry_after` what it demands, obeyed to 30 d. Neither of these is ever undercut.
    """
    backed_off = min(every * 2.0 ** min(max(failures - 1.0, 0.0), 20.0), max(POLL_CAP, every))
    wish = min(wait or 0.0, POLL_CAP)
    demand = min(retry_after or 0.0, RETRY_AFTER_CAP)
    return now + timedelta(seconds=max(spread_delay(backed_off, POLL_JITTER, jitter), wish, demand, POLL_FLOOR))


def schedule_rest(now: datetime, every: float, times: int, jitter: float) -> datetime:
    """When a list is asked again whose answer broke off `times` (from 1) in a row, for what it lists besides.

    By `CUT_OFF_LADDER`, no sooner than any poll and no later than its own interval has it.
    """
    delay = spread_delay(CUT_OFF_LADDER[min(times, len(CUT_OFF_LADDER)) - 1], LADDER_JITTER, jitter)
    return now + timedelta(seconds=max(min(delay, every), POLL_FLOOR))
