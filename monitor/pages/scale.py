"""The steps of the charts over time: days, or hours while the watch is younger than two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.model.time_scale import TimeScale
from monitor.pages.wording import list_days

_YOUNG = timedelta(hours=48)
_LEAST, _HOURS = 6, 24


def list_labels(steps: Sequence[str]) -> list[str]:
    """Steps as an axis shows them: "03-02" or "09:00"."""
    return [step[5:] if len(step) == 10 else f"{step[11:]}:00" for step in steps]


def choose_scale(now: datetime, began: datetime | None, days: int) -> TimeScale:
    """The last `days` days, or the hours, 24 at most, of a watch that began less than two days ago."""
    if began is not None and now - began < _YOUNG:
        number = min(max(int((now - began) / timedelta(hours=1)) + 2, _LEAST), _HOURS)
        hours = tuple(f"{now - timedelta(hours=back):%Y-%m-%dT%H}" for back in range(number - 1, -1, -1))
        return TimeScale(steps=hours, word="hour")
    return TimeScale(steps=tuple(list_days(now, days)), word="day")
