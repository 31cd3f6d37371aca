"""What a policy would have sent, from pieces of the past in their order; pure: it must not read the archive.

Runs the decisions of `policy` on a history of its own making. It knows nothing of edits, nor of what the outlet had
when the watch began: it tells how much a policy sends, not what once was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.core import policy as policies
from monitor.core.policy import MINUTE, History, Piece, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A matched piece of the past; `copy_of` is the number of the piece whose text it carries, None for none."""

    number: int
    at: datetime
    story: int
    piece: Piece
    copy_of: int | None = None


@dataclass(slots=True, kw_only=True)
class Day:
    """One day of the policy's zone: alerts on pieces, alerts on stories that grew, digests, and what was held why."""

    day: str
    matches: int = 0
    sent: int = 0
    grew: int = 0
    digests: int = 0
    held: Counter[str] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    past: Past
    kind: str
    until: datetime


class Rehearsal:
    """One alert rule and one channel, rehearsed; `days` fills as pieces come."""

    def __init__(self, policy: Policy, *, per_story: bool) -> None:
        self.policy = policy
        self.days: dict[str, Day] = {}
        self._per_story = per_story
        self._told: dict[int, datetime] = {}  # when a story alerted last
        self._known: set[int] = set()  # pieces that were told, or will be
        self._sent: list[tuple[datetime, float]] = []
        self._seen: list[tuple[datetime, float]] = []
        self._waiting: list[_Waiting] = []

    def run(self, pieces: Iterable[Past]) -> tuple[Day, ...]:
        """The days on which there was something, in their order; `pieces` come in the order of time."""
        for past in pieces:
            self._release(past.at)
            self._piece(past)
        while self._waiting:
            self._release(max(waiting.until for waiting in self._waiting))
        return tuple(day for _, day in sorted(self.days.items()))

    def _day(self, at: datetime) -> Day:
        name = at.astimezone(ZoneInfo(self.policy.zone)).date().isoformat()
        return self.days.setdefault(name, Day(day=name))

    def _piece(self, past: Past) -> None:
        day, score = self._day(past.at), past.piece.score
        day.matches += 1
        reason = policies.unwanted(self.policy, past.piece)
        if reason is None and self._per_story and past.copy_of in self._known:
            reason = "a copy of what alerted"
        if reason is not None:
            day.held[reason] += 1
            return
        hold = policies.held(self.policy, past.at, score, self._history(past.at, past.story))
        self._known.add(past.number)
        self._seen.append((past.at, score))
        if hold is None:
            self._send(past, past.at)
        else:
            day.waited[hold.reason] += 1
            self._waiting.append(_Waiting(past=past, kind=hold.kind, until=hold.until))

    def _send(self, past: Past, at: datetime) -> None:
        day = self._day(at)
        if self._per_story and past.story in self._told:
            day.grew += 1
        else:
            day.sent += 1
        self._told[past.story] = at
        self._sent.append((at, past.piece.score))

    def _history(self, now: datetime, story: int) -> History:
        start = policies.day_start(now, self.policy.zone)
        windows = [each.until for each in self._waiting if each.kind == "rush" and each.until > now]
        return History(
            told_at=self._told.get(story),
            sent=[score for at, score in self._sent if at >= start],
            seen=[score for at, score in self._seen if at >= start],
            minute=sum(at > now - MINUTE for at, _ in self._sent),
            window=min(windows, default=None),
        )

    def _release(self, now: datetime) -> None:
        """Tell what is due by `now`, each at its own time."""
        while due := sorted((each for each in self._waiting if each.until <= now), key=lambda each: each.until):
            at = due[0].until
            group = [each for each in due if each.until == at]
            self._waiting = [each for each in self._waiting if each not in group]
            if (rest := policies.resting(self.policy, at)) is not None:
                later = (rest.kind if each.kind != "cooldown" else each.kind for each in group)
                self._waiting += [
                    _Waiting(past=each.past, kind=kind, until=rest.until)
                    for each, kind in zip(group, later, strict=True)
                ]
                continue
            self._tell(group, at)

    def _tell(self, group: list[_Waiting], at: datetime) -> None:
        rested = sorted((each for each in group if each.kind == "cooldown"), key=lambda each: each.past.story)
        for story, reports in groupby(rested, key=lambda each: each.past.story):
            held = list(reports)
            best = max(held, key=lambda each: each.past.piece.score)
            hold = policies.spent(self.policy, at, best.past.piece.score, self._history(at, story))
            if hold is None:
                self._send(best.past, at)
            else:
                self._waiting += [_Waiting(past=each.past, kind=hold.kind, until=hold.until) for each in held]
        others = [each for each in group if each.kind != "cooldown"]
        if len(others) == 1:
            self._send(others[0].past, at)
        elif others:
            self._day(at).digests += 1
            self._told |= dict.fromkeys((each.past.story for each in others), at)
