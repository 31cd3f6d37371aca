"""What a poll says of its source: ok, unsteady, failing, silent, blocked, drifting or stopped, and why.

The rules are core's (`health`, `rhythm`, `drift`); this reads their evidence and keeps the problems in line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.discovery import poll_interval, silence
from monitor.discovery.drift import RECENT, USUAL, detect_drift
from monitor.discovery.retry import CUT_OFF_TIMES
from monitor.discovery.silence import find_usual_pause, measure_silence
from monitor.fetching.desk.poll_books import PollBooks
from monitor.storage import Store
from monitor.storage.leases.poll_recall import EndRecall

_BROKEN = ("failing", "blocked", "stopped")
# Kinds of problems, and the states in which there is one.
CONDITION_PROBLEMS = {"source": _BROKEN, "silent": ("silent",), "drift": ("drifting",)}
_UNREAD = 20  # links in a row of which none could be read
_LOOK_AGAIN = timedelta(hours=1)  # at a source's history, whose pieces may have been dated anew
_TOLD = 3  # changes that a reason names; `explain` has them all


@dataclass(frozen=True, slots=True)
class Condition:
    """A state with its reason in words, None for ok; `lasting`: unsteady not by one failed poll, but as it is."""

    state: str
    reason: str | None
    lasting: bool = False


def judge_condition(
    store: Store, books: PollBooks, known: EndRecall, outcome: str, failures: float, now: datetime
) -> Condition:
    """The condition of a source at the end of a poll; the worst that holds.

    A crawl that was stopped, or that tried old links only, says nothing of the endpoints: what was stays.
    """
    source, report = books.source, books.report
    if outcome == "aborted" or not (books.lease.whole or report.fault):
        return Condition(known.state, known.reason)
    if known.endpoints.are_all_gone(source):
        return Condition("stopped", books.reason or known.reason)
    if books.blocked or report.blocked:
        return Condition("blocked", books.reason)
    if failures >= poll_interval.FAILING:
        return Condition("failing", books.reason)
    if outcome not in ("ok", "partial"):
        return Condition("unsteady", books.reason)
    if books.cut_off:  # what was lost may be the news, or what has not changed
        return Condition("unsteady", books.reason)
    if report.settled:
        changes = detect_drift(store.history.reads(source.name, RECENT + USUAL))
        drifting = "; ".join(change.description for change in changes[:_TOLD])
    else:  # no page was read, so nothing new is known of how pages read
        drifting = (known.reason or "") if known.state == "drifting" else ""
    if drifting:
        return Condition("drifting", drifting)
    began = max(known.added_at, now - silence.HISTORY)
    if not books.new_links and now - known.newest > silence.SOONEST:
        quiet = _measure_silence(store, books, known, began, now)
        if quiet is not None:
            return Condition("silent", quiet.describe(now))
    unread = None if known.readable else store.history.unread(source.name, _UNREAD)
    if unread is not None:
        return Condition("unsteady", unread, lasting=True)
    if dead := known.endpoints.list_failing(source, poll_interval.FAILING):
        told = [f"{row['kind']} {row['url']} gives nothing: {row['last_error']}" for row in dead[:_TOLD]]
        return Condition("unsteady", "; ".join(told), lasting=True)
    if cut := known.endpoints.list_cut_off(source, CUT_OFF_TIMES):
        told = [
            f"{row['kind']} {row['url']}: {row['last_error']}, {row['cut_offs']} times in a row" for row in cut[:_TOLD]
        ]
        return Condition("unsteady", "; ".join(told), lasting=True)
    return Condition("ok", books.reason)


def _measure_silence(
    store: Store, books: PollBooks, known: EndRecall, began: datetime, now: datetime
) -> silence.Silence | None:
    """The silence of a source; its history, a large part of all its links, is not read while the pause is usual."""
    newest, until = books.pauses.get(books.source.name, (None, now))
    if newest == known.newest and now < until:
        return None
    moments = store.history.moments(books.source.name, began)
    usual = find_usual_pause(moments, began, now)
    books.pauses[books.source.name] = (known.newest, min(usual, now + _LOOK_AGAIN))
    return measure_silence(moments, began, now)


def sync_source_problems(store: Store, source: str, is_open: Collection[str], found: Condition, now: datetime) -> None:
    """Open and close the problems of a source: one while it does not work, others while it is silent or drifts.

    `is_open` are the kinds of its open problems, among `CONDITION_PROBLEMS` at least.
    """
    cure = f"seedwatch explain {source}"
    ends = found.lasting or found.state != "unsteady"  # one failed poll neither ends nor begins anything
    for kind, states in CONDITION_PROBLEMS.items():
        if found.state in states:
            store.problems.open(kind, source, found.reason or found.state, cure, now)
        elif kind in is_open and ends:
            store.problems.close(kind, source, now)
