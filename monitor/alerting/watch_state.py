"""What is wrong with a watch, as one list and one sentence: `status`, `doctor` and the home page all tell this one.

Everything that fails stands in it once: an open problem of a source or channel covers the state of that source or
channel; a state without a problem is told by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Level = Literal["bad", "warn"]

_UNPOLLED = "new"
# States of a source in which nothing of it can be read; in the others it is read, though less well than it should.
_DOWN = frozenset({"failing", "blocked", "stopped"})
_DOUBTFUL = frozenset({"silent", "drifting", "unsteady"})
# Kinds of problems in which something is given up or everything stands still.
_BAD = frozenset({"channel-disabled", "dead-letter", "database-not-writable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProblem:
    """A row of `problems` that is not closed."""

    kind: str
    subject: str
    detail: str
    cure: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source that is switched on, as it stands."""

    name: str
    title: str
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCondition:
    """A channel as it stands, with the alerts it is owed: given up (`dead`) and waiting after a failed attempt."""

    name: str
    state: str
    reason: str | None
    since: datetime | None
    dead: int = 0
    waiting: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFault:
    """One thing that is wrong: what `subject` it is about, what was seen, and the command or step that helps."""

    level: Level
    subject: str
    said: str
    cure: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """The sentence and the faults behind it, the worst first; `level` is "good" where there is none."""

    level: Literal["good", "warn", "bad"]
    sentence: str
    faults: tuple[WatchFault, ...]


def describe_watch(
    *,
    running: bool,
    simulated: bool,
    sources: Collection[SourceState],
    channels: Collection[ChannelCondition],
    problems: Iterable[OpenProblem],
) -> WatchState:
    """How the watch stands; `simulated` is a database that no daemon writes to any more."""
    faults: list[WatchFault] = []
    known = list(problems)
    if not running and not simulated:
        faults.append(
            WatchFault(
                level="bad", subject="the monitor", said="is not running: nothing is watched", cure="seedwatch run"
            )
        )
    down = {source.name for source in sources if source.state in _DOWN}
    for problem in known:
        bad = problem.subject in down or problem.kind in _BAD
        faults.append(
            WatchFault(
                level="bad" if bad else "warn",
                subject=problem.subject,
                said=f"{problem.kind}: {problem.detail}" if problem.kind not in ("source",) else problem.detail,
                cure=problem.cure,
                since=problem.since,
            )
        )
    told = {problem.subject for problem in known}
    for source in sources:
        if source.name not in told and source.state in _DOWN | _DOUBTFUL:
            faults.append(
                WatchFault(
                    level="bad" if source.state in _DOWN else "warn",
                    subject=source.name,
                    said=source.reason or source.state,
                    cure=f"seedwatch explain {source.name}",
                )
            )
    for channel in channels:
        faults += _channel_faults(channel, told)
    faults.sort(key=lambda fault: fault.level != "bad")
    level: Literal["good", "warn", "bad"] = "good" if not faults else faults[0].level
    return WatchState(level=level, sentence=_sentence(faults, sources, channels, down), faults=tuple(faults))


def _channel_faults(channel: ChannelCondition, told: Collection[str]) -> list[WatchFault]:
    found = []
    if channel.state != "ok" and channel.name not in told:
        found.append(
            WatchFault(
                level="bad",
                subject=channel.name,
                said=f"{channel.state}: {channel.reason or 'the last attempt failed'}",
                cure=f"seedwatch test-alert {channel.name}",
                since=channel.since,
            )
        )
    owed = [f"{channel.dead} given up"] if channel.dead else []
    owed += [f"{channel.waiting} waiting after a failed attempt"] if channel.waiting else []
    if owed:
        found.append(
            WatchFault(
                level="bad" if channel.dead else "warn",
                subject=channel.name,
                said=f"alerts not delivered: {', '.join(owed)}",
                cure="seedwatch alerts list --state dead" if channel.dead else "seedwatch alerts list --state pending",
                since=channel.oldest,
            )
        )
    return found


def _sentence(
    faults: Collection[WatchFault],
    sources: Collection[SourceState],
    channels: Collection[ChannelCondition],
    down: Collection[str],
) -> str:
    """The state in one sentence: counts of what fails, else that all is well."""
    parts = []
    if any(fault.subject == "the monitor" for fault in faults):
        parts.append("the monitor is not running")
    if down:
        parts.append(f"{len(down)} of {len(sources)} sources {'is' if len(down) == 1 else 'are'} failing")
    failing = sum(channel.state != "ok" for channel in channels)
    if failing:
        parts.append(f"{failing} of {len(channels)} channels {'is' if failing == 1 else 'are'} failing")
    owed = sum(channel.dead + channel.waiting for channel in channels)
    if owed:
        parts.append(f"{owed} alert{'' if owed == 1 else 's'} not delivered")
    if not parts and faults:
        parts.append("1 thing needs a look" if len(faults) == 1 else f"{len(faults)} things need a look")
    if not parts:
        return _all_well(sources)
    joined = ", ".join(parts)
    return joined[0].upper() + joined[1:]


def _all_well(sources: Collection[SourceState]) -> str:
    """What is known where nothing is wrong: of a source that was not polled yet, nothing is."""
    if not sources:
        return "No source is watched yet"
    polled = sum(source.state != _UNPOLLED for source in sources)
    if polled == 0:
        return "No source was polled yet"
    if polled < len(sources):
        return f"{polled} of {len(sources)} sources polled so far, none fails, and no alert is overdue"
    return "All sources answer and no alert is overdue"
