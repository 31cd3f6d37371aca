"""Floods: matching pieces of a source beyond a multiple of its usual hour wait for a digest, and a problem says so."""

from __future__ import annotations

from datetime import datetime

from monitor.alerting.flood import HOUR, LEAST, USUAL_OVER, flood_limit, hold_flood, usual_hour
from monitor.alerting.policy import Hold
from monitor.storage import Store

_FLOOD = "flood"


def find_flood_hold(store: Store, source: str, rule: str, channel: str, now: datetime) -> Hold | None:
    """The hold of a match that was just stored, None where its source brings no more than usual."""
    count = store.flood_counts.matched(source, now - HOUR, now)
    if count <= LEAST:  # the usual is counted only where it can matter
        return None
    usual = _usual(store, source, now)
    hold = hold_flood(count, usual, source, now, store.flood_counts.window(rule, channel, now))
    if hold is not None:
        store.problems.open(
            _FLOOD,
            source,
            f"{count} matching pieces within an hour, where {usual:.1f} are usual: {flood_limit(usual)} went out at "
            "once, the others go into digests",
            f"look at what it publishes: seedwatch explain {source}; seedwatch sources pause {source} stops it",
            now,
        )
    return hold


def close_floods(store: Store, now: datetime) -> None:
    """Close the problems of floods that are over."""
    for problem in store.problems.current():
        if problem.kind == _FLOOD and problem.closed_at is None:
            count = store.flood_counts.matched(problem.subject, now - HOUR, now)
            if count <= flood_limit(_usual(store, problem.subject, now)):
                store.problems.close(_FLOOD, problem.subject, now)


def _usual(store: Store, source: str, now: datetime) -> float:
    """Matching pieces in a usual hour, the present one left out."""
    since = max(store.sources.added_at(source), now - USUAL_OVER)
    before = store.flood_counts.matched(source, since, now - HOUR)
    return usual_hour(before, (now - HOUR - since).total_seconds() / HOUR.total_seconds())
