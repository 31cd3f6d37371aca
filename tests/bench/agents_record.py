"""The record of agents.py: what a database says of the pieces of its outlets, and whether two runs say the same."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agents_world import Outlets, tells_of_storm


def name_piece(url: str) -> str:
    """A piece by the numbers of its outlet and page: ports differ between runs."""
    return url.rpartition("/p/")[2]


@dataclass(frozen=True)
class Told:
    """Alerts by piece, rule, topic and event, and gaps by source, bounds in seconds from the base, and whether open."""

    alerts: Counter[tuple[str, ...]]
    gaps: Counter[tuple[str, int, int, bool]]

    def save(self, path: Path) -> None:
        kept = {"alerts": sorted(self.alerts.elements()), "gaps": sorted(self.gaps.elements())}
        path.write_text(json.dumps(kept))


def load_told(path: Path) -> Told:
    """What `save` kept."""
    kept = json.loads(path.read_text())
    alerts = Counter(tuple(row) for row in kept["alerts"])
    return Told(alerts=alerts, gaps=Counter((row[0], row[1], row[2], row[3]) for row in kept["gaps"]))


# Seconds. A look again at a stored piece comes no sooner (`_APART` of monitor/identity/recheck_schedule.py): a second
# outcome within them is one of the same attempt.
_LOOKS_APART = 300


class Record:
    """A database while its daemon may write to it."""

    def __init__(self, path: Path, outlets: Outlets) -> None:
        self.path = path
        self.outlets = outlets
        self.whole = outlets.hosts * outlets.pages
        self._last = 0  # the number of the last poll when all was settled

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says; nothing where there is none yet."""
        try:
            with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5) as db:
                return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def settled(self) -> int:
        """Links that are done."""
        return sum(count for (count,) in self.rows("SELECT count(*) FROM links WHERE state <> 'pending'"))

    def list_work(self) -> list[tuple[Any, ...]]:
        """What agents have had committed: polls begun and ended, answers of endpoints, pages settled."""
        return self.rows(
            "SELECT (SELECT max(id) FROM polls), (SELECT count(*) FROM polls WHERE outcome <> 'open'), "
            "(SELECT count(*) FROM sightings), (SELECT max(id) FROM fetches)"
        )

    def has_work(self, agents: Mapping[str, float], room: int) -> bool:
        """Whether one of the agents, which were begun at those times, could have something committed now.

        It has had a page that is not settled yet, of a host that it holds; or it has fewer than `room` polls, and a
        source is due that nobody holds and whose host does not rest.
        """
        outlets, held = self.outlets, dict.fromkeys(agents, 0)
        had: list[str] = []
        for agent, host, since in self.rows(
            "SELECT agent, host, started_at FROM hosts JOIN polls ON polls.id = CAST(replace(lease, 'turn ', '') "
            "AS INTEGER) WHERE outcome = 'open' AND agent IS NOT NULL"
        ):
            begun = datetime.fromisoformat(since).timestamp()
            if begun < agents.get(agent, math.inf):
                continue  # it holds nothing of what it held before it was killed
            held[agent] += 1
            page, at = outlets.last.get(host, ("", 0.0))
            if at > begun:
                had.append(page)
        pages = ", ".join(f"'{page}'" for page in had)
        if had and self.count(f"links WHERE state = 'pending' AND url IN ({pages})"):
            return True
        is_due = f"min(next_poll_at, coalesce(waits_at, '~')) <= {_stamp(0)}"
        # A lease that ran out counts as a request until then, so that the pause begins there.
        is_free = f"max(coalesce(leased_until, ''), coalesce(next_turn_at, '')) <= {_stamp(-outlets.delay)}"
        due = f"sources LEFT JOIN hosts ON hosts.host = sources.host WHERE {is_due} AND {is_free}"
        return any(many < room for many in held.values()) and self.count(due) > 0

    def was_heard(self, agent: str, since: float) -> bool:
        """Whether the desk has heard of an agent since then."""
        return self.count(f"agents WHERE name = '{agent}' AND julianday(seen_at) > {since} / 86400.0 + 2440587.5") > 0

    def is_done(self) -> bool:
        """Whether nothing is owed any more, and the polls have ended that ran when that was seen first."""
        if self.settled() < self.whole:
            return False
        if not self._last:
            self._last = self.count("polls")
        # One whose agent was killed with nothing more to do is closed when its host has its next turn: in an hour.
        return not self.count(
            f"polls WHERE outcome = 'open' AND id <= {self._last} AND EXISTS (SELECT 1 FROM hosts "
            f"WHERE lease = polls.id AND leased_until > {_stamp(0)})"
        )

    def count(self, what: str) -> int:
        """How many rows of a table; 0 where there is no database yet."""
        return sum(count for (count,) in self.rows(f"SELECT count(*) FROM {what}"))

    def make_due(self) -> None:
        """Have every source polled now."""
        with sqlite3.connect(self.path, timeout=10) as db:
            db.execute("UPDATE endpoints SET next_at = NULL")
            db.execute("UPDATE sources SET next_poll_at = '2026-01-01T00:00:00.000Z'")

    def told(self) -> Told:
        """Alerts and gaps."""
        alerts = self.rows(
            "SELECT links.url, rule, coalesce(topic, ''), event FROM alerts "
            "JOIN links ON links.article_id = alerts.article_id"
        )
        base = f"{self.outlets.base:.3f}"
        gaps = self.rows(
            f"SELECT source, round((julianday(from_at) - 2440587.5) * 86400 - {base}), "
            f"round((julianday(to_at) - 2440587.5) * 86400 - {base}), state <> 'closed' FROM gaps"
        )
        return Told(
            alerts=Counter((name_piece(url), *rest) for url, *rest in alerts),
            gaps=Counter((source, int(since), int(until), bool(is_open)) for source, since, until, is_open in gaps),
        )

    def judge(self) -> dict[str, Any]:
        """What came of the pieces, and of the alerts by what they tell."""
        outlets, found = self.outlets, self.told()
        urls = {url for number in range(outlets.hosts) for url in outlets.urls(number)}
        stored = {url for (url,) in self.rows("SELECT url FROM links WHERE state = 'done' AND article_id IS NOT NULL")}
        twice = self.rows(
            "SELECT DISTINCT one.link_id FROM fetches AS one JOIN fetches AS more ON more.link_id = one.link_id AND "
            "more.id > one.id WHERE one.outcome NOT IN ('failed', 'blocked') AND more.outcome NOT IN ('failed', "
            f"'blocked') AND julianday(more.at) - julianday(one.at) < {_LOOKS_APART} / 86400.0"
        )
        storms = {name_piece(url) for url in urls if tells_of_storm(url)}
        told = Counter(piece for piece, *_ in found.alerts.elements())
        again = sum(count - 1 for count in outlets.fetched.values())
        return {
            "pages": len(urls),
            "lost": len(urls - stored),
            "outcomes_twice": len(twice),
            "alerts_missing": len(storms - set(told)),
            "alerts_twice": sum(count - 1 for count in told.values()) + len(set(told) - storms),
            "gaps": found.gaps.total(),
            "gaps_missing": abs(sum(map(outlets.is_quick, range(outlets.hosts))) - found.gaps.total()),
            "overlaps": outlets.overlaps,
            "pauses_cut_short": outlets.cut_short,
            "fetched_again": round(100 * again / len(urls), 2),
        }


def _stamp(ahead: float) -> str:
    """In SQL: so many seconds from now, as the database writes times."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '{ahead:+.3f} seconds')"


def count_differences(one: Told, other: Told) -> int:
    """Alerts and gaps that only one of two runs has."""
    return sum(
        ((mine - theirs) + (theirs - mine)).total()
        for mine, theirs in ((one.alerts, other.alerts), (one.gaps, other.gaps))
    )
