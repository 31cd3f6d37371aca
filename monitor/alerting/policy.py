"""What one `[alerts.NAME]` lets through, what it holds back and until when; pure: it must not read a store or a clock.

Requirements: nothing is dropped – what an alert does not send is a row with its reason, and what it holds back has a
time at which it is told. Everything is decided from values, so that the same policy can be tried on the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from monitor.model.alert import MINUTE, AlertHistory, Policy

WARM_UP = timedelta(days=7)
# How the reasons begin for which a match is none of an alert's business.
_OUTLET, _LANGUAGE, _NO_RULE, _SCORE = "its outlet", "its language", "no rule of this alert matches it", "its score"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInput:
    """What a policy looks at in a match: outlet, language, score and the terms of its evidence."""

    source: str
    language: str | None
    score: float
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why an alert is held back and when it is told; `kind` is "cooldown", "quiet", "budget", "rush", "order",
    "flood", "warm-up" or "report"."""

    kind: str
    reason: str
    until: datetime


def filter_reason(policy: Policy, piece: PolicyInput) -> str | None:
    """Why a match is none of this alert's business, None where it is.

    A piece whose language is unknown passes: to miss one is worse than to tell of one too many.
    """
    if policy.sources and piece.source not in policy.sources:
        return f"{_OUTLET} {piece.source} is not among the sources of this alert"
    if policy.languages and piece.language is not None and piece.language[:2].lower() not in policy.languages:
        return f"{_LANGUAGE} {piece.language} is not among the languages of this alert"
    if policy.rules and not any(_by_rule(piece.terms, rule) for rule in policy.rules):
        return f"{_NO_RULE} ({', '.join(sorted(policy.rules))})"
    if piece.score < policy.minimum:
        return f"{_SCORE} {piece.score:.2f} is under the minimum {policy.minimum:.2f} of this alert"
    return None


def is_filter_reason(reason: str) -> bool:
    """Whether an alert was held because the match was none of its rule's business."""
    return reason.startswith((_OUTLET, _LANGUAGE, _NO_RULE, _SCORE))


def _by_rule(terms: Iterable[str], rule: str) -> bool:
    return any(term.startswith(f"rule {rule}: ") for term in terms)  # as core.rules.evidence writes them


def limit_per_minute(policy: Policy, per_minute: int) -> Policy:
    """The policy with another limit for a minute."""
    return replace(policy, per_minute=per_minute)


def hold_for(
    policy: Policy, now: datetime, score: float, history: AlertHistory, *, urgent: bool = False
) -> Hold | None:
    """Whether and until when an alert that is wanted waits; None where it goes out at once.

    `urgent` (a correction, a retraction) breaks a cooldown, and nothing else: people sleep through both.
    """
    if (hold := quiet_hold(policy, now)) is not None:
        return hold
    if policy.cooldown and history.told_at is not None and not urgent:
        until = history.told_at + policy.cooldown
        if now < until:
            return Hold(
                kind="cooldown",
                reason=f"this story alerted less than {format_timedelta(policy.cooldown)} ago",
                until=until,
            )
    return budget_hold(policy, now, score, history) or _rush(policy, now, history)


def warm_up_hold(now: datetime) -> Hold:
    """The hold of what a topic matches while it warms up.

    It ends when the topic has been weighed against its outlets' archive, at the latest after a week: outlets that print
    less than a hundred pieces in a week cannot flood anybody.
    """
    reason = "the topic is warming up: its alerts wait until 100 pieces of its outlets were read"
    return Hold(kind="warm-up", reason=f"{reason} (warm_up = false changes that)", until=now + WARM_UP)


def after_earlier(hold: Hold | None, owed: datetime | None) -> Hold | None:
    """The hold of an edit or a retraction whose piece is `owed` an earlier alert until then, which comes first."""
    if owed is None or (hold is not None and hold.until >= owed):
        return hold
    return Hold(kind="order", reason="an earlier alert on this piece is held back, and comes first", until=owed)


def is_rest_of_edits(owed: Iterable[tuple[str, str]]) -> bool:
    """Whether all that a channel is owed of a piece, as (event, kind of hold), are edits that rest in a cooldown, or
    follow one that does: a retraction takes these along and goes out at once. A first alert keeps it waiting, for who
    has not heard of a piece needs no haste to hear that it is gone.
    """
    return all(event == "article.edited" and hold in ("cooldown", "order") for event, hold in owed)


def quiet_hold(policy: Policy, now: datetime) -> Hold | None:
    """The hold of the quiet hours, None outside them."""
    zone = ZoneInfo(policy.zone)
    local = now.astimezone(zone)
    if policy.quiet is None or not policy.quiet.contains(local.time()):
        return None
    reason = f"quiet hours until {policy.quiet.end:%H:%M} {policy.zone}"
    return Hold(kind="quiet", reason=reason, until=find_next_time(now, (policy.quiet.end,), zone))


def budget_hold(policy: Policy, now: datetime, score: float, history: AlertHistory) -> Hold | None:
    """The hold of the day's budget.

    The first half of a budget goes to whatever comes first, the second half only to what is as strong as the median of
    all that came that day: so that a weak morning leaves room for a strong evening.
    """
    if policy.budget is None:
        return None
    left = policy.budget - len(history.sent)
    if left <= 0:
        reason = f"the day's budget of {policy.budget} is spent"
    elif 2 * left <= policy.budget and history.seen and score < median(history.seen):
        reason = f"half of the day's budget of {policy.budget} is spent, and what is left is for stronger pieces"
    else:
        return None
    zone = ZoneInfo(policy.zone)
    return Hold(kind="budget", reason=reason, until=find_next_time(now, policy.digest or (time(0),), zone))


def _rush(policy: Policy, now: datetime, history: AlertHistory) -> Hold | None:
    if policy.per_minute is None or (history.minute < policy.per_minute and history.window is None):
        return None
    until = history.window if history.window is not None and history.window > now else now + MINUTE
    return Hold(kind="rush", reason=f"more than {policy.per_minute} a minute", until=until)


def find_day_start(now: datetime, zone: str) -> datetime:
    """When the day of `zone` began that `now` lies in."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def find_next_time(now: datetime, times: Sequence[time], zone: ZoneInfo) -> datetime:
    """The next moment after `now` at which the wall clock of `zone` shows one of `times`.

    A time that the clock skips in spring comes as much later as it skips; one that it shows twice comes once, the first
    time (PEP 495, fold=0).
    """
    local = now.astimezone(zone)
    moments = (
        datetime.combine(local.date() + timedelta(days=days), at, zone).astimezone(UTC)
        for days in (0, 1, 2)
        for at in times
    )
    return min(moment for moment in moments if moment > now)


def format_timedelta(length: timedelta) -> str:
    """A length of time as config.toml writes it: "90s", "30m", "2h"."""
    seconds = int(length.total_seconds())
    return next(f"{seconds // size}{unit}" for unit, size in (("h", 3600), ("m", 60), ("s", 1)) if seconds % size == 0)
