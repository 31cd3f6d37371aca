"""How completely a source is watched, as `explain` and `status` show it; it reads the database and must not write."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from monitor.discovery.recall_estimate import ListPair, compute_percentile, estimate_recall
from monitor.storage import Store
from monitor.storage.connection import Row

_GAPS = 20  # gaps shown of a source: the open ones first
_WEEKS = 5  # ISO weeks shown, this one included
_DELAYS = timedelta(days=7)  # delays are those of what was seen in the last week
CAVEAT = "an upper limit: one system fills all endpoints of an outlet, and what it forgets everywhere shows nowhere"


def measure_weekly_recall(store: Store, source: str, now: datetime, number: int = _WEEKS) -> list[dict[str, Any]]:
    """How complete the watch of a source was, by ISO week, this one first; a week with nothing to compare says so.

    Kinds of endpoint are compared, not single ones: the sections of a list API show different pieces by design.
    """
    monday = _find_monday(now)
    first = monday - timedelta(weeks=number - 1)
    lists: dict[str, dict[str, set[int]]] = {}
    for link, at, kind in store.sightings.list_sightings(source, first):
        lists.setdefault(_week(at.date()), {}).setdefault(kind, set()).add(link)
    names = [_week((monday - timedelta(weeks=back)).date()) for back in range(number)]
    return [_weekly(name, lists[name]) for name in names if name in lists]


@cache
def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _weekly(name: str, lists: dict[str, set[int]]) -> dict[str, Any]:
    found = estimate_recall(lists)
    if found is None:
        seen = len(set().union(*lists.values()))
        return {"week": name, "seen": seen, "score": None, "why": "one kind of endpoint only: nothing to compare"}
    return {
        "week": name,
        "seen": found.seen,
        "score": round(found.score, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "why": "" if found.score == 1 else CAVEAT,
        "pairs": [_pair(pair) for pair in found.pairs],
    }


def _pair(pair: ListPair) -> dict[str, Any]:
    return {
        "lists": f"{pair.one} {pair.ones}, {pair.other} {pair.others}",
        "both": pair.both,
        "estimate": round(pair.estimate.total, 1),
        "low": round(pair.estimate.low, 1),
        "high": round(pair.estimate.high, 1),
    }


def measure_all_recall(store: Store, now: datetime) -> dict[str, float | None]:
    """By source, how complete its watch is this week, at most; None where nothing can be compared.

    All are read at once; one that announced nothing this week is left out.
    """
    found: dict[str, float | None] = {}
    monday = _find_monday(now)
    for source, told in store.sightings.list_all(monday, monday + timedelta(weeks=1)).items():
        lists: dict[str, set[int]] = {}
        for link, kind in told:
            lists.setdefault(kind, set()).add(link)
        recall = estimate_recall(lists)
        found[source] = None if recall is None else round(recall.score, 4)
    return found


def _find_monday(now: datetime) -> datetime:
    return (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def measure_delay(store: Store, source: str, now: datetime) -> dict[str, Any]:
    """Seconds from publication to first sight in the last week: the median and the 95th percentile."""
    return _delays(store.sightings.delays(source, now - _DELAYS))


def measure_endpoint_lag(store: Store, source: str, now: datetime) -> dict[int, dict[str, Any]]:
    """By endpoint: of how many links of the last week it was the first to tell, and how long after the first."""
    found = store.sightings.measure_lag(source, now - _DELAYS)
    return {
        number: {"first": sum(not value for value in values), **_delays(values)} for number, values in found.items()
    }


def _delays(values: list[float]) -> dict[str, Any]:
    return {"links": len(values), "p50": compute_percentile(values, 0.5), "p95": compute_percentile(values, 0.95)}


def list_gaps(store: Store, source: str) -> list[dict[str, Any]]:
    """The gaps of a source as people read them: those that are not closed first, then the latest."""
    return [_gap(row) for row in store.gaps.rows(source, _GAPS)]


def _gap(row: Row) -> dict[str, Any]:
    fields = {
        "state": row["state"],
        "from": row["from_at"],
        "to": row["to_at"],
        "endpoint": f"{row['kind']} {row['url']}",
        "reason": row["reason"],
        "opened_at": row["opened_at"],
        "found": row["found"],
        "deeper_pages": row["pages"],
        "tries": row["attempts"],
        "next_try_at": row["next_try_at"],
        "closed_at": row["closed_at"],
        "closed_by": f"{row['by_kind']} {row['by_url']}" if row["closed_by"] is not None else None,
        "because": row["closed_because"],
    }
    return {name: value for name, value in fields.items() if value is not None}
