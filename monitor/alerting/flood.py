"""When a source brings far more matching pieces than usual: which of them wait for a digest; pure.

Nothing is dropped: what is held has a time at which a digest tells of it, and the first ones go out at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerting.policy import Hold

HOUR = timedelta(hours=1)
# RELIABILITY.md, W14: more than 50 an hour and more than ten times the usual. Tried without it, one feed of 2,000
# matching items made 1,999 webhooks in 104 s.
LEAST = 50
TIMES_USUAL = 10
USUAL_OVER = timedelta(days=14)  # what is usual is the mean of so long
_YOUNG = 24.0  # hours: a source younger than that has no usual hour yet, and is taken to have had that many
_GATHERED = timedelta(minutes=15)  # how long a digest gathers: people wait for news, and four an hour can be read


def usual_hour(pieces: int, hours: float) -> float:
    """Matching pieces in a usual hour of a source that had so many in so many hours."""
    return pieces / max(hours, _YOUNG)


def flood_limit(usual: float) -> int:
    """How many matching pieces of an hour go out at once."""
    return int(max(LEAST, TIMES_USUAL * usual))


def hold_flood(count: int, usual: float, source: str, now: datetime, window: datetime | None) -> Hold | None:
    """Whether the `count`th matching piece of an hour waits, and until when; None where it goes out at once.

    `window` is when the digest goes out that gathers already, None where none does.
    """
    limit = flood_limit(usual)
    if count <= limit:
        return None
    until = window if window is not None and window > now else now + _GATHERED
    return Hold(kind="flood", reason=f"{source} brought more than {limit} matching pieces within an hour", until=until)
