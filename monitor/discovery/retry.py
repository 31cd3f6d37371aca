"""When a link is fetched again and when an endpoint is polled next; `now` and a random number 0 ≤ jitter < 1 come in."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerting.retry import (
    LADDER_JITTER,
    LINK_LADDER,
    POLL_CAP,
    POLL_FLOOR,
    POLL_JITTER,
    RETRY_AFTER_CAP,
    _spread,
)


def schedule_fetch(attempts: int, now: datetime, jitter: float, retry_after: float | None = None) -> datetime | None:
    """When a link is fetched again after `attempts` (from 1) failed fetches; None: given up, a visible row.

    Each delay is within ±20 % of `LINK_LADDER`, or `retry_after` seconds where that is longer.
    """
    if attempts > len(LINK_LADDER):
        return None
    delay = _spread(LINK_LADDER[attempts - 1], LADDER_JITTER, jitter)
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
    (`health.weight`): up to 1 they are taken for a blip and the interval stays, each 1 more doubles it, to 24 h at
    most (or to `every`, where that is longer). `wait` is what the server wishes (max-age, ttl), obeyed to 24 h;
    `retry_after` what it demands, obeyed to 30 d. Neither of these is ever undercut.
    """
    backed_off = min(every * 2.0 ** min(max(failures - 1.0, 0.0), 20.0), max(POLL_CAP, every))
    wish = min(wait or 0.0, POLL_CAP)
    demand = min(retry_after or 0.0, RETRY_AFTER_CAP)
    return now + timedelta(seconds=max(_spread(backed_off, POLL_JITTER, jitter), wish, demand, POLL_FLOOR))
