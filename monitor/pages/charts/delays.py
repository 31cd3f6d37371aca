"""From publication to alert over time: the median as a line, the 95th percentile as an area above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.pages.charts.shape import draw_chart, draw_shape
from monitor.pages.wording import show_rough, show_span

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _FOOT = 460.0, 150.0, 54.0, 58.0, 14.0, 22.0
# Seconds at which the scale may end, so that half of it reads well too: 2 minutes, 10 minutes, 1 hour …
_ENDS = (120, 240, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 172_800, 345_600, 691_200)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDelay:
    """Seconds from publication to delivery in one step of time; both None where nothing was delivered."""

    step: str
    median: float | None
    late: float | None


def draw_delays(steps: Sequence[StepDelay], label: str) -> Markup:
    """The chart on a linear scale from zero past the worst step; steps without alerts are left out."""
    known = [
        (at, one.median, one.late) for at, one in enumerate(steps) if one.median is not None and one.late is not None
    ]
    worst = max([late for _, _, late in known], default=0.0)
    most = float(next((end for end in _ENDS if end >= worst), worst))
    across = (_WIDTH - _LEFT - _RIGHT) / max(len(steps) - 1, 1)

    def place(at: int, value: float) -> tuple[float, float]:
        return _LEFT + at * across, _HEIGHT - _FOOT - (_HEIGHT - _TOP - _FOOT) * value / most

    shapes = []
    for share in (0.0, 0.5, 1.0):
        y = place(0, most * share)[1]
        words = show_rough(most * share) if share else "0"
        shapes.append(draw_shape("line", css="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y))
        shapes.append(draw_shape("text", words, css="axis", text_anchor="end", x=_LEFT - 6, y=y + 4))
    if known:
        top = [place(at, late) for at, _, late in known]
        low = [place(at, median) for at, median, _ in known]
        shapes.append(draw_shape("polygon", css="area", points=_points([*top, *low[::-1]])))
        shapes.append(draw_shape("polyline", css="late", points=_points(top)))
        shapes.append(draw_shape("polyline", css="median", points=_points(low)))
        for (x, y), high, (at, median, late) in zip(low, top, known, strict=True):
            said = f"{steps[at].step}: median {show_span(median)}, 95 % within {show_span(late)}"
            shapes.append(draw_shape("circle", css="median", title=said, cx=x, cy=y, r=3.0))
            shapes.append(draw_shape("circle", css="late", title=said, cx=x, cy=high[1], r=2.0))
        x, above = low[-1][0], top[-1][1]
        below = max(low[-1][1], above + 13)  # the two words must not meet
        shapes.append(draw_shape("text", "median", css="axis strong", x=x + 8, y=below + 4))
        shapes.append(draw_shape("text", "95 %", css="axis", x=x + 8, y=above + 4))
    shapes += [
        draw_shape("text", steps[at].step, css="axis", text_anchor="middle", x=place(at, 0)[0], y=_HEIGHT - 5)
        for at in (sorted({0, len(steps) // 2, len(steps) - 1}) if steps else ())
    ]
    return draw_chart("delays", label, _WIDTH, _HEIGHT, shapes)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
