"""The agents that crawl on other machines: when each was heard of last, what it runs and what it has done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.poll import PollLease
from monitor.storage.connection import Connection
from monitor.storage.sources.links import Link, link_from_row
from monitor.storage.timestamps import format_stamp, parse_stamp

_SEEN_FOR = timedelta(seconds=5)  # for which a time when an agent was heard of is good enough


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentState:
    """One agent; `running` are the sources it polls now, `polls`, `requests` and `stored` what it did since `since`."""

    name: str
    version: str
    labels: tuple[str, ...]
    slots: int
    first_seen_at: datetime
    seen_at: datetime
    running: tuple[str, ...]
    polls: int
    failed: int
    requests: int
    stored: int


class Agents:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def note_seen(self, name: str, version: str, labels: Iterable[str], slots: int, now: datetime) -> None:
        """The agent has asked for work. It does each second, and people read the time in seconds at most: it is written
        where it has become `_SEEN_FOR` older, or anything else has changed."""
        self.db.execute(
            "INSERT INTO agents (name, version, labels, slots, first_seen_at, seen_at) "
            "VALUES (:name, :version, :labels, :slots, :now, :now) ON CONFLICT (name) DO UPDATE SET "
            "version = :version, labels = :labels, slots = :slots, seen_at = :now WHERE seen_at NOT BETWEEN :lately "
            "AND :now OR (version, labels, slots) IS NOT (:version, :labels, :slots)",
            {
                "name": name,
                "version": version,
                "labels": " ".join(labels),
                "slots": slots,
                "now": format_stamp(now),
                "lately": format_stamp(now - _SEEN_FOR),
            },
        )

    def list_states(self, since: datetime) -> list[AgentState]:
        """Every agent that was ever heard of, by name."""
        rows = self.db.execute(
            "SELECT agents.*, count(polls.id) AS polls, coalesce(sum(polls.outcome = 'failed'), 0) AS failed, "
            "coalesce(sum(polls.requests), 0) AS requests, coalesce(sum(polls.stored), 0) AS stored "
            "FROM agents LEFT JOIN polls ON polls.agent = agents.name AND polls.finished_at >= ? "
            "GROUP BY agents.name ORDER BY agents.name",
            (format_stamp(since),),
        ).fetchall()
        return [
            AgentState(
                name=row["name"],
                version=row["version"],
                labels=tuple(row["labels"].split()),
                slots=row["slots"],
                first_seen_at=parse_stamp(row["first_seen_at"]),
                seen_at=parse_stamp(row["seen_at"]),
                running=self._running(row["name"]),
                polls=row["polls"],
                failed=row["failed"],
                requests=row["requests"],
                stored=row["stored"],
            )
            for row in rows
        ]

    def _running(self, name: str) -> tuple[str, ...]:
        rows = self.db.execute("SELECT source FROM polls WHERE agent = ? AND outcome = 'open' ORDER BY source", (name,))
        return tuple(row["source"] for row in rows)

    def count_running(self, name: str, now: datetime) -> int:
        """How many open polls of the agent hold a host whose lease has not run out."""
        row = self.db.execute(
            "SELECT count(*) AS n FROM polls JOIN hosts ON hosts.lease = CAST(polls.id AS TEXT) "
            "WHERE agent = ? AND outcome = 'open' AND leased_until > ?",
            (name, format_stamp(now)),
        ).fetchone()
        return int(row["n"])

    def find_poll(self, name: str, poll: int, *, whole: bool) -> PollLease | None:
        """A poll of the agent, open or closed; None where it is another's or there is none."""
        row = self.db.execute(
            "SELECT source, failures FROM polls JOIN sources ON sources.name = polls.source "
            "WHERE polls.id = ? AND agent = ?",
            (poll, name),
        ).fetchone()
        if row is None:
            return None
        return PollLease(source=row["source"], poll=poll, whole=whole, failures=row["failures"])

    def save_books(self, poll: int, books: str) -> None:
        """What an agent's poll has found so far, for a desk that starts anew."""
        self.db.execute("UPDATE polls SET books = ? WHERE id = ?", (books, poll))

    def load_books(self, poll: int) -> str | None:
        """What an open poll had found, None for nothing."""
        row = self.db.execute("SELECT books FROM polls WHERE id = ?", (poll,)).fetchone()
        return None if row is None else row["books"]

    def find_link(self, name: str, link: int, since: datetime) -> Link | None:
        """A link of a source that the agent was given a poll of since then; None for any other."""
        row = self.db.execute(
            "SELECT * FROM links WHERE id = ? AND EXISTS (SELECT 1 FROM polls "
            "WHERE agent = ? AND polls.source = links.source AND started_at >= ?)",
            (link, name, format_stamp(since)),
        ).fetchone()
        return None if row is None else link_from_row(row)
