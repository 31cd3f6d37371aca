"""Which of the dates that an endpoint announces can be believed; what cannot is left out, and the page itself decides.

Nothing is published in the future: local time labelled GMT, a date typed wrong (2038). And where every entry bears the
moment of the request, or all bear one and the same, the date is that of the list and says nothing of any piece; nor
does the one that most entries of a long list bear, as where a generator has built all pages anew but a few. Where some
lie a few hours ahead, its clock runs ahead, and what it dates just before now may be as old as they are early.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.moment import Moment
from monitor.model.source import Listing
from monitor.text.times.dates import is_plausible

_FEWEST = 5  # entries that share a stamp; fewer may come out together
_FEWEST_CHANGED = 2  # pages that all changed in the moment of the request; that is no chance, however few they are
_MANY, _MOST = 8, 0.8  # entries dated within two minutes, and their share: no outlet publishes so
_AHEAD = timedelta(hours=15)  # the most by which a zone that is named falsely puts a date forward
_MADE_NOW = timedelta(minutes=2)  # how long before its arrival an answer may have been made


def believe_dates(listing: Listing, now: datetime) -> Listing:
    """`listing`, asked for at `now`, with those dates only that can be its pieces' own."""
    latest = now - _lead(listing, now)
    entries = tuple(
        replace(entry, published=_past(entry.published, now, latest), modified=_past(entry.modified, now, latest))
        for entry in listing.entries
    )
    published = _own([entry.published for entry in entries], now, _FEWEST)
    modified = _own([entry.modified for entry in entries], now, _FEWEST_CHANGED)
    entries = tuple(
        replace(entry, published=first, modified=last)
        for entry, first, last in zip(entries, published, modified, strict=True)
    )
    return replace(listing, entries=entries)


def _own(moments: Sequence[Moment | None], now: datetime, fewest: int) -> Sequence[Moment | None]:
    """The dates in their order, those left out that are the list's and not a piece's."""
    if _say_nothing(moments, now, fewest):
        return [None] * len(moments)
    stamps = sorted(moment.at for moment in moments if moment is not None)
    least = max(_MANY, math.ceil(_MOST * len(moments)))
    for first, last in zip(stamps, stamps[least - 1 :], strict=False):
        if last - first <= _MADE_NOW:
            return [m if m is None or not first <= m.at <= first + _MADE_NOW else None for m in moments]
    return moments


def _lead(listing: Listing, now: datetime) -> timedelta:
    """By how much the clock of a list runs ahead, as far as its dates show it; less than zero where it does not."""
    stated = [entry.published or entry.modified for entry in listing.entries]
    ahead = [m.at - now for m in stated if m is not None and not is_plausible(m, now) and m.at - now <= _AHEAD]
    return max(ahead, default=-_AHEAD)


def _past(moment: Moment | None, now: datetime, latest: datetime) -> Moment | None:
    return moment if moment is not None and moment.at <= latest and is_plausible(moment, now) else None


def _say_nothing(moments: Sequence[Moment | None], now: datetime, fewest: int) -> bool:
    """Whether dates are those of the list: all the same, or, of `fewest` or more, each the moment of the answer."""
    stamps = [moment.at for moment in moments if moment is not None]
    if len(stamps) < fewest or len(stamps) < len(moments):
        return False
    return (len(stamps) >= _FEWEST and len(set(stamps)) == 1) or min(stamps) >= now - _MADE_NOW
