"""When a channel that takes nothing is tried again, and whether a failure is the channel's or its alert's.

Pure: `now` and a unit random number (0 ≤ jitter < 1) come in. All delays are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Waits after the first failures in a row. The first is the Standard Webhooks ladder's "5 s"; each of the rest is 2.2
# times the one before it, so that alerts of a receiver that comes back within eight minutes wait for 6 s and twice as
# long as it was away at most, whatever the jitter.
_FIRST_PROBES = (5.0, 11.0, 24.0, 53.0, 117.0, 257.0)
# Later waits, with their share of jitter. In the first hour every wait is under 10 minutes and 12 requests are the
# most; after it every wait is between 30 and 35 minutes, so that no hour sees more than two (RELIABILITY W12).
_EARLY, _EARLY_JITTER = 570.0, 0.05
_LATE, _LATE_JITTER = 1_950.0, 0.06
_FIRST_JITTER = 0.2  # Svix: ±20 %
_FIRST_HOUR = timedelta(hours=1)
# Where the answers do not tell whose fault it is, each fourth probe is another alert: one that the receiver cannot
# bear must not stand before all others.
_DETOUR_EVERY = 4

# Answers to a message that say that this message is wrong: another one may pass.
_MESSAGE = frozenset({400, 411, 413, 414, 415, 422, 431})
# Answers that say that nothing passes at present: who asks, where, how often, and proxies without their server.
_CHANNEL = frozenset({401, 402, 403, 404, 405, 407, 408, 421, 425, 426, 429, 451, 502, 503, 504, 511})


class FaultOwner(StrEnum):
    """Whose a failure is, as far as one answer tells."""

    ALERT = "alert"
    CHANNEL = "channel"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTrouble:
    """How a channel has done before an answer: failed requests in a row, and since when it counts as failing."""

    failures: int = 0
    failing_since: datetime | None = None


def fault_of(status: int | None, *, reached: bool) -> FaultOwner:
    """Whose fault an answer that is no delivery shows; `reached`: the request got to a server at all."""
    if status in _MESSAGE:
        return FaultOwner.ALERT
    if not reached or (status is not None and (300 <= status < 400 or status in _CHANNEL)):
        return FaultOwner.CHANNEL
    return FaultOwner.UNCLEAR


def next_probe(failures: int, failing_since: datetime, now: datetime, jitter: float) -> datetime:
    """When a channel is tried again after `failures` (from 1) failures in a row, the first at `failing_since`."""
    if failures <= len(_FIRST_PROBES):
        delay, share = _FIRST_PROBES[failures - 1], _FIRST_JITTER
    elif now - failing_since < _FIRST_HOUR:
        delay, share = _EARLY, _EARLY_JITTER
    else:
        delay, share = _LATE, _LATE_JITTER
    return now + timedelta(seconds=delay * (1 - share + 2 * share * jitter))


def is_detour(failures: int) -> bool:
    """Whether the probe after `failures` in a row, whose fault is unclear, is another alert than the oldest."""
    return failures > 0 and failures % _DETOUR_EVERY == 0
