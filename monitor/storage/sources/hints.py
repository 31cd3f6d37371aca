"""Hints to look, and how many of them are followed; it must not decide whose an address is.

Announcements of which only a stamp or a counter moved are looked at as endpoints taught: a list that stamps its entries
anew at every request would have every page fetched at every poll. And a source may have another site's addresses looked
at at a pace: whoever lists thousands of invented addresses of one site would have us ask that site for all of them. It
may have so many in hand for each site, and each of its hints takes the time of one: `free_at` is when the last is
through (the generic cell rate algorithm, ITU-T I.371 annex A).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.page import Outcome
from monitor.model.source import Entry
from monitor.storage.connection import Connection
from monitor.storage.sources.link_owners import SpeaksFor
from monitor.storage.timestamps import format_stamp, parse_stamp

# Changes in a row behind which the page was the same as before: from then on the endpoint's say nothing.
_HOLLOW = 20
# How many of them are looked at all the same in one answer, and how often a page is.
_CHECKS, _CHECKED = 2, timedelta(days=1)

# One a minute: an outlet of 240 pieces a day puts out ten an hour. What a host bears at once is another matter.
HINTS_AN_HOUR = 60
TOO_MANY_HINTS = f"its source announced more of that site, which is not its own, than {HINTS_AN_HOUR} an hour"
_EACH = timedelta(hours=1) / HINTS_AN_HOUR
_AT_ONCE = timedelta(hours=1)  # so much of the pace may be taken at once
_LONGEST = timedelta(days=1)  # a hint that would wait longer is not looked at

# When an announced address may be asked for on the word of its announcer; None: not at all.
TurnOf = Callable[[Entry], datetime | None]


# As a column of a statement: whether `HintPaces` has something to tell of `:source`, or to forget, at `:now`.
PACES_TO_NOTE = "EXISTS (SELECT 1 FROM hint_paces WHERE (source = :source AND free_at > :ahead) OR free_at <= :now)"


def reckon_exceeded(now: datetime) -> datetime:
    """What has its next turn later than this is beyond its pace."""
    return now + _AT_ONCE


class ClaimHints:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def take(self, link_id: int, endpoint_id: int, number: int, now: datetime) -> bool:
        """Whether a page is to be looked at because figures of its announcement moved; `number` counts those that
        were in this answer. Whatever is not looked at here has its own schedule of looks."""
        row = self.db.execute(
            "SELECT hollow, (SELECT max(at) FROM fetches WHERE link_id = ?) AS at FROM endpoints WHERE id = ?",
            (link_id, endpoint_id),
        ).fetchone()
        learned = row["hollow"] >= _HOLLOW
        if number >= (_CHECKS if learned else _HOLLOW):
            return False
        if learned and row["at"] is not None and now - parse_stamp(row["at"]) < _CHECKED:
            return False
        self.db.execute("UPDATE links SET hinted_by = ? WHERE id = ?", (endpoint_id, link_id))
        return True

    def learn(self, link_id: int, endpoint_id: int, outcome: Outcome) -> None:
        """Learn from the page of a link that was looked at for that reason."""
        self.db.execute("UPDATE links SET hinted_by = NULL WHERE id = ?", (link_id,))
        if outcome is Outcome.REVISION:
            self.db.execute("UPDATE endpoints SET hollow = 0 WHERE id = ?", (endpoint_id,))
        elif outcome is Outcome.UNCHANGED:
            self.db.execute("UPDATE endpoints SET hollow = hollow + 1 WHERE id = ?", (endpoint_id,))


@dataclass(frozen=True, slots=True, kw_only=True)
class HintPace:
    """What a source has announced of a site beyond its pace: hints that wait for their turn, and those left out."""

    site: str
    waiting: int
    left_out: int


class HintPaces:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def keep_pace(
        self, source: str, speaks_for: SpeaksFor, site_of: Callable[[str], str] | None, now: datetime
    ) -> TurnOf:
        """The turns of what a source announces now: at once on its own site; without `site_of` everywhere."""

        def turn_of(entry: Entry) -> datetime | None:
            if site_of is None or speaks_for(source, entry.url):
                return now
            return self.take_turn(source, site_of(entry.url), now)

        return turn_of

    def take_turn(self, source: str, site: str, now: datetime) -> datetime | None:
        """When one more address of a site may be asked for on the word of a source; None: not at all."""
        row = self.db.execute("SELECT free_at FROM hint_paces WHERE source = ? AND site = ?", (source, site)).fetchone()
        free_at = now if row is None else max(now, parse_stamp(row["free_at"]))
        turn = max(now, free_at + _EACH - _AT_ONCE)
        left_out = turn - now > _LONGEST
        self.db.execute(
            "INSERT INTO hint_paces (source, site, free_at, left_out) VALUES (?, ?, ?, ?) ON CONFLICT (source, site) "
            "DO UPDATE SET free_at = excluded.free_at, left_out = left_out + excluded.left_out",
            (source, site, format_stamp(free_at if left_out else free_at + _EACH), left_out),
        )
        return None if left_out else turn

    def list_exceeded(self, source: str, now: datetime) -> tuple[HintPace, ...]:
        """The sites of which a source has announced more than its pace, by name."""
        rows = self.db.execute(
            "SELECT * FROM hint_paces WHERE source = ? AND free_at > ? ORDER BY site",
            (source, format_stamp(reckon_exceeded(now))),
        )
        return tuple(
            HintPace(
                site=row["site"],
                waiting=-((now + _AT_ONCE - parse_stamp(row["free_at"])) // _EACH),
                left_out=row["left_out"],
            )
            for row in rows
        )

    def forget_past(self, now: datetime) -> None:
        """Drop what says nothing any more: all hints of the source and site are through."""
        self.db.execute("DELETE FROM hint_paces WHERE free_at <= ?", (format_stamp(now),))
