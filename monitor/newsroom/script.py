"""A few simulated hours of news as a list of events; it must not wait, or move any clock.

script = Script.of_hours(start=clock.now(), seed=7)
while (at := script.next_at()) is not None:
    ...move the clock to `at`...
    for event in script.due(clock.now()):
        script.apply(newsroom, event)
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.newsroom.fault import Fault
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.piece import Piece

# Pieces an hour: TASS has about 240 items a day, Commonspace a few (SOURCES.md).
PACES: Mapping[str, float] = {"tass": 10, "commonspace": 0.7, "milligazete": 0.7, "wordpress": 1.4}
# What each outlet shows before the start: less than its endpoints list, so that a first poll finds all of it.
BACKLOG: Mapping[str, int] = {"tass": 40, "commonspace": 8, "milligazete": 8, "wordpress": 8}
ON_TOPIC = 0.15
# Nothing new in the last part of a script, so that the slowest source (15 minutes) still polls after it.
QUIET_END = timedelta(minutes=25)
_HEALED_AFTER = timedelta(minutes=20)
_TASS_ARTICLE = r"^/[a-z]+/\d+(\?|$)"

# (outlet, when as a part of the whole, fault): one of every kind, in the first two thirds, each on something that
# is asked for again. Delays are real time, so they are short.
_FAULTS: tuple[tuple[str, float, Fault], ...] = (
    ("tass", 0.10, Fault(path=r"^/rss/", status=503, retry_after=120)),
    ("wordpress", 0.15, Fault(path=r"^/feed/", status=429, retry_after=300, times=1)),
    ("tass", 0.20, Fault(path=_TASS_ARTICLE, challenge=True, times=2)),
    ("commonspace", 0.22, Fault(path=r"feed$", status=500, times=2)),
    ("milligazete", 0.25, Fault(path=r"^/$", charset="utf-16")),
    ("tass", 0.30, Fault(path=r"^/userApi/", reset=True, times=2)),
    ("wordpress", 0.35, Fault(path=r"^/[a-z0-9-]+/$", truncate=900, times=1)),
    ("tass", 0.40, Fault(path=_TASS_ARTICLE, redirect="{path}/amp", times=2)),
    ("tass", 0.45, Fault(path=r"^/sitemap", not_modified=True)),
    ("commonspace", 0.50, Fault(path=r"^/region/", delay=0.3, times=1)),
    ("milligazete", 0.55, Fault(path=r"^/$", pace=40_000, times=1)),
    ("tass", 0.60, Fault(path=_TASS_ARTICLE, status=502, times=2)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens at `at`. `name` names the piece it puts out, `of` the piece it is about."""

    at: datetime
    kind: Literal["publish", "copy", "edit", "reissue", "delete", "fault", "clear"]
    outlet: str
    name: str | None = None
    of: str | None = None
    on_topic: bool = False
    fault: Fault | None = None


