"""What a poll says of its source: ok, unsteady, failing, silent, blocked, drifting or stopped, and why.

The rules are core's (`health`, `rhythm`, `drift`); this reads their evidence and keeps the problems in line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core import health, rhythm
from monitor.core.drift import RECENT, USUAL, drift
from monitor.crawl.context import Crawl
from monitor.store import Store

_BROKEN = ("failing", "blocked", "stopped")
_TOLD = 3  # changes that a reason names; `explain` has them all


@dataclass(frozen=True, slots=True)
class Condition:
    """A state with its reason in words, None for ok."""

    state: str
    reason: str | None


def condition(crawl: Crawl, outcome: str, failures: float, now: datetime) -> Condition:
    """The condition of a crawl's source at its end; the worst that holds.

    A crawl that was stopped, or that tried old links only, says nothing of the endpoints: what was stays.
    """
    store, source = crawl.shared.store, crawl.source
    row = store.sources.row(source.name)
    if outcome == "aborted" or not (crawl.turn.whole or crawl.fault):
        return Condition(row["state"], row["reason"])
    if store.sources.all_gone(source):
        return Condition("stopped", crawl.reason or row["reason"])
    if crawl.blocked:
        return Condition("blocked", crawl.reason)
    if failures >= health.FAILING:
        return Condition("failing", crawl.reason)
    if outcome not in ("ok", "partial"):
        return Condition("unsteady", crawl.reason)
    if crawl.settled:
        changes = drift(store.history.reads(source.name, RECENT + USUAL))
        drifting = "; ".join(change.words for change in changes[:_TOLD])
    else:  # no page was read, so nothing new is known of how pages read
        drifting = row["reason"] if row["state"] == "drifting" else ""
    if drifting:
        return Condition("drifting", drifting)
    began = max(store.sources.added_at(source.name), now - rhythm.HISTORY)
    if not crawl.new_links and store.sources.dearth(source.name, now) > rhythm.SOONEST:
        quiet = rhythm.silence(store.history.moments(source.name, began), began, now)
        if quiet is not None:
            return Condition("silent", quiet.words(now))
    return Condition("ok", crawl.reason)


def tell(store: Store, source: str, found: Condition, now: datetime) -> None:
    """Open and close the problems of a source: one while it does not work, others while it is silent or drifts."""
    cure = f"seedwatch explain {source}"
    for kind, states in (("source", _BROKEN), ("silent", ("silent",)), ("drift", ("drifting",))):
        if found.state in states:
            store.problems.open(kind, source, found.reason or found.state, cure, now)
        elif found.state != "unsteady":  # one failed poll neither ends nor begins anything
            store.problems.close(kind, source, now)
