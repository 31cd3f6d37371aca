"""What a poll says of its source: ok, unsteady, failing, silent, blocked, drifting or stopped, and why.

The rules are core's (`health`, `rhythm`, `drift`); this reads their evidence and keeps the problems in line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.discovery import poll_interval, silence
from monitor.discovery.drift import RECENT, USUAL, detect_drift
from monitor.discovery.silence import measure_silence
from monitor.fetching.desk.poll_books import PollBooks
from monitor.storage import Store
from monitor.storage.timestamps import parse_stamp

_BROKEN = ("failing", "blocked", "stopped")
# Kinds of problems, and the states in which there is one.
_TOLD_AS = {"source": _BROKEN, "silent": ("silent",), "drift": ("drifting",)}
_UNREAD = 20  # links in a row of which none could be read
_TOLD = 3  # changes that a reason names; `explain` has them all


@dataclass(frozen=True, slots=True)
class Condition:
    """A state with its reason in words, None for ok; `lasting`: unsteady not by one failed poll, but as it is."""

    state: str
    reason: str | None
    lasting: bool = False


def judge_condition(store: Store, books: PollBooks, outcome: str, failures: float, now: datetime) -> Condition:
    """The condition of a source at the end of a poll; the worst that holds.

    A crawl that was stopped, or that tried old links only, says nothing of the endpoints: what was stays.
    """
    source, report = books.source, books.report
    row = store.sources.row(source.name)
    if outcome == "aborted" or not (books.lease.whole or report.fault):
        return Condition(row["state"], row["reason"])
    if store.sources.all_gone(source):
        return Condition("stopped", books.reason or row["reason"])
    if books.blocked or report.blocked:
        return Condition("blocked", books.reason)
    if failures >= poll_interval.FAILING:
        return Condition("failing", books.reason)
    if outcome not in ("ok", "partial"):
        return Condition("unsteady", books.reason)
    if report.settled:
        changes = detect_drift(store.history.reads(source.name, RECENT + USUAL))
        drifting = "; ".join(change.description for change in changes[:_TOLD])
    else:  # no page was read, so nothing new is known of how pages read
        drifting = row["reason"] if row["state"] == "drifting" else ""
    if drifting:
        return Condition("drifting", drifting)
    added, newest = parse_stamp(row["added_at"]), parse_stamp(row["last_new_at"] or row["added_at"])
    began = max(added, now - silence.HISTORY)
    if not books.new_links and now - newest > silence.SOONEST:
        quiet = measure_silence(store.history.moments(source.name, began), began, now)
        if quiet is not None:
            return Condition("silent", quiet.describe(now))
    unread = store.history.unread(source.name, _UNREAD)
    if unread is not None:
        return Condition("unsteady", unread, lasting=True)
    keys = {endpoint.key for endpoint in source.endpoints}
    dead = [row for row in store.endpoints.failing(source.name, poll_interval.FAILING) if row["key"] in keys]
    if dead:
        told = [f"{row['kind']} {row['url']} gives nothing: {row['last_error']}" for row in dead[:_TOLD]]
        return Condition("unsteady", "; ".join(told), lasting=True)
    return Condition("ok", books.reason)


def sync_source_problems(store: Store, source: str, found: Condition, now: datetime) -> None:
    """Open and close the problems of a source: one while it does not work, others while it is silent or drifts."""
    cure, is_open = f"seedwatch explain {source}", store.problems.list_open_kinds(source, _TOLD_AS)
    ends = found.lasting or found.state != "unsteady"  # one failed poll neither ends nor begins anything
    for kind, states in _TOLD_AS.items():
        if found.state in states:
            store.problems.open(kind, source, found.reason or found.state, cure, now)
        elif kind in is_open and ends:
            store.problems.close(kind, source, now)
