"""What a rule's scheduled report says: the events of a span grouped by story; it must not decide when it goes out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerting.message.document import LIMIT, SCHEMA, Cuts, encode_json, format_time, is_link

REPORT = "report"
REPORTED_EVENTS = ("article.matched", "story.grew", "article.edited", "article.retracted")
_FIRST = frozenset({"article.matched", "story.grew"})
_TITLE, _OUTLET, _URL, _REASON, _PASSAGE = 200, 60, 500, 200, 240  # bytes
_REASONS, _HELD = 8, 5
_ROOM_FOR_HELD = 2_500  # bytes that stories leave for what was held back
# How many reports and changes of a story are listed: the most with which all stories fit, else as many stories as fit
# with the least.
_LISTED = ((6, 4), (3, 2), (1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEvent:
    """An alert that was made in the span of a report, whatever became of it.

    `told` says how it is told: "alert" (by itself), "digest" (by another alert), "report" (here first), "later" (it
    waits), "held" (not at all, for `reason`). `before` and `after` are the first passage that an edit changed.
    """

    alert: str
    event: str
    at: datetime
    article_id: int
    story_id: int
    outlet: str
    title: str
    url: str
    topic: str
    score: float
    told: str
    reason: str | None = None
    kinds: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStory:
    """What a story brought: its reports, each piece once and the strongest first, and its changes, the oldest first."""

    id: int
    score: float
    reports: tuple[ReportEvent, ...]
    changes: tuple[ReportEvent, ...]

    @property
    def lead(self) -> ReportEvent:
        """The event that stands for the story: its strongest report, or the piece that changed."""
        return (*self.reports, *self.changes)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFrame:
    """Whose report it is and of what span; `schedule` as config.toml writes it, `zone` that of its clock."""

    id: str
    rule: str
    schedule: str
    zone: str
    since: datetime
    until: datetime


def group_stories(events: Iterable[ReportEvent]) -> tuple[ReportedStory, ...]:
    """The stories of which anything is told, the strongest first; of equals that with more reports, then the latest."""
    stories: dict[int, list[ReportEvent]] = {}
    for event in events:
        if event.told != "held":
            stories.setdefault(event.story_id, []).append(event)
    found = [_story(id, told) for id, told in stories.items()]
    return tuple(sorted(found, key=lambda story: (-story.score, -len(story.reports), -_latest(story), story.id)))


def _story(id: int, told: Sequence[ReportEvent]) -> ReportedStory:
    pieces: dict[int, ReportEvent] = {}
    for event in sorted((event for event in told if event.event in _FIRST), key=_strongest):
        pieces.setdefault(event.article_id, event)
    changes = sorted((event for event in told if event.event not in _FIRST), key=lambda event: (event.at, event.alert))
    return ReportedStory(
        id=id,
        score=max(event.score for event in told),
        reports=tuple(pieces.values()),
        changes=tuple(changes),
    )


def _strongest(event: ReportEvent) -> tuple[float, datetime, str]:
    return -event.score, event.at, event.alert


def _latest(story: ReportedStory) -> float:
    return max(event.at for event in (*story.reports, *story.changes)).timestamp()


def build_report(
    frame: ReportFrame,
    events: Sequence[ReportEvent],
    stories: Sequence[ReportedStory],
    spread: Mapping[int, tuple[int, int]],
) -> bytes:
    """The alert that reports `events`, of which `stories` are the groups, in at most 20,000 bytes.

    `spread` has how many outlets and independent sources a story has by now, by its number. `counts` are of all; what
    does not fit is in the outbox, where `explain` shows it.
    """
    cuts = Cuts()
    held = [event for event in events if event.told == "held"]
    changes = Counter(event.event for story in stories for event in story.changes)
    listed: dict[str, Any] = {
        "schedule": frame.schedule,
        "zone": frame.zone,
        "from": format_time(frame.since),
        "until": format_time(frame.until),
        "counts": {
            "stories": len(stories),
            "reports": sum(len(story.reports) for story in stories),
            "edits": changes["article.edited"],
            "retractions": changes["article.retracted"],
            "held": len(held),
        },
        "stories": [],
        "held": {"reasons": _reasons(held, cuts), "items": []},
    }
    found: dict[str, Any] = {
        "type": REPORT,
        "timestamp": format_time(frame.until),
        "data": {
            "schema": SCHEMA,
            "alert": frame.id,
            "rule": cuts.short("rule", frame.rule, 100),
            "report": listed,
            "explain": f"seedwatch alerts list --digest {frame.id}",
            "truncated": [],
        },
    }
    room = LIMIT - len(encode_json(found)) - 100  # for the names of what is cut
    listed["stories"] = _listed_stories(stories, spread, room - min(_ROOM_FOR_HELD, 600 * len(held)), cuts)
    room -= len(encode_json(listed["stories"]))
    strongest = sorted(held, key=_strongest)[:_HELD]
    listed["held"]["items"], _ = _fill((_item(event, cuts) for event in strongest), room)
    found["data"]["truncated"] = list(cuts.names)
    return encode_json(found)


def _reasons(held: Iterable[ReportEvent], cuts: Cuts) -> list[dict[str, Any]]:
    reasons = Counter(cuts.short("held", _common(event.reason or ""), _REASON) for event in held)
    return [{"reason": reason, "count": count} for reason, count in reasons.most_common(_REASONS)]


def _common(reason: str) -> str:
    """A reason without what differs from piece to piece, so that equal ones are counted together."""
    plain = re.sub(r"https?://[^\s,]+", "another piece", reason)
    return re.sub(r" \(similarity [\d.]+\)|(?<=score) \d\.\d+", "", plain)


def _listed_stories(
    stories: Sequence[ReportedStory], spread: Mapping[int, tuple[int, int]], room: int, cuts: Cuts
) -> list[dict[str, Any]]:
    """As many stories as fit, each with as many of its pieces as leave room for all."""
    filled: list[dict[str, Any]] = []
    for most in _LISTED:
        tried = Cuts()
        filled, whole = _fill((_fields(story, most, spread, tried) for story in stories), room)
        if whole:
            break
    else:
        tried.names["stories"] = None
    cuts.names |= tried.names
    return filled


def _fill(items: Iterable[dict[str, Any]], room: int) -> tuple[list[dict[str, Any]], bool]:
    """The first of `items` that fit into so many bytes, and whether all did."""
    found: list[dict[str, Any]] = []
    for item in items:
        room -= len(encode_json(item)) + 1
        if room < 0:
            return found, False
        found.append(item)
    return found, True


def _fields(
    story: ReportedStory, most: tuple[int, int], spread: Mapping[int, tuple[int, int]], cuts: Cuts
) -> dict[str, Any]:
    outlets, independent = spread[story.id]
    return {
        "id": story.id,
        "title": cuts.short("stories", story.lead.title, _TITLE),
        "url": _link(story.lead.url),
        "topic": cuts.short("stories", story.lead.topic, 100),
        "score": round(story.score, 4),
        "outlets": outlets,
        "independent": independent,
        "count": len(story.reports),
        "changed": len(story.changes),
        "reports": [_item(event, cuts) for event in cuts.first("stories", list(story.reports), most[0])],
        "changes": [_changed(event, cuts) for event in cuts.first("stories", list(story.changes), most[1])],
    }


def _item(event: ReportEvent, cuts: Cuts) -> dict[str, Any]:
    return {
        "alert": event.alert,
        "type": event.event,
        "at": format_time(event.at),
        "outlet": cuts.short("items", event.outlet, _OUTLET),
        "title": cuts.short("items", event.title, _TITLE),
        "url": _link(event.url),
        "score": round(event.score, 4),
        "told": event.told,
        "reason": cuts.short("items", event.reason, _REASON),
    }


def _changed(event: ReportEvent, cuts: Cuts) -> dict[str, Any]:
    return {
        **_item(event, cuts),
        "kinds": [cuts.short("items", kind, 40) for kind in event.kinds[:8]],
        "before": cuts.short("items", event.before, _PASSAGE),
        "after": cuts.short("items", event.after, _PASSAGE),
    }


def _link(url: str) -> str | None:
    return url if is_link(url) and len(url) <= _URL else None
