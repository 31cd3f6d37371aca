"""The count of alerts out of order must be able to find one."""

from __future__ import annotations

from typing import Any

import pytest
from alert_order import count_order_violations

FIRST, SECOND = "https://news.example/1", "https://news.example/2"


def alert(kind: str, url: str, minute: int, story: int = 1) -> dict[str, Any]:
    stamp = f"2026-01-02T03:{minute:02}:00.000Z"
    return {"type": kind, "timestamp": stamp, "data": {"article": {"url": url}, "story": {"id": story}}}


MATCHED, EDITED = alert("article.matched", FIRST, 1), alert("article.edited", FIRST, 2)
RETRACTED, GREW = alert("article.retracted", FIRST, 3), alert("story.grew", SECOND, 4)


@pytest.mark.parametrize(
    ("arrived", "violations"),
    [
        ([MATCHED, EDITED, RETRACTED, GREW], 0),
        ([MATCHED, GREW, EDITED, RETRACTED], 0),
        ([MATCHED, alert("article.matched", SECOND, 0, story=2), EDITED], 0),
        ([EDITED, MATCHED], 2),
        ([MATCHED, RETRACTED, EDITED], 1),
        ([GREW, MATCHED], 1),
        ([RETRACTED], 1),
    ],
)
def test_what_comes_before_its_turn_is_counted(arrived: list[dict[str, Any]], violations: int) -> None:
    assert count_order_violations(arrived) == violations
