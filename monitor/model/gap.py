"""What endpoints listed and what may have been missed in between: values without logic or IO."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# Entries kept of an endpoint's last list. More than any feed of news shows; a sitemap's first 200 are its news.
KEPT = 200
# Another endpoint speaks for a broken one if, with 95 % confidence, it can have missed no more than half a piece of the
# gap: what it never missed, it must have listed six times as many as the gap can hold (the rule of three), and 20 of.
DOUBT = 0.5
SAMPLE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLink:
    """One entry of an answer: its `link` in the ledger, and its date.

    `fresh`: this endpoint lists it for the first time; `new`: nobody ever listed it before. Links, not guids or
    addresses: an outlet that gives all its pieces new guids has not published anything.
    """

    link: int
    fresh: bool
    new: bool
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastListing:
    """What an endpoint listed last, `at`: its links newest first, and the date of the newest piece it ever listed."""

    links: tuple[int, ...]
    newest: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingGap:
    """An interval in which an endpoint may have listed pieces that nobody saw.

    `anchors` are links of the last list: where one of them stands, known ground begins.
    """

    since: datetime
    until: datetime
    reason: str
    anchors: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Another endpoint of the outlet, as far as it can speak for the one that has a gap.

    `first_at`: when it listed its first link; `listed_at`: its last whole list; `gaps`: intervals of its own that
    are not closed; `shared`: how many of the other's links it listed too; `asked`: whether it is configured (a part
    of a sitemap index is not).
    """

    number: int
    kind: str
    asked: bool
    first_at: datetime | None
    listed_at: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...]
    shared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Why a gap counts as closed, and which endpoint's word that is."""

    by: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSample:
    """Links that a broken endpoint listed of late, by which others are compared with it: how many, over what time."""

    links: int
    over: timedelta

    def covers_gap(self, shared: int, gap: timedelta) -> bool:
        """Whether who listed `shared` of the links can have missed no piece in a gap of that length, see DOUBT.

        The upper limit of a Poisson mean after k events is 3 for none; k + 3 + 1.7 √k is never below it.
        """
        if self.links < SAMPLE or self.over <= timedelta(0):
            return False
        missed = self.links - shared
        return (missed + 3 + 1.7 * math.sqrt(missed)) * (gap / self.over) <= DOUBT


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What one page of an outlet gave.

    `filled` are the fields that were found ("lead", "date", "authors" …), empty where the page was no article;
    `rungs` the carrier of each field, its number left out ("template 12" is "template"); `words` the length of its
    text, 0 without one; `background` the share of the text that the outlet repeats, 0 to 1; `place` the endpoint that
    announced it first, or the kind of such that are one list in parts.
    """

    filled: frozenset[str]
    rungs: Mapping[str, str]
    words: int
    background: float
    place: str = ""
