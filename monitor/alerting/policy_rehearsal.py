"""What an alert rule would have sent, from what happened in the past in its order; pure: it must not read the archive.

Runs the decisions of `policy` on a history of its own making: the same events give the same alerts as they did through
the line. What the outlet had when the watch began counts like the rest: it tells how much a policy sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.alerting.intents import Rule
from monitor.alerting.policy import (
    Hold,
    PolicyInput,
    after_earlier,
    budget_hold,
    filter_reason,
    find_day_start,
    hold_for,
    is_rest_of_edits,
    quiet_hold,
)
from monitor.alerting.report_times import REPORTED, find_next_report
from monitor.model.alert import MINUTE, AlertHistory

MATCHED, EDITED, RETRACTED, GREW = "article.matched", "article.edited", "article.retracted", "story.grew"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEvent:
    """One event of a matched piece in the past.

    `text` is the number of the piece whose text it has, its own where it copies none; `copy` says that it is to be
    held back where that text alerted. `noted` is why an edit is noted and not told, None where it is told. `later`: the
    rule is told of such an event in its report only.
    """

    number: int
    at: datetime
    story: int
    piece: PolicyInput
    text: int
    title: str = ""
    copy: bool = False
    event: str = MATCHED
    noted: str | None = None
    later: bool = False


@dataclass(slots=True, kw_only=True)
class RehearsalDay:
    """One day of the policy's zone: what happened, what was sent of each event, and what was held or waited why."""

    day: str
    matches: int = 0
    edits: int = 0  # retractions among them
    sent: int = 0
    edited: int = 0
    retracted: int = 0
    grew: int = 0
    digests: int = 0
    reports: int = 0
    held: Counter[str] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    past: PastEvent
    event: str
    kind: str
    until: datetime


_COUNTED = {MATCHED: "sent", EDITED: "edited", RETRACTED: "retracted", GREW: "grew"}


