"""The last 48 hours of a source's polls, an hour a cell; height tells as much as colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.pages.charts.shape import draw_chart, draw_shape

_CELL, _TALL = 6.0, 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHour:
    """Polls that began in one hour, and how many of them did not succeed."""

    polls: int
    failed: int


def draw_poll_strip(hours: Sequence[PollHour], label: str) -> Markup:
    """Low cells are good, middle ones part failed, full ones all failed, a dash is an hour without a poll."""
    cells = [_cell(at, hour, len(hours) - at) for at, hour in enumerate(hours)]
    return draw_chart("strip", label, _CELL * len(hours), _TALL, cells, fixed=True)


def _cell(at: int, hour: PollHour, back: int) -> Markup:
    css, tall, said = "none", 2.0, "no poll"
    if hour.polls:
        css, tall = ("good", 8.0) if not hour.failed else ("part", 12.0) if hour.failed < hour.polls else ("bad", _TALL)
        said = f"{hour.polls} polls, {hour.failed} failed"
    return draw_shape(
        "rect", css=css, title=f"{back} h ago: {said}", x=at * _CELL, y=(_TALL - tall) / 2, width=5.0, height=tall
    )
