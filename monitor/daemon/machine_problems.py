"""What keeps the whole watch from its work: no network, workers that die, polls that fall behind; told as problems."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.storage import Store

# A source that waits longer for nothing but room is told of: a burst of feeds that are due together is worked off in
# less (16 polls under way take 10,000 feeds every ten minutes).
BEHIND = timedelta(minutes=2)


def note_machine_problems(
    store: Store, worker_trouble: str | None, concurrency: int, *, busy_since: datetime | None, now: datetime
) -> None:
    """Open and close these problems; `concurrency` is `[fetch] concurrency`.

    `busy_since` is since when most of the room for polls has been taken, None where it is not: what is overdue when
    a machine wakes, or when a monitor begins that was off for a week, has not waited for room until then.
    """
    reach = store.sources.measure_reach()
    if reach.tried and not reach.answered:
        store.problems.open(
            "network",
            "outbound",
            f"none of {reach.tried} sources could be reached at their last poll: {reach.reason}",
            "check this machine's network and name resolution; polling goes on",
            now,
        )
    elif reach.answered:
        store.problems.close("network", "outbound", now)
    if worker_trouble is not None:
        cure = "give it more memory (LimitAS=, RLIMIT_AS), see the log; pages wait and are tried again"
        store.problems.open("workers", "reading", worker_trouble, cure, now)
    else:
        store.problems.close("workers", "reading", now)
    waiting = busy_since is not None and now - busy_since >= BEHIND
    late = store.due_times.find_late_polls(now, now - BEHIND) if waiting else None
    if late is not None and busy_since is not None:
        minutes = (now - max(late.since, busy_since)).total_seconds() / 60
        store.problems.open(
            "behind",
            "polls",
            f"{late.sources} of {late.enabled} sources wait to be polled, the longest for {minutes:.0f} min",
            f"raise [fetch] concurrency (now {concurrency}) while this machine has CPU left, or `every` of sources "
            "that may wait; nothing is lost",
            now,
        )
    else:
        store.problems.close("behind", "polls", now)
