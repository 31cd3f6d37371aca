"""Who announced what when: the sightings as completeness and delays are reckoned from them; it writes nothing.

What was there at a first poll and what a sitemap lists as archive is left out: nobody waited for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_stamp

_AHEAD = timedelta(days=7)  # no date ahead of the clock is believed, but a piece may be dated anew


class Sightings:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def list_sightings(self, source: str, since: datetime) -> list[tuple[int, datetime, str]]:
        """Each link of a source with its moment – published, else first seen – and a kind of endpoint that listed it.

        From `since` on. Every kind that listed a link gives at least one row. What an outlet dates more than `_AHEAD`
        after it was seen is left out: else all that it ever listed would have to be looked at.
        """
        kinds = {row["id"]: row["kind"] for row in self.db.execute("SELECT id, kind FROM endpoints")}
        rows = self.db.execute(
            # Without statistics SQLite would take the index on the state, and read every link of the source.
            "SELECT id, coalesce(published_at, first_seen_at) AS at, endpoint_id FROM links INDEXED BY links_history "
            "CROSS JOIN sightings ON link_id = id "
            "WHERE source = ? AND backlog = 0 AND state <> 'archived' AND first_seen_at >= ? "
            "AND coalesce(published_at, first_seen_at) >= ?",
            (source, format_stamp(since - _AHEAD), format_stamp(since)),
        )
        known = (row for row in rows if row["endpoint_id"] in kinds)  # all but one that was found this very moment
        return [(row["id"], parse_stamp(row["at"]), kinds[row["endpoint_id"]]) for row in known]

    def list_all(self, since: datetime, until: datetime) -> dict[str, list[tuple[int, str]]]:
        """By source, each link with its moment in [since, until) and each kind of endpoint that listed it."""
        found: dict[str, list[tuple[int, str]]] = {}
        for row in self.db.execute(
            "SELECT DISTINCT links.source, links.id, kind FROM links INDEXED BY links_told "
            "CROSS JOIN sightings ON link_id = links.id CROSS JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE backlog = 0 AND state <> 'archived' AND coalesce(links.published_at, links.first_seen_at) >= ? "
            "AND coalesce(links.published_at, links.first_seen_at) < ?",
            (format_stamp(since), format_stamp(until)),
        ):
            found.setdefault(row["source"], []).append((row["id"], row["kind"]))
        return found

    def delays(self, source: str, since: datetime) -> list[float]:
        """Seconds from publication, as the outlet dates it, to the first sight of each link seen from `since` on."""
        rows = self.db.execute(
            "SELECT published_at, first_seen_at FROM links WHERE source = ? AND backlog = 0 AND state <> 'archived' "
            "AND published_at IS NOT NULL AND first_seen_at >= ?",
            (source, format_stamp(since)),
        )
        return [_seconds(row["published_at"], row["first_seen_at"]) for row in rows]

    def measure_lag(self, source: str, since: datetime) -> dict[int, list[float]]:
        """By endpoint, seconds from the first sight of a link anywhere to its first sight here, 0 where it was first;
        of links seen from `since` on."""
        found: dict[int, list[float]] = {}
        for row in self.db.execute(
            "SELECT endpoint_id, first_seen_at, at FROM links JOIN sightings ON link_id = links.id "
            "WHERE source = ? AND backlog = 0 AND state <> 'archived' AND first_seen_at >= ?",
            (source, format_stamp(since)),
        ):
            found.setdefault(row["endpoint_id"], []).append(_seconds(row["first_seen_at"], row["at"]))
        return found


def _seconds(earlier: str, later: str) -> float:
    """Never below zero: an outlet may date a piece ahead."""
    return max(0.0, (parse_stamp(later) - parse_stamp(earlier)).total_seconds())
