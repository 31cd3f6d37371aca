"""What a user's own watch achieved lately, as five levels; each says how it is computed and what it cannot see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryLevel:
    """Pieces `seen` of at least `estimated`; `score` is their ratio with its interval, None where nothing compares.

    `compared` sources could be judged, those in `alone` could not: one kind of list shows them, or nothing new came.
    """

    seen: int
    estimated: float | None
    score: float | None
    low: float | None
    high: float | None
    compared: int
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissLevel:
    """Gaps that are open now, of how many sources, the hours they span; gaps of the window that were closed."""

    open_gaps: int
    sources: int
    hours: float
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LossLevel:
    """Alerts given up (`dead`), since when; `untold` pieces among them that no alert told of; `share` of the window's
    alerts, None where none was delivered or given up."""

    dead: int
    since: datetime | None
    untold: int
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatLevel:
    """Of `delivered` first alerts of the window: how many were a second one on the same piece at the same channel
    (`repeated`), and how many were sent again after an attempt that got no answer (`resent`, same webhook-id)."""

    delivered: int
    repeated: int
    resent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayLevel:
    """Seconds from publication to delivery of the window's `alerts`; `undated` ones say no minute and are left out."""

    alerts: int
    undated: int
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevels:
    """The five at `at`, over what happened from `since` on."""

    at: datetime
    since: datetime
    discovery: DiscoveryLevel
    misses: MissLevel
    losses: LossLevel
    repeats: RepeatLevel
    delay: DelayLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNote:
    """A level's title, how it is computed, and what it cannot see."""

    title: str
    how: str
    blind: str


LEVEL_NOTES: Mapping[str, LevelNote] = {
    "discovery": LevelNote(
        title="Discovery recall, at most",
        how="pieces seen, divided by how many there are by capture-recapture over the kinds of list of each source "
        "(Chapman's estimate, 95 % interval, the pair of lists that misses most); what was first seen within the "
        "last two hours is left out, since lists follow one another",
        blind="what no list of an outlet ever showed; lists of one outlet come from one system, so the true recall is "
        "lower; sources with one kind of list only",
    ),
    "misses": LevelNote(
        title="Silent misses",
        how="gaps that are open: intervals in which two answers of a list do not meet and nothing else covers them",
        blind="how many pieces a gap holds; pieces that a list took out between two polls while its other entries met",
    ),
    "losses": LevelNote(
        title="Lost alerts",
        how="alerts given up after their last attempt (dead letters) and not sent again, and the pieces among them of "
        "which no other alert was delivered",
        blind="what a receiver answered with 2xx and then lost; alerts still waiting, which are not lost",
    ),
    "repeats": LevelNote(
        title="Repeated alerts",
        how="delivered first alerts on a piece beyond the first one at the same channel by the same rule; beside them, "
        "alerts sent again after an attempt without an answer, under the same webhook-id",
        blind="two pieces with the same content under two addresses that were not found to be copies; a repeat after "
        "the monitor died between the receiver's answer and its record, which has the same webhook-id",
    ),
    "delay": LevelNote(
        title="From publication to alert",
        how="seconds from the outlet's own date to the receiver's answer, of first alerts on pieces that were not "
        "there when their source was added; median and 95th percentile",
        blind="pieces dated by the day only or not at all; outlets that date a piece later than they put it out; "
        "pieces that were never found",
    ),
}  # fmt: skip


def build_level_document(levels: ServiceLevels, stamp: Callable[[datetime], str]) -> dict[str, Any]:
    """The levels as one JSON document; `stamp` writes a time as text. Every level has `title`, `how` and `blind`."""
    found: dict[str, Any] = {"at": stamp(levels.at), "since": stamp(levels.since)}
    for name, note in LEVEL_NOTES.items():
        values = asdict(getattr(levels, name))
        plain = {key: stamp(value) if isinstance(value, datetime) else value for key, value in values.items()}
        found[name] = {"title": note.title, **plain, "how": note.how, "blind": note.blind}
    return found


def say_levels(levels: ServiceLevels, span: Callable[[float], str]) -> dict[str, str]:
    """Each level as one line for people, by its name; `span` writes a length of time in seconds."""
    return {
        "discovery": _say_discovery(levels.discovery),
        "misses": _say_misses(levels.misses, span),
        "losses": _say_losses(levels.losses),
        "repeats": (
            f"{levels.repeats.repeated} of {levels.repeats.delivered} first alerts on a piece; {levels.repeats.resent} "
            "sent again with the same id"
        ),
        "delay": _say_delay(levels.delay, span),
    }


def _say_discovery(level: DiscoveryLevel) -> str:
    if level.score is None or level.low is None or level.high is None:
        return f"not known: nothing to compare at {len(level.alone)} of {len(level.alone)} sources"
    said = f"{level.score:.1%} ({level.low:.1%} to {level.high:.1%}), {level.seen} pieces of {level.compared} sources"
    return f"{said}; not known of {len(level.alone)} more" if level.alone else said


def _say_misses(level: MissLevel, span: Callable[[float], str]) -> str:
    closed = f"{level.closed} closed"
    if not level.open_gaps:
        return f"no open gap, {closed}"
    gaps = f"{level.open_gaps} open gap{'' if level.open_gaps == 1 else 's'}"
    sources = f"{level.sources} source{'' if level.sources == 1 else 's'}"
    return f"{gaps} of {sources}, {span(level.hours * 3600)} in all; {closed}"


def _say_losses(level: LossLevel) -> str:
    if not level.dead:
        return "none"
    share = "" if level.share is None else f", {level.share:.2%} of the alerts of these days"
    pieces = f"{level.untold} piece{'' if level.untold == 1 else 's'}"
    return f"{level.dead} given up, {pieces} nobody was told of{share}"


def _say_delay(level: DelayLevel, span: Callable[[float], str]) -> str:
    if level.median is None or level.p95 is None:
        return f"not known: no alert on a piece with a time, {level.undated} without"
    said = f"half within {span(level.median)}, 95 % within {span(level.p95)}, of {level.alerts} first alerts"
    return f"{said}; {level.undated} without a time left out" if level.undated else said
