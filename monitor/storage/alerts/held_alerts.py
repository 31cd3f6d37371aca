"""Alerts that are held back until a time, and what policies need to know of what was told; it must not decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.alert import MINUTE, AlertHistory
from monitor.storage.alerts.alerts import Alerts, AlertSubject, NewAlert, subject_fields
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_optional_stamp, parse_stamp

# Of one rule and channel at a time: what a digest can list many times over, and a transaction bears.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow(AlertSubject):
    """An alert whose time to be told has come; `hold` is the kind of its `Hold`."""

    revision: int | None
    hold: str
    reason: str
    created_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """An alert on a piece that is held back until `release_at`; `hold` is the kind of its `Hold`."""

    id: str
    event: str
    hold: str
    release_at: datetime


class Holds:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def history(
        self,
        rule: str,
        channel: str,
        story_id: int | None,
        now: datetime,
        *,
        day: datetime | None,
        longest: timedelta = timedelta(0),
        minute: bool,
    ) -> AlertHistory:
        """What a rule has told a channel: of a story, since `day` began and in the last minute if asked.

        `longest`: how long before that day something may have been held back that went out in it.
        """
        told = self.db.execute(
            "SELECT max(coalesce(release_at, created_at)) AS at FROM alerts WHERE story_id = ? AND channel = ? "
            "AND rule = ? AND state <> 'held'",
            (story_id, channel, rule),
        ).fetchone()
        sent, seen = ((), ()) if day is None else self._since(rule, channel, day, day - longest)
        return AlertHistory(
            told_at=parse_optional_stamp(told["at"]),
            sent=sent,
            seen=seen,
            minute=self._minute(channel, now) if minute else 0,
            window=self._window(rule, channel, now) if minute else None,
        )

    def _since(
        self, rule: str, channel: str, day: datetime, oldest: datetime
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The scores of what went out since then, and of all that asked to; what gathers others asks for nothing."""
        rows = self.db.execute(
            "SELECT score, state IN ('held', 'digested') AS held, coalesce(release_at, created_at) >= :day AS today, "
            "created_at >= :day AND NOT EXISTS (SELECT 1 FROM alerts AS told WHERE told.told_by = alerts.id) AS asked "
            "FROM alerts WHERE channel = :channel AND created_at >= :oldest AND rule = :rule AND score IS NOT NULL "
            "AND (state <> 'held' OR release_at IS NOT NULL) AND hold IS NOT 'report'",
            {"channel": channel, "rule": rule, "day": format_stamp(day), "oldest": format_stamp(oldest)},
        ).fetchall()
        sent = tuple(row["score"] for row in rows if row["today"] and not row["held"])
        return sent, tuple(row["score"] for row in rows if row["asked"])

    def _minute(self, channel: str, now: datetime) -> int:
        count = self.db.execute(
            "SELECT count(*) FROM alerts WHERE channel = ? AND created_at > ? AND state NOT IN ('held', 'digested')",
            (channel, format_stamp(now - MINUTE)),
        ).fetchone()[0]
        return int(count)

    def _window(self, rule: str, channel: str, now: datetime) -> datetime | None:
        row = self.db.execute(
            "SELECT min(release_at) AS at FROM alerts INDEXED BY alerts_held "
            "WHERE state = 'held' AND release_at > ? AND hold = 'rush' "
            "AND channel = ? AND rule = ?",
            (format_stamp(now), channel, rule),
        ).fetchone()
        return parse_optional_stamp(row["at"])

    def owed(self, rule: str, channel: str, article_id: int | None) -> datetime | None:
        """Until when an alert on a piece is held back at a channel, None where none is.

        What waits for the report of another rule is not counted: who is told at once is told by this one.
        """
        row = self.db.execute(
            "SELECT max(release_at) AS at FROM alerts INDEXED BY alerts_article "
            "WHERE article_id = ? AND channel = ? AND state = 'held' AND hold <> 'order' "
            "AND (hold <> 'report' OR rule = ?)",
            (article_id, channel, rule),
        ).fetchone()
        return parse_optional_stamp(row["at"])

    def list_owed(self, rule: str, channel: str, article_id: int) -> tuple[OwedRow, ...]:
        """The alerts that `owed` counts, and those that wait for one of them, in the order they were queued."""
        rows = self.db.execute(
            "SELECT id, event, hold, release_at FROM alerts INDEXED BY alerts_article "
            "WHERE article_id = ? AND channel = ? AND state = 'held' AND release_at IS NOT NULL "
            "AND (hold <> 'report' OR rule = ?) ORDER BY rowid",
            (article_id, channel, rule),
        )
        return tuple(
            OwedRow(id=row["id"], event=row["event"], hold=row["hold"], release_at=parse_stamp(row["release_at"]))
            for row in rows
        )

    def next_due(self) -> datetime | None:
        """When the next of them is to be told, None where none waits."""
        row = self.db.execute(  # what is held for good is the most of what is held
            "SELECT min(release_at) AS at FROM alerts INDEXED BY alerts_held "
            "WHERE state = 'held' AND release_at IS NOT NULL"
        ).fetchone()
        return parse_optional_stamp(row["at"])

    def due(self, now: datetime) -> tuple[HeldRow, ...]:
        """Those whose time has come, in the order in which they were held."""
        rows = self.db.execute(
            "SELECT * FROM alerts INDEXED BY alerts_held WHERE state = 'held' AND release_at <= ? "
            "ORDER BY release_at, created_at, id LIMIT ?",
            (format_stamp(now), _AT_ONCE),
        )
        return tuple(
            HeldRow(
                **subject_fields(row),
                revision=row["revision"],
                hold=row["hold"],
                reason=row["reason"],
                created_at=parse_stamp(row["created_at"]),
                body=bytes(row["body"]),
            )
            for row in rows
        )

    def postpone(self, ids: Iterable[str], hold: str, reason: str, until: datetime) -> None:
        """Hold these longer, for another reason."""
        self.db.executemany(
            "UPDATE alerts SET hold = ?, reason = ?, release_at = ? WHERE id = ? AND state = 'held'",
            [(hold, reason, format_stamp(until), id) for id in ids],
        )

    def move_to_outbox(self, id: str, now: datetime) -> None:
        """Put one that was held into the outbox as it is."""
        self.db.execute(
            "UPDATE alerts SET state = 'pending', reason = NULL, release_at = ?, next_attempt_at = ? "
            "WHERE id = ? AND state = 'held'",
            (format_stamp(now), format_stamp(now), id),
        )

    def mark_digested(self, ids: Iterable[str], by: str) -> None:
        """Note that another alert, a digest or one on their story, tells of these."""
        self.db.executemany(
            "UPDATE alerts SET state = 'digested', told_by = ? WHERE id = ? AND state = 'held'",
            [(by, id) for id in ids],
        )

    def list_warm_ups(self, topic: str) -> list[tuple[str, int]]:
        """The alerts of a topic that wait for it to be weighed, with their articles, in the order they were held."""
        rows = self.db.execute(
            "SELECT id, article_id FROM alerts INDEXED BY alerts_held WHERE state = 'held' AND release_at IS NOT NULL "
            "AND hold = 'warm-up' AND topic = ? ORDER BY created_at, id",
            (topic,),
        )
        return [(row["id"], row["article_id"]) for row in rows]

    def list_warming(self) -> list[str]:
        """The topics that have such alerts."""
        rows = self.db.execute(
            "SELECT DISTINCT topic FROM alerts INDEXED BY alerts_held WHERE state = 'held' AND release_at IS NOT NULL "
            "AND hold = 'warm-up' ORDER BY topic"
        )
        return [row["topic"] for row in rows]

    def release(self, ids: Iterable[str], now: datetime) -> None:
        """Let alerts that are held be told at the next round."""
        self.db.executemany("UPDATE alerts SET release_at = ? WHERE id = ?", [(format_stamp(now), id) for id in ids])

    def hold_forever(self, ids: Iterable[str], reason: str) -> None:
        """Hold these for good: nobody is there any more to be told."""
        self.db.executemany(
            "UPDATE alerts SET reason = ?, release_at = NULL WHERE id = ? AND state = 'held'",
            [(reason, id) for id in ids],
        )

    def told_of(self, article_id: int) -> frozenset[tuple[str, str]]:
        """The (rule, channel) pairs that were or will be told that an article matched."""
        rows = self.db.execute(
            "SELECT DISTINCT rule, channel FROM alerts WHERE article_id = ? "
            "AND event IN ('article.matched', 'story.grew') AND (state <> 'held' OR release_at IS NOT NULL)",
            (article_id,),
        )
        return frozenset((row["rule"], row["channel"]) for row in rows)

    def list_kept(self, article_id: int) -> dict[tuple[str, str], str]:
        """By (rule, channel) whose match of an article is held for good: why, as of the latest."""
        rows = self.db.execute(
            "SELECT rule, channel, reason FROM alerts WHERE article_id = ? "
            "AND event IN ('article.matched', 'story.grew') AND state = 'held' AND release_at IS NULL ORDER BY rowid",
            (article_id,),
        )
        return {(row["rule"], row["channel"]): row["reason"] or "" for row in rows}

    def give_out(self, alert: NewAlert, now: datetime) -> int:
        """Queue an alert in the place of one of the same id that was held for good, or anew; how many are owed more."""
        self.db.execute("DELETE FROM alerts WHERE id = ? AND state = 'held' AND release_at IS NULL", (alert.id,))
        added = Alerts(self.db).add([alert], now)
        return added if alert.held is None else 0