class Rehearsal:
    """One alert rule and one channel that it has to itself, rehearsed; `days` fills as events come."""

    def __init__(self, rule: Rule, corrects: Callable[[PastEvent, datetime], bool]) -> None:
        """`corrects`: whether a piece's headline reverses one that its story had by then."""
        self.rule = rule
        self.policy = rule.policy
        self.days: dict[str, RehearsalDay] = {}
        self._corrects = corrects
        self._told: dict[int, datetime] = {}  # when a story alerted last
        self._texts: set[int] = set()  # texts that were told, or will be
        self._sent: list[tuple[datetime, float]] = []
        self._seen: list[tuple[datetime, float]] = []
        self._waiting: list[_Waiting] = []
        self._next_report: datetime | None = None

    def run(self, events: Iterable[PastEvent]) -> tuple[RehearsalDay, ...]:
        """The days on which there was something, in their order; `events` come in the order of time."""
        for past in events:
            self._release(past.at)
            self._happen(past)
            self._report(past.at)
        while self._waiting:
            self._release(max(waiting.until for waiting in self._waiting))
        if self._next_report is not None:
            self._report(self._next_report)  # the one that tells of the last events
        return tuple(day for _, day in sorted(self.days.items()))

    def _report(self, now: datetime) -> None:
        """Count the reports that went out by `now`, the first of them after the first event."""
        when = self.policy.report
        if when is None:
            return
        while self._next_report is not None and self._next_report <= now:
            self._day(self._next_report).reports += 1
            self._next_report = find_next_report(when, self._next_report, self.policy.zone)
        self._next_report = self._next_report or find_next_report(when, now, self.policy.zone)

    def _day(self, at: datetime) -> RehearsalDay:
        name = at.astimezone(ZoneInfo(self.policy.zone)).date().isoformat()
        return self.days.setdefault(name, RehearsalDay(day=name))

    def _happen(self, past: PastEvent) -> None:
        day, score, event = self._day(past.at), past.piece.score, past.event
        if event == MATCHED:
            day.matches += 1
        else:
            day.edits += 1
        reason = past.noted
        if reason is None and past.copy and self.rule.per == "story" and past.text in self._texts:
            reason = "a copy of what alerted"
        reason = reason or filter_reason(self.policy, past.piece)
        if reason is not None:
            day.held[reason] += 1
            return
        if past.later and self.policy.report is not None:
            until = find_next_report(self.policy.report, past.at, self.policy.zone)
            day.waited["it is for the report"] += 1
            self._texts.add(past.text)
            self._waiting.append(_Waiting(past=past, event=event, kind=REPORTED, until=until))
            return
        told, urgent = self._told.get(past.story), event == RETRACTED
        if event == MATCHED and self.rule.per == "story" and told is not None:
            urgent = self._corrects(past, told)
            event = GREW if "grew" in self.rule.on and not urgent else event
        hold = hold_for(self.policy, past.at, score, self._history(past.at, past.story), urgent=urgent)
        if event == EDITED or (event == RETRACTED and not self._take_edits_along(past, hold)):
            hold = after_earlier(hold, self._owed(past.number))
        self._texts.add(past.text)
        self._seen.append((past.at, score))
        if hold is None:
            self._send(past, event, past.at)
        else:
            day.waited[hold.reason] += 1
            self._waiting.append(_Waiting(past=past, event=event, kind=hold.kind, until=hold.until))

    def _send(self, past: PastEvent, event: str, at: datetime) -> None:
        day, name = self._day(at), _COUNTED[event]
        setattr(day, name, getattr(day, name) + 1)
        self._told[past.story] = at
        self._sent.append((at, past.piece.score))

    def _history(self, now: datetime, story: int) -> AlertHistory:
        start = find_day_start(now, self.policy.zone)
        windows = [each.until for each in self._waiting if each.kind == "rush" and each.until > now]
        return AlertHistory(
            told_at=self._told.get(story),
            sent=[score for at, score in self._sent if at >= start],
            seen=[score for at, score in self._seen if at >= start],
            minute=sum(at > now - MINUTE for at, _ in self._sent),
            window=min(windows, default=None),
        )

    def _owed(self, number: int) -> datetime | None:
        """Until when an alert on a piece waits, None where none does."""
        ends = (each.until for each in self._waiting if each.past.number == number and each.kind != "order")
        return max(ends, default=None)

    def _take_edits_along(self, past: PastEvent, hold: Hold | None) -> bool:
        """Let the edits that rest leave with a retraction, as the line does; whether all that is owed are such."""
        owed = [each for each in self._waiting if each.past.number == past.number]
        if not is_rest_of_edits((each.event, each.kind) for each in owed):
            return False
        for each in owed:
            if hold is None:
                self._send(each.past, each.event, past.at)
            if hold is None or each.until > hold.until:
                self._waiting.remove(each)
            if hold is not None and each.until > hold.until:
                self._waiting.append(replace(each, kind=hold.kind, until=hold.until))
        return True

    def _release(self, now: datetime) -> None:
        """Tell what is due by `now`, each at its own time."""
        while due := sorted((each for each in self._waiting if each.until <= now), key=lambda each: each.until):
            at = due[0].until
            group = [each for each in due if each.until == at]
            self._waiting = [each for each in self._waiting if each not in group]
            if (rest := quiet_hold(self.policy, at)) is not None:
                for each in group:  # a story that rested goes on resting as one, what is for a report for that
                    kind = each.kind if each.kind in ("cooldown", REPORTED) else rest.kind
                    self._waiting.append(replace(each, kind=kind, until=rest.until))
                continue
            self._tell(group, at)

    def _tell(self, group: list[_Waiting], at: datetime) -> None:
        rested = sorted((each for each in group if each.kind == "cooldown"), key=lambda each: each.past.story)
        for story, reports in groupby(rested, key=lambda each: each.past.story):
            held = list(reports)
            best = max(held, key=lambda each: each.past.piece.score)
            hold = budget_hold(self.policy, at, best.past.piece.score, self._history(at, story))
            if hold is None:
                self._send(best.past, best.event if len(held) == 1 else GREW, at)
            else:
                self._waiting += [replace(each, kind=hold.kind, until=hold.until) for each in held]
        self._told |= {each.past.story: at for each in group if each.kind == REPORTED}
        others = [each for each in group if each.kind not in ("cooldown", "order", REPORTED)]
        if len(others) == 1:
            self._send(others[0].past, others[0].event, at)
        elif others:
            self._day(at).digests += 1
            self._told |= dict.fromkeys((each.past.story for each in others), at)
        for each in group:
            if each.kind != "order":
                continue
            if (owed := self._owed(each.past.number)) is not None:
                self._waiting.append(replace(each, until=owed))
            else:
                self._send(each.past, each.event, at)
