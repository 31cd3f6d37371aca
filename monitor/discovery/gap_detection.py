"""Whether what endpoints list leaves a hole, and what closes it again; it must not fetch, count or remember.

What it needs: a list that is mostly newest first, or dated. How it reasons: news pushes what was listed before
down, so that two lists of one endpoint belong together when what stood at the top of the first still stands in the
second, further down. Entries that stand still while news passes them (pinned on top, "popular" at the foot, an old
date) prove nothing, and neither does what an endpoint lists again in another order. What it will miss: a piece that
came and went between two polls that do meet, one that was slipped in below the top, and one that no endpoint ever
listed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.model.gap import Closure, LastListing, LinkSample, ListedLink, ListingGap, Witness

# When a gap that could not be closed at once is tried again: an outlet that comes back does so within hours; after a
# week nothing that is still missing comes to light by asking again. Seconds after the first, second, … try.
RETRIES = (600, 3_600, 21_600, *(86_400 for _ in range(6)))


def sort_newest_first(listed: Sequence[ListedLink]) -> tuple[ListedLink, ...]:
    """Newest first: by date where every entry has one, else as the endpoint lists them."""
    dated = [(entry.at, entry) for entry in listed if entry.at is not None]
    if len(dated) < len(listed):
        return tuple(listed)
    return tuple(entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True))


def detect_gap(before: LastListing | None, listed: Sequence[ListedLink], now: datetime) -> ListingGap | None:
    """The hole between an endpoint's last list and this one, None where they meet or nothing can be said.

    `listed` is one whole answer in its own order. The first answer ever, an empty one and one without anything new
    leave no hole. The interval begins with the newest piece known and ends with the oldest new one; without dates it
    lies between the two answers.
    """
    if before is None or not before.links or not listed:
        return None
    entries = sort_newest_first(listed)
    fresh = [entry for entry in entries if entry.fresh]
    since = min(before.newest or before.at, before.at)
    if not fresh or _meets(before.links, entries) or _reaches(since, entries):
        return None
    dates = [entry.at for entry in fresh if entry.at is not None and entry.at > since]
    until = min(dates) if len(dates) == len(fresh) else now
    here = {entry.link for entry in entries}
    still = sum(link in here for link in before.links)
    said = f"only {still} of them, which stand still," if still else "none"
    return ListingGap(
        since=since,
        until=max(since, min(until, now)),
        reason=f"of the {len(before.links)} entries listed before {said} stood among the {len(entries)} listed now",
        anchors=tuple(link for link in before.links if link not in here),
    )


def _meets(before: Sequence[int], entries: Sequence[ListedLink]) -> bool:
    """Whether what stood at the top before still stands there, or further down with nothing but known ground below."""
    rank = {link: place for place, link in enumerate(before)}
    top = frozenset(before[: max(3, math.ceil(len(before) / 2))])
    known = [(place, entry.link) for place, entry in enumerate(entries) if entry.link in top]
    if 2 * len(known) > len(top):  # most of it is there: a few entries more were deleted than added
        return True
    for place, link in known:
        below = entries[place:]
        if place > rank[link] and 2 * sum(entry.fresh for entry in below) <= len(below):
            return True
    return False


def _reaches(since: datetime, entries: Sequence[ListedLink]) -> bool:
    """Whether a dated list goes back beyond a moment by more than a stray entry."""
    old = sum(entry.at is not None and entry.at <= since for entry in entries)
    return 2 * old >= len(entries)


def reaches_known_ground(anchors: Collection[int], since: datetime, listed: Sequence[ListedLink]) -> bool:
    """Whether a deeper page stands on known ground: an anchor is on it, or it goes back beyond `since`.

    By dates it takes two entries, for a pinned one repeats on every page.
    """
    if any(entry.link in anchors for entry in listed):
        return True
    old = sum(entry.at is not None and entry.at <= since for entry in listed)
    return old >= min(2, max(1, len(listed)))


def schedule_gap_retry(attempts: int, now: datetime) -> datetime | None:
    """When a gap is tried again after its try number `attempts` (from 1) did not close it; None: no more."""
    return now + timedelta(seconds=RETRIES[attempts - 1]) if attempts <= len(RETRIES) else None


def find_closure(
    since: datetime, until: datetime, sample: LinkSample, witnesses: Sequence[Witness], together: Mapping[str, int]
) -> Closure | None:
    """Whether other endpoints cover a gap: watched without a break from before it to after it, and known to list
    what the broken endpoint lists.

    `together` says how many links of the sample the endpoints of each kind listed between them: the sections of a list
    API speak together, or not at all.
    """
    whole = [witness for witness in witnesses if _unbroken(witness, since, until)]
    for witness in whole:
        if sample.covers_gap(witness.shared, until - since):
            return Closure(by=witness.number, because=_because("another endpoint", witness.shared, sample))
    for kind, shared in together.items():
        asked = [witness for witness in witnesses if witness.kind == kind and witness.asked]
        speaking = [witness for witness in whole if witness.kind == kind]
        # An index lists no pieces itself, and its parts come and go: one that was never broken stands for it.
        complete = bool(speaking) if kind == "sitemap" else bool(asked) and all(one in speaking for one in asked)
        if complete and sample.covers_gap(shared, until - since):
            words = f"the endpoints of kind {kind} together"
            return Closure(by=speaking[0].number, because=_because(words, shared, sample))
    return None


def _unbroken(witness: Witness, since: datetime, until: datetime) -> bool:
    if witness.first_at is None or witness.listed_at is None:
        return False
    if witness.first_at > since or witness.listed_at < until:
        return False
    return all(end < since or start > until for start, end in witness.gaps)


def _because(who: str, shared: int, sample: LinkSample) -> str:
    return f"{who} was read without a break over it and listed {shared} of the {sample.links} links this one listed"
