"""Bars over time: a small multiple of a topic's matches, and the sparkline of a source."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from monitor.pages.charts.shape import draw_chart, draw_shape

_WIDTH, _HEIGHT, _TOP, _FOOT = 300.0, 96.0, 18.0, 18.0
_LEAST = 1.5  # height of the smallest bar: one piece is seen beside a thousand
_SPARK_WIDE, _SPARK, _CAP = 98.0, 20.0, 13.0


def draw_bars(labels: Sequence[str], values: Sequence[int], most: int, label: str, css: str) -> Markup:
    """A bar a step on a scale that ends at `most`; the last one is pale, for its day or hour is not over.

    `label` is what a screen reader says; the largest value is written above its bar.
    """
    step, base = _WIDTH / max(len(values), 1), _HEIGHT - _FOOT
    peak = max(range(len(values)), key=lambda at: (values[at], at), default=0)
    shapes = [draw_shape("line", css="base", x1=0.0, x2=_WIDTH, y1=base, y2=base)]
    for at, (name, value) in enumerate(zip(labels, values, strict=True)):
        if not value:
            continue
        tall = max((base - _TOP) * value / max(most, 1), _LEAST)
        pale = "bar today" if at == len(values) - 1 else "bar"
        said = f"{name}: {value}"
        shapes.append(
            draw_shape(
                "rect", css=pale, title=said, x=at * step + 1, y=base - tall, width=max(step - 2, 1), height=tall
            )
        )
        if at == peak:
            x = min(max(at * step + step / 2, 10), _WIDTH - 10)
            shapes.append(draw_shape("text", str(value), css="peak", text_anchor="middle", x=x, y=base - tall - 5))
    if labels:
        shapes.append(draw_shape("text", labels[0], css="axis", x=0.0, y=_HEIGHT - 3))
        shapes.append(draw_shape("text", labels[-1], css="axis", text_anchor="end", x=_WIDTH, y=_HEIGHT - 3))
    return draw_chart(f"bars {css}", label, _WIDTH, _HEIGHT, shapes)


def draw_sparkline(labels: Sequence[str], values: Sequence[int], label: str) -> Markup:
    """Two weeks or so without axes, on a scale of its own; the largest value is written above its bar."""
    most = max([*values, 1])
    peak = max(range(len(values)), key=lambda at: (values[at], at), default=0)
    cell = _SPARK_WIDE / max(len(values), 1)
    shapes = []
    for at, (name, value) in enumerate(zip(labels, values, strict=True)):
        if value:
            tall = max(_SPARK * value / most, _LEAST)
            css, said = "bar today" if at == len(values) - 1 else "bar", f"{name}: {value}"
            y = _CAP + _SPARK - tall
            shapes.append(draw_shape("rect", css=css, title=said, x=at * cell, y=y, width=cell - 2, height=tall))
            if at == peak:
                digits = 3.5 * len(str(value))  # half of their width
                x = min(max((at + 0.5) * cell - 1, digits), _SPARK_WIDE - digits)
                shapes.append(draw_shape("text", str(value), text_anchor="middle", x=x, y=y - 3))
    return draw_chart("spark", label, _SPARK_WIDE, _CAP + _SPARK, shapes, fixed=True)
