"""Whether an outlet is silent, judged by its own rhythm over the hours and days of the week; pure, it asks nobody.

Requirements: an outlet that stops must be noticed though every poll succeeds; a night, a weekend or a burst must not
look like one that stopped. Theory: pieces come as a Poisson process whose rate is the outlet's usual number a week,
shared out over days of the week and hours of the day; news comes in bursts, so the number expected is divided by how
much the hourly counts vary beyond Poisson. What it will miss: an outlet that goes on with a tenth of its pieces.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)

# History that is looked at; older than this an outlet may have been another one.
HISTORY = timedelta(days=56)
# Less than two weeks show no weekly rhythm, fewer pieces than these none at all.
_LEAST = timedelta(days=14)
_PIECES = 20
# UI.md's example: "silent 31 h, 1 in 400 for a Tuesday".
_ODDS = 400
# Whatever its rhythm, an outlet without anything new for so long is silent (RELIABILITY P13 calls this dearth).
_LONGEST = timedelta(days=14)
# A silence shorter than this is nobody's business, and costs no look at the history.
SOONEST = timedelta(hours=2)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing new since `since`; `odds` to one against such a silence by the outlet's rhythm, None where unknown."""

    since: datetime
    odds: int | None

    def describe(self, now: datetime) -> str:
        """As people read it: "silent for 31 h, 1 in 400 on a Tuesday"."""
        hours = int((now - self.since) / _HOUR)
        span = f"{hours} h" if hours < 96 else f"{hours // 24} d"
        return f"silent for {span}" + (f", 1 in {self.odds:,} on a {_DAYS[now.weekday()]}" if self.odds else "")


def measure_silence(moments: Sequence[datetime], began: datetime, now: datetime) -> Silence | None:
    """The silence at `now` of an outlet whose pieces came at `moments` since `began`; None where it is none.

    `moments` are aware UTC in any order, those of `HISTORY` at most; `began` is when it was first watched, or the
    start of that history.
    """
    ordered = sorted(moment for moment in moments if began <= moment <= now)
    since = ordered[-1] if ordered else began
    quiet = now - since
    if quiet >= _LONGEST:
        return Silence(since=since, odds=None)
    if since - began < _LEAST or len(ordered) < _PIECES:
        return None
    # The rhythm is that of the time before: the silence itself must not teach that silence is usual.
    rates = _rates(ordered, began, since)
    expected = _expected(rates, since, now) / _bursts(ordered, rates, began, since)
    longest = max(b - a for a, b in itertools.pairwise(ordered))
    if expected < math.log(_ODDS) or quiet <= longest:
        return None
    return Silence(since=since, odds=int(min(math.exp(min(expected, 20.0)), 1e6)))


def find_usual_pause(moments: Sequence[datetime], began: datetime, now: datetime) -> datetime:
    """Until when `measure_silence` finds none whatever the rhythm, as far as nothing new comes and none is dated anew.

    That is as long as its longest pause was, and that pause still lies in `HISTORY`. `moments` and `began` as there.
    """
    ordered = sorted(moment for moment in moments if began <= moment <= now)
    since = ordered[-1] if ordered else began
    if since - began < _LEAST or len(ordered) < _PIECES:
        return since + _LONGEST - timedelta(microseconds=1)
    longest, start = max((b - a, a) for a, b in itertools.pairwise(ordered))
    return min(since + min(longest, _LONGEST - timedelta(microseconds=1)), start + HISTORY)


def _rates(ordered: Sequence[datetime], began: datetime, until: datetime) -> list[float]:
    """Pieces expected in each hour of the week, Monday 00:00 UTC first.

    Days and hours are counted apart (31 numbers instead of 168), each with one piece on top, so that an hour in
    which nothing ever came is unlikely and not impossible.
    """
    a_week = len(ordered) / ((until - began) / _WEEK)
    days = Counter(moment.weekday() for moment in ordered)
    hours = Counter(moment.hour for moment in ordered)
    total = len(ordered)
    return [
        a_week * (days[day] + 1) / (total + 7) * (hours[hour] + 1) / (total + 24)
        for day in range(7)
        for hour in range(24)
    ]


def _expected(rates: Sequence[float], since: datetime, until: datetime) -> float:
    """Pieces expected between two moments."""
    expected, at = 0.0, since
    while at < until:
        following = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        expected += rates[at.weekday() * 24 + at.hour] * ((following - at) / _HOUR)
        at = following
    return expected


def _bursts(ordered: Sequence[datetime], rates: Sequence[float], began: datetime, until: datetime) -> float:
    """How much the counts of quarters of a day vary beyond Poisson: variance over mean, 1 at least."""
    quarter = timedelta(hours=6)
    counts = Counter((moment - began) // quarter for moment in ordered)
    squares, number, at = 0.0, 0, began
    while at + quarter <= until:
        expected = _expected(rates, at, at + quarter)
        squares += (counts[number] - expected) ** 2 / expected
        number += 1
        at += quarter
    return max(1.0, squares / number)