class Script:
    """Events in order of time, handed out once each.

    `start` is the first live moment: what is dated before it is backlog. `pieces` maps the names of applied
    events to what was put out.
    """

    def __init__(self, events: list[Event], *, start: datetime, end: datetime) -> None:
        self.events = tuple(sorted(events, key=lambda event: event.at))
        self.start = start
        self.end = end
        self.pieces: dict[str, Piece] = {}
        self._handed = 0

    @classmethod
    def of_hours(
        cls,
        *,
        start: datetime,
        seed: int,
        hours: float = 3,
        paces: Mapping[str, float] = PACES,
        backlog: Mapping[str, int] = BACKLOG,
        on_topic: float = ON_TOPIC,
        faults: bool = True,
    ) -> Script:
        """The same script for the same arguments: a backlog, live pieces, copies, edits, a re-issue, a deletion
        and one fault of every kind that heals. At least one live piece of every outlet is on topic.
        """
        chance = random.Random(f"{seed} script")  # noqa: S311 - a plot, not a secret
        end = start + timedelta(hours=hours)
        live = end - QUIET_END - start
        events: list[Event] = []
        for outlet, number in backlog.items():
            events += _publications(chance, outlet, number, on_topic, start - timedelta(hours=8), start, "old")
        fresh: dict[str, list[Event]] = {}
        for outlet, pace in paces.items():
            number = max(1, round(pace * hours))
            fresh[outlet] = _publications(chance, outlet, number, on_topic, start, start + live, "new")
            events += fresh[outlet]
        events += _sequels(chance, fresh, start + live)
        if faults:
            for outlet, part, fault in _FAULTS:
                at = start + live * part
                events.append(Event(at=at, kind="fault", outlet=outlet, fault=fault))
                events.append(Event(at=at + _HEALED_AFTER, kind="clear", outlet=outlet, fault=fault))
        return cls(events, start=start, end=end)

    def next_at(self) -> datetime | None:
        """When the next event is due, None when all are handed out."""
        return self.events[self._handed].at if self._handed < len(self.events) else None

    def due(self, now: datetime) -> list[Event]:
        """The events up to `now` that were not handed out before, in order."""
        first = self._handed
        while self._handed < len(self.events) and self.events[self._handed].at <= now:
            self._handed += 1
        return list(self.events[first : self._handed])

    def apply(self, newsroom: Newsroom, event: Event) -> Piece | None:
        """Make it happen. Pieces are dated by the event, not by the clock. Returns the piece, if there is one."""
        piece = None
        about = None if event.of is None else self.pieces[event.of]
        if event.kind == "publish":
            piece = newsroom.publish(event.outlet, on_topic=event.on_topic, at=event.at)
        elif event.fault is not None:
            (newsroom.fault if event.kind == "fault" else newsroom.clear)(event.outlet, event.fault)
        elif about is not None:
            if event.kind == "copy":
                piece = newsroom.publish(event.outlet, copy_of=about, at=event.at)
            elif event.kind == "reissue":
                piece = newsroom.reissue(about, at=event.at)
            elif event.kind == "edit":
                piece = newsroom.edit(about)
            else:
                newsroom.delete(about, status=410)
        if piece is not None and event.name is not None:
            self.pieces[event.name] = piece
        return piece


def _publications(
    chance: random.Random, outlet: str, number: int, share: float, start: datetime, end: datetime, label: str
) -> list[Event]:
    """`number` pieces over the interval, one in each equal part of it, a `share` of them on topic."""
    part = (end - start) / max(1, number)
    chosen = set(chance.sample(range(number), min(number, math.ceil(number * share))))
    return [
        Event(
            at=start + part * (n + chance.uniform(0.02, 0.98)),
            kind="publish",
            outlet=outlet,
            name=f"{outlet} {label} {n}",
            on_topic=n in chosen,
        )
        for n in range(number)
    ]


def _sequels(chance: random.Random, fresh: Mapping[str, list[Event]], end: datetime) -> list[Event]:
    """What becomes of the live pieces: copies, a re-issue, edits, a deletion long after publication."""

    def later(event: Event, low: int, high: int) -> datetime:
        return event.at + timedelta(minutes=chance.uniform(low, high))

    events = []
    for origin, customer in (("wordpress", "milligazete"), ("milligazete", "wordpress")):
        for event in [*_pick(fresh, origin, on_topic=True), *_pick(fresh, origin, on_topic=False)][:2]:
            name = f"copy of {event.name}"
            at = later(event, 15, 30)
            events.append(Event(at=at, kind="copy", outlet=customer, name=name, of=event.name))
    for event in _pick(fresh, "tass", on_topic=True)[:1]:
        name = f"re-issue of {event.name}"
        events.append(Event(at=later(event, 8, 15), kind="reissue", outlet="tass", name=name, of=event.name))
    for event in [
        *_pick(fresh, "tass", on_topic=True)[1:3],
        *_pick(fresh, "tass", on_topic=False)[1:3],
        *_pick(fresh, "commonspace", on_topic=True)[:1],
        *_pick(fresh, "wordpress", on_topic=False)[1:2],
    ]:
        events.append(Event(at=later(event, 20, 30), kind="edit", outlet=event.outlet, of=event.name))
    for event in _pick(fresh, "tass", on_topic=False)[:1]:
        at = later(event, 90, 100)  # long stored by then, whatever went wrong meanwhile
        events.append(Event(at=at, kind="delete", outlet="tass", of=event.name))
    return [event for event in events if event.at <= end]


def _pick(fresh: Mapping[str, list[Event]], outlet: str, *, on_topic: bool) -> list[Event]:
    return [event for event in fresh.get(outlet, []) if event.on_topic == on_topic]
