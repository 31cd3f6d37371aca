"""`seedwatch alerts preview`: what the policies would have sent over the archive, a day at a time; it only reads.

Verdicts are those in the database, times those of publication. What the outlet had before the watch began counts like
the rest: an archive is what a policy is tried on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.core.decide import Rule
from monitor.core.policy import Piece
from monitor.core.rehearsal import Day, Past, Rehearsal
from monitor.store import Store
from monitor.store.connection import Row
from monitor.store.stamps import moment


def preview(store: Store, rules: Iterable[Rule], since: datetime | None) -> list[dict[str, Any]]:
    """One document per alert rule that has topics: its days, and the sum of them.

    A rush (`per_minute`) is not rehearsed: many a date in an archive knows only the day.
    """
    return [_rehearsed(store, rule, since) for rule in rules if rule.topics]


def _rehearsed(store: Store, rule: Rule, since: datetime | None) -> dict[str, Any]:
    rehearsal = Rehearsal(replace(rule.policy, per_minute=None), per_story=rule.per == "story")
    days = rehearsal.run(_pieces(store.archive.matched(sorted(rule.topics), since)))
    return {
        "alert": rule.name,
        "days": [_day(day) for day in days],
        **{name: sum(getattr(day, name) for day in days) for name in ("matches", "sent", "grew", "digests")},
        "held": _sum(days, "held"),
        "waited": _sum(days, "waited"),
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        **{name: getattr(day, name) for name in ("day", "matches", "sent", "grew", "digests")},
        "held": dict(day.held.most_common()),
        "waited": dict(day.waited.most_common()),
    }


def _sum(days: Iterable[Day], name: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for day in days:
        counts.update(getattr(day, name))
    return dict(counts.most_common())


def _pieces(rows: Iterable[Row]) -> Iterator[Past]:
    for row in rows:
        yield Past(
            number=row["id"],
            at=moment(row["at"]),
            story=row["story_id"],
            copy_of=row["copy_of"],
            piece=Piece(
                source=row["source"],
                language=row["language"],
                score=row["score"],
                terms=tuple(item["term"] for item in json.loads(row["evidence"])),
            ),
        )
