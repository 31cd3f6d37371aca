"""When an alert is sent again, and what a receiver's answer leads to.

Pure: `now` and a unit random number (0 ≤ jitter < 1) come in; it must not read a clock, sleep or draw chance.
All delays are seconds; all moments aware UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerting.outage import ChannelTrouble, FaultOwner, is_detour, next_probe
from monitor.backoff import DAY, LADDER_JITTER, read_requested_wait, spread_delay
from monitor.model.alert import AttemptVerdict

# Delay before each attempt of an alert: the example schedule of the Standard Webhooks specification ("Retry
# schedule"), 75 h 35 m in all. Ten attempts, then the dead letter.
ALERT_LADDER = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
# RELIABILITY W6, Svix: an endpoint at which everything has failed for five days is switched off. Fewer failures than
# these are a monitor that was itself away, not a receiver that is gone.
WORN_OUT_AFTER = 5 * DAY
WORN_OUT_FAILURES = 5

_GONE = 410


def schedule_attempt(number: int, now: datetime, jitter: float, retry_after: float | None = None) -> datetime | None:
    """When an alert is tried again after its attempt `number` (from 1) failed; None: exhausted, a dead letter.

    Each delay is within ±20 % of `ALERT_LADDER`, or `retry_after` seconds where that is longer.
    """
    if number >= len(ALERT_LADDER):
        return None
    return now + timedelta(seconds=max(spread_delay(ALERT_LADDER[number], LADDER_JITTER, jitter), retry_after or 0.0))


def is_worn_out(failing_since: datetime, failures: int, now: datetime) -> bool:
    """Whether a channel that has taken nothing since `failing_since`, in `failures` attempts, is to be switched off."""
    return failures >= WORN_OUT_FAILURES and (now - failing_since).total_seconds() >= WORN_OUT_AFTER


def judge_attempt(
    number: int,
    status: int | None,
    error: str | None,
    header: str | None,
    now: datetime,
    jitter: float,
    trouble: ChannelTrouble,
    fault: FaultOwner,
) -> AttemptVerdict:
    """The verdict on an attempt that would be the alert's `number`-th failure (from 1) by its own fault.

    `status` and `header` (Retry-After) come from the answer; `error` says why there was none, or why it is no delivery
    whatever its status; `fault`, whose it is as far as the answer tells. 2xx alone is a delivery, a redirect is a
    failure (CloudEvents HTTP Webhook 1.0, 2.2); 410 disables the channel while the alert stays due.

    A failure counts on the alert's ladder where the answer speaks of the message, or where this alert has failed before
    while others passed. Everything else is the channel's: its alerts stay due, and it is probed on its own schedule.
    """
    if status is not None and 200 <= status < 300 and error is None:
        return AttemptVerdict(state="delivered")
    if status == _GONE:
        return AttemptVerdict(state="pending", disable=True, reason="410: the receiver is gone for good")
    reason = error or f"the receiver answered {status}"
    failures = trouble.failures + 1
    asked = read_requested_wait(status, header, now)
    own = fault is FaultOwner.ALERT or (fault is FaultOwner.UNCLEAR and number > 1)
    # One message that is refused says nothing of the channel, nor does one that was refused before; two others do.
    failing = not own or trouble.failing_since is not None or (number == 1 and failures > 1)
    probe = next_probe(failures, trouble.failing_since or now, now, jitter) if failing else None
    pauses = [probe, None if asked is None else now + timedelta(seconds=asked)]
    again = schedule_attempt(number, now, jitter, asked) if own else None
    return AttemptVerdict(
        state="dead" if own and again is None else "pending",
        next_at=again,
        pause_until=max((at for at in pauses if at is not None), default=None),
        failing=failing,
        detour=fault is FaultOwner.UNCLEAR and not own and is_detour(failures),
        reason=reason,
    )
