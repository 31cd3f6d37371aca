"""When a piece is looked at again, and what a look says of whether it is there; it must not read a clock or store.

Theory of operation: pieces change most in their first hours, so the looks are close at first and then apart. Ages
count from publication, or from the last edit: who edited once edits again. A piece that is gone is believed gone at
the second look only, half an hour apart at least, when another page of its outlet was there meanwhile: servers
stumble, caches lag. A wall, a challenge or an outage says nothing of the piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.model.identity import THERE, RecheckDecision
from monitor.model.page import Outcome

_HOUR = 3_600.0
# Ages in seconds at which a piece that a topic accepts is looked at: minutes, then hours, then days. An edit of it is
# told, so eleven requests in a month are spent on it.
LADDER = tuple(age * _HOUR for age in (1 / 6, 1 / 2, 3 / 2, 4, 12, 24, 2 * 24, 4 * 24, 8 * 24, 16 * 24, 30 * 24))
# Any other piece: an edit may yet make it one. Two looks, for they are many: at TASS (240 items a day, SOURCES.md) 480
# requests a day beside 3,000 polls.
OTHERS = (2 * _HOUR, 24 * _HOUR)
# After the first look that does not find a piece: soon to be sure, then for a month, for it may return.
GONE = tuple(hours * _HOUR for hours in (1, 4, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24))
# Of one source: at 1.5 s apart half a minute of its host's time, a tenth of a poll every five minutes.
LOOKS_A_POLL = 20
_APART = 300.0  # a look sooner after another tells nothing new
_JITTER = 0.2  # later only: a look before its rung would be followed by another at it
CONFIRM = timedelta(minutes=30)
_ALONE = timedelta(hours=23)  # where no other page of the outlet was asked that could tell
NOT_THERE = frozenset({Outcome.GONE, Outcome.NOT_ARTICLE})
# What stood between us and the piece may be gone in hours. A look that met it is made up for when the piece is a
# quarter older: at four days after one day, where the ladder waits four. A lasting wall is met some 30 times a month.
PASSING = frozenset({Outcome.BLOCKED, Outcome.CONSENT, Outcome.NO_TEXT, Outcome.FAILED})
_MADE_UP = 0.25


def schedule_recheck(
    born: datetime, now: datetime, jitter: float, ladder: Sequence[float], *, made_up: bool = False
) -> datetime | None:
    """The first rung of `ladder` ahead of a piece born then, or up to a fifth of the way there later, never sooner.

    `jitter` is uniform in [0, 1). `made_up`: the look at hand saw nothing, so that the next comes before its rung. None
    where all rungs have passed.
    """
    age = (now - born).total_seconds()
    ahead = next((rung - age for rung in ladder if rung - age >= _APART), None)
    if ahead is None:
        return None
    if made_up:
        ahead = min(ahead, max(_HOUR, age * _MADE_UP))
    return now + timedelta(seconds=ahead * (1 + _JITTER * jitter))


def decide_recheck(
    outcome: Outcome,
    *,
    gone_since: datetime | None,
    departed: bool,
    others: tuple[int, int],
    born: datetime,
    matched: bool,
    now: datetime,
    jitter: float,
) -> RecheckDecision:
    """What follows from one look at a known piece.

    `gone_since`: since when looks do not find it; `departed`: that was believed. `others`: of how many other pages of
    its outlet since then how many were there (pages asked, pages there). `born`: when it was published, or last edited.
    """
    ladder = LADDER if matched else OTHERS
    if outcome in THERE:
        return RecheckDecision(again=schedule_recheck(born, now, jitter, ladder), returns=departed)
    if outcome not in NOT_THERE:  # nobody saw the piece: what was known of it stands
        rungs = GONE if gone_since else ladder
        again = schedule_recheck(gone_since or born, now, jitter, rungs, made_up=outcome in PASSING)
        return RecheckDecision(again=again, gone_since=gone_since, gone=departed)
    since = gone_since or now
    seen, there = others
    sure = there > 0 or (seen == 0 and now - since >= _ALONE)
    departs = not departed and now - since >= CONFIRM and sure
    again = schedule_recheck(since, now, jitter, GONE)
    return RecheckDecision(again=again, gone_since=since, departs=departs, gone=departed or departs)
