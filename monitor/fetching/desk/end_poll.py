"""Closes the books of a poll, in the caller's transaction: its outcome, its source's condition, when it is due next."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta

from monitor.discovery.poll_interval import choose_poll_interval
from monitor.discovery.retry import POLL_FLOOR, schedule_poll, schedule_rest
from monitor.fetching.desk.poll_books import PollBooks
from monitor.fetching.desk.port import PollEnd
from monitor.fetching.source_state import CONDITION_PROBLEMS, judge_condition, sync_source_problems
from monitor.model.poll import PollResult
from monitor.storage import Store
from monitor.text.urls import parse_host

log = logging.getLogger(__name__)

# Where no server was reached at all the fault is most likely ours, and a long back-off would only add delay
# once the network is back: the interval grows fourfold at most.
UNREACHED_FAILURES = 3
# How long nothing is asked after a fault of ours (a full disk): pages whose outcome cannot be kept are not fetched.
REST = timedelta(seconds=60)


def end_poll(
    store: Store, books: PollBooks, chance: random.Random, now: datetime, *, rests_until: datetime | None = None
) -> PollEnd:
    """Close the books of one poll, whose crawl's report they hold; where they were closed before nothing is written.

    `rests_until` is when another poll may ask the host, at once where absent.
    """
    lease, source, report = books.lease, books.source, books.report
    outcome = books.outcome
    problems = dict.fromkeys(("gap", "hanging", *CONDITION_PROBLEMS), source.name)
    known = store.recall.load_end(lease.poll, source.name, problems, source.endpoints)
    if not known.open:
        log.warning("event=poll-late source=%s poll=%d its lease ran out before it ended", source.name, lease.poll)
        return PollEnd(outcome=outcome, seen=books.seen, reason=books.reason)
    counts = lease.whole and outcome != "aborted"
    failures = lease.failures
    next_poll = others_at = None
    if counts:
        failures = lease.failures + books.weight if outcome == "failed" else 0.0
        counted = failures if books.answered else min(failures, UNREACHED_FAILURES)
        dearth = timedelta(0) if books.new_links else max(now - known.newest, timedelta(0))
        every = choose_poll_interval(source.every, dearth)
        # Counted from when the first of its lists was asked: its other lists, and reading what they announced, may take
        # longer than the interval.
        asked = None
        if books.good and outcome != "failed":
            asked = known.endpoints.find_first_asked(known.started_at, now)
        next_poll = schedule_poll(asked or now, every, counted, None, chance.random())
        # No poll before one of the endpoints wants to be asked again (max-age, ttl).
        next_poll = max(next_poll, known.endpoints.find_next_due(source) or next_poll)
        if known.others_at is not None and known.others_at > now:
            next_poll = min(next_poll, max(known.others_at, now + timedelta(seconds=POLL_FLOOR)))
        if books.cut_off:
            again = schedule_rest(now, source.every, min(books.cut_off.values()), chance.random())
            others = {endpoint.key for endpoint in source.endpoints} - books.cut_off.keys()
            others_at = next_poll if others and again < next_poll else None
            next_poll = min(next_poll, again)
            store.endpoints.ask_first(source, books.cut_off, others_at)
    if outcome == "aborted":
        next_poll = now
    found = judge_condition(store, books, known, outcome, failures, now)
    if counts:
        if known.gaps or "gap" in known.problems:
            books.gaps.settle(now)
        books.trust.settle(books.new_links > 0)
    store.links.postpone(report.postponed)
    if report.fault and outcome == "failed":  # its links are due: without a rest they would be asked for at once
        store.sources.rest_host(parse_host(source.endpoints[0].url), now + REST)
    result = PollResult(
        outcome=outcome,
        requests=report.requests,
        seen=books.seen,
        new_links=books.new_links,
        stored=report.stored,
        reason=books.reason,
        state=found.state,
        standing=found.reason,
        failures=failures,
        next_poll_at=next_poll,
        others_at=others_at if counts else known.others_at,
    )
    store.sources.finish(lease, result, now, rests_until=rests_until)
    sync_source_problems(store, source.name, known.problems, found, now)
    if report.hung:
        detail = f"{', '.join(report.hung)}: pages do not answer in time; the links left wait some minutes each time"
        store.problems.open("hanging", source.name, detail, f"seedwatch explain {source.name}", now)
    elif report.answered and "hanging" in known.problems:
        store.problems.close("hanging", source.name, now)
    _log(books, result)
    return PollEnd(outcome=outcome, seen=books.seen, reason=books.reason)


def _log(books: PollBooks, result: PollResult) -> None:
    log.log(
        logging.WARNING if result.outcome in ("failed", "partial") else logging.INFO,
        "event=poll source=%s outcome=%s requests=%d seen=%d new=%d stored=%d reason=%r",
        books.source.name,
        result.outcome,
        result.requests,
        result.seen,
        result.new_links,
        result.stored,
        result.reason,
    )
