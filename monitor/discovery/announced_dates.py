"""Which of the dates that an endpoint announces can be believed; what cannot is left out, and the page itself decides.

Nothing is published in the future: local time labelled GMT, a date typed wrong (2038). And where every entry bears the
moment of the request, or all bear one and the same, the date is that of the list and says nothing of any piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.moment import Moment
from monitor.model.source import Listing
from monitor.text.times.dates import is_plausible

_FEWEST = 5  # entries that share a stamp; fewer may come out together
_MADE_NOW = timedelta(minutes=2)  # how long before its arrival an answer may have been made


def believe_dates(listing: Listing, now: datetime) -> Listing:
    """`listing`, asked for at `now`, with those dates only that can be its pieces' own."""
    entries = tuple(
        replace(entry, published=_past(entry.published, now), modified=_past(entry.modified, now))
        for entry in listing.entries
    )
    if _say_nothing([entry.published for entry in entries], now):
        entries = tuple(replace(entry, published=None) for entry in entries)
    if _say_nothing([entry.modified for entry in entries], now):
        entries = tuple(replace(entry, modified=None) for entry in entries)
    return replace(listing, entries=entries)


def _past(moment: Moment | None, now: datetime) -> Moment | None:
    return moment if moment is not None and is_plausible(moment, now) else None


def _say_nothing(moments: Sequence[Moment | None], now: datetime) -> bool:
    """Whether dates are those of the list: every entry's the moment of the answer, or all of them the same."""
    stamps = [moment.at for moment in moments if moment is not None]
    if len(stamps) < _FEWEST or len(stamps) < len(moments):
        return False
    return len(set(stamps)) == 1 or min(stamps) >= now - _MADE_NOW
