"""A story as lanes, one an outlet: when each piece came out, when we saw it, when it was edited and alerted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from monitor.pages.charts.shape import draw_chart, draw_shape
from monitor.pages.wording import show_span

_WIDTH, _LEFT, _RIGHT, _TOP, _LANE, _FOOT = 960.0, 170.0, 104.0, 14.0, 30.0, 24.0
# Steps of the time axis in hours, the first that gives at most seven ticks is taken.
_STEPS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 2880)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePiece:
    """One piece in a lane. `until` is set where only the day is known: the piece came out between `at` and then."""

    at: datetime
    until: datetime | None
    seen: datetime
    css: str  # "first", "own", "copy"
    title: str
    edits: tuple[datetime, ...] = ()
    alerts: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLane:
    """One outlet's pieces, and what is written at the lane's end ("first", "+21 min")."""

    outlet: str
    behind: str
    pieces: tuple[LanePiece, ...]


def draw_lanes(lanes: Sequence[StoryLane], label: str) -> Markup:
    """The chart; times run from the first piece to the last thing that happened."""
    moments = [
        moment
        for lane in lanes
        for piece in lane.pieces
        for moment in (piece.at, piece.until or piece.at, piece.seen, *piece.edits, *piece.alerts)
    ]
    first, last = min(moments), max(moments)
    pad = max((last - first) * 0.03, timedelta(minutes=2))
    first, last = first - pad, last + pad
    tall = _TOP + _LANE * len(lanes) + _FOOT

    def across(moment: datetime) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * ((moment - first) / (last - first))

    shapes = _ticks(first, last, tall, across)
    end = _WIDTH - _RIGHT
    for number, lane in enumerate(lanes):
        y = _TOP + _LANE * number + _LANE / 2
        bold = " strong" if lane.behind == "first" else ""
        shapes.append(draw_shape("line", css="lane", x1=_LEFT, x2=end, y1=y, y2=y))
        name = _short(lane.outlet)
        shapes.append(draw_shape("text", name, css=f"outlet{bold}", text_anchor="end", x=_LEFT - 12, y=y + 4))
        shapes.append(draw_shape("text", lane.behind, css=f"axis{bold}", x=end + 10, y=y + 4))
        for piece in lane.pieces:
            shapes += _piece(piece, y, across)
    return draw_chart("lanes", label, _WIDTH, tall, shapes)


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"


def _ticks(first: datetime, last: datetime, tall: float, across: Callable[[datetime], float]) -> list[Markup]:
    hours = (last - first).total_seconds() / 3600
    step = timedelta(hours=next((size for size in _STEPS if hours / size <= 7), _STEPS[-1]))
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * (int((first - midnight) / step) + 1)
    shapes = []
    while at < last:
        x = across(at)
        words = f"{at.day} {at:%b}" if (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"
        shapes.append(draw_shape("line", css="grid", x1=x, x2=x, y1=_TOP, y2=tall - _FOOT))
        shapes.append(draw_shape("text", words, css="axis", text_anchor="middle", x=x, y=tall - 6))
        at += step
    return shapes


def _piece(piece: LanePiece, y: float, across: Callable[[datetime], float]) -> list[Markup]:
    x, seen = across(piece.at), across(piece.seen)
    said = f"{piece.title}: seen {show_span((piece.seen - piece.at).total_seconds())} later"
    shapes = []
    if piece.until is not None:
        said = f"{piece.title}: only the day is known"
        wide = max(across(piece.until) - x, 10)
        shapes.append(
            draw_shape("rect", css=f"day {piece.css}", title=said, x=x, y=y - 5, width=wide, height=10.0, rx=5.0)
        )
    else:
        if seen - x > 2:
            shapes.append(draw_shape("line", css="wait", x1=x, x2=seen, y1=y, y2=y))
        if piece.css == "copy":
            shapes.append(draw_shape("rect", css="copy", title=said, x=x - 4.5, y=y - 4.5, width=9.0, height=9.0))
        else:
            radius = 7.0 if piece.css == "first" else 5.0
            shapes.append(draw_shape("circle", css=piece.css, title=said, cx=x, cy=y, r=radius))
    shapes += [draw_shape("circle", css="edit", title="edited", cx=across(at), cy=y, r=4.0) for at in piece.edits]
    for alert in piece.alerts:
        a = across(alert)
        points = f"{a:.1f},{y - 14:.1f} {a - 4:.1f},{y - 7:.1f} {a + 4:.1f},{y - 7:.1f}"
        shapes.append(draw_shape("polygon", css="alert", title="alert delivered", points=points))
    return shapes
