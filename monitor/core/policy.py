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

# The window of "more than N a minute"; what is over it is told together when the window ends.
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nothing is sent, as the wall clock of the policy's zone shows them; may span midnight."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of one alert rule; the default has none.

    `rules` are names of topic rules: where there are some, only a match by one of them counts. `zone` is the zone of
    quiet hours, digest times and the day of the budget. `per_minute` counts for each channel.
    """

    rules: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    minimum: float = 0.0
    cooldown: timedelta = timedelta(0)
    quiet: Quiet | None = None
    budget: int | None = None
    digest: tuple[time, ...] = ()
    zone: str = "UTC"
    per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What a policy looks at in a match: outlet, language, score and the terms of its evidence."""

    source: str
    language: str | None
    score: float
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one rule has told one channel so far.

    `told_at`: its last alert on this story. `sent` and `seen`: the scores of what it sent today, and of all that asked
    to be sent today. `minute`: how many went out in the last minute; `window`: when those it holds for that are told.
    """

    told_at: datetime | None = None
    sent: Sequence[float] = ()
    seen: Sequence[float] = ()
    minute: int = 0
    window: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why an alert is held back and when it is told; `kind` is "cooldown", "quiet", "budget" or "rush"."""

    kind: str
    reason: str
    until: datetime


def unwanted(policy: Policy, piece: Piece) -> str | None:
    """Why a match is none of this alert's business, None where it is.

    A piece whose language is unknown passes: to miss one is worse than to tell of one too many.
    """
    if policy.sources and piece.source not in policy.sources:
        return f"its outlet {piece.source} is not among the sources of this alert"
    if policy.languages and piece.language is not None and piece.language[:2].lower() not in policy.languages:
        return f"its language {piece.language} is not among the languages of this alert"
    if policy.rules and not any(_by_rule(piece.terms, rule) for rule in policy.rules):
        return f"no rule of this alert matches it ({', '.join(sorted(policy.rules))})"
    if piece.score < policy.minimum:
        return f"its score {piece.score:.2f} is under the minimum {policy.minimum:.2f} of this alert"
    return None


def _by_rule(terms: Iterable[str], rule: str) -> bool:
    return any(term.startswith(f"rule {rule}: ") for term in terms)  # as core.rules.evidence writes them


def limited(policy: Policy, per_minute: int) -> Policy:
    """The policy with another limit for a minute."""
    return replace(policy, per_minute=per_minute)


def held(policy: Policy, now: datetime, score: float, history: History, *, urgent: bool = False) -> Hold | None:
    """Whether and until when an alert that is wanted waits; None where it goes out at once.

    `urgent` (a correction, a retraction) breaks a cooldown, and nothing else: people sleep through both.
    """
    if (hold := resting(policy, now)) is not None:
        return hold
    if policy.cooldown and history.told_at is not None and not urgent:
        until = history.told_at + policy.cooldown
        if now < until:
            return Hold(
                kind="cooldown", reason=f"this story alerted less than {span(policy.cooldown)} ago", until=until
            )
    return spent(policy, now, score, history) or _rush(policy, now, history)


def resting(policy: Policy, now: datetime) -> Hold | None:
    """The hold of the quiet hours, None outside them."""
    zone = ZoneInfo(policy.zone)
    local = now.astimezone(zone)
    if policy.quiet is None or not policy.quiet.holds(local.time()):
        return None
    reason = f"quiet hours until {policy.quiet.end:%H:%M} {policy.zone}"
    return Hold(kind="quiet", reason=reason, until=following(now, (policy.quiet.end,), zone))


def spent(policy: Policy, now: datetime, score: float, history: History) -> Hold | None:
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
    return Hold(kind="budget", reason=reason, until=following(now, policy.digest or (time(0),), zone))


def _rush(policy: Policy, now: datetime, history: History) -> Hold | None:
    if policy.per_minute is None or (history.minute < policy.per_minute and history.window is None):
        return None
    until = history.window if history.window is not None and history.window > now else now + MINUTE
    return Hold(kind="rush", reason=f"more than {policy.per_minute} a minute", until=until)


def day_start(now: datetime, zone: str) -> datetime:
    """When the day of `zone` began that `now` lies in."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def following(now: datetime, times: Sequence[time], zone: ZoneInfo) -> datetime:
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


def span(length: timedelta) -> str:
    """A length of time as config.toml writes it: "90s", "30m", "2h"."""
    seconds = int(length.total_seconds())
    return next(f"{seconds // size}{unit}" for unit, size in (("h", 3600), ("m", 60), ("s", 1)) if seconds % size == 0)
