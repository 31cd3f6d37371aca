from __future__ import annotations

import pytest

from monitor.model.time_scale import TimeScale


@pytest.mark.parametrize(
    ("steps", "word", "width", "span"),
    [
        (("2026-03-01", "2026-03-02"), "day", 10, "2 days"),
        (("2026-03-02T07", "2026-03-02T08", "2026-03-02T09"), "hour", 13, "3 hours"),
    ],
)
def test_the_width_of_a_step_and_the_span_of_all(steps: tuple[str, ...], word: str, width: int, span: str) -> None:
    scale = TimeScale(steps=steps, word=word)
    assert (scale.width, scale.span) == (width, span)
