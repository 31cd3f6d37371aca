"""The outbox: alerts from the article's transaction to delivered or dead letter; it must not send or decide.

Transactions are the caller's: `add` runs in the one that stores the article, all else in short ones of their own. An id
is a function of what the alert is about, so that work done twice never alerts twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from monitor.model.alert import AttemptVerdict, Reply
from monitor.storage.alerts.channels import Channels
from monitor.storage.connection import Connection, Row
from monitor.storage.problems import Problems
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

DEAD_LETTER = "dead-letter"  # kind of the problem that a channel with given-up alerts has


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSubject:
    """What every view of an alert has: whom it goes to by which rule, and what it is about."""

    id: str
    rule: str
    channel: str
    event: str
    article_id: int | None
    story_id: int | None = None
    topic: str | None
    score: float | None = None


_SUBJECT = tuple(field.name for field in fields(AlertSubject))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert(AlertSubject):
    """An alert to be stored; `body` is what it says, `held` why it is not to be sent.

    `hold` and `release_at` are the kind of hold and its end where it is told later, None where it is held for good.
    """

    revision: int | None
    body: bytes
    held: str | None = None
    hold: str | None = None
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAlert:
    """A claimed alert: `attempts` failed by its own fault since it was queued or last replayed, `probes` by its
    channel's since that last took something."""

    id: str
    channel: str
    body: bytes
    attempts: int
    probes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow(AlertSubject):
    """An alert as people list it; `channel_next_at`: until when its channel waits, where it is to be delivered."""

    url: str | None
    title: str | None
    created_at: datetime
    state: str
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    release_at: datetime | None = None
    told_by: str | None = None
    outlet: str | None = None
    channel_next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: a status with the first bytes of the answer, or an error in words."""

    number: int
    at: datetime
    seconds: float
    status: int | None
    error: str | None
    response: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """An alert with its bytes and all its attempts, oldest first."""

    alert: AlertRow
    body: bytes
    tries: tuple[Attempt, ...]


# What has to leave before an edit or a retraction: what was queued earlier for the same piece at the same channel and
# is still owed there, by itself or by the alert that tells of it. A growth waits for first alerts of its story alone,
# so that no two ever wait for each other. What is dead, or held for good, is owed no more: it holds up nothing. Rows
# are numbered in the order in which they were queued, and VACUUM keeps that order.
_FREE = (
    "NOT (due.event = 'story.grew' AND EXISTS (SELECT 1 FROM alerts AS earlier WHERE earlier.story_id = due.story_id "
    "AND earlier.channel = due.channel AND earlier.rowid < due.rowid AND earlier.state = 'pending' "
    "AND earlier.event = 'article.matched')) "
    "AND NOT (due.event NOT IN ('article.matched', 'story.grew') AND EXISTS (SELECT 1 FROM alerts AS earlier "
    "WHERE earlier.article_id = due.article_id AND earlier.channel = due.channel AND earlier.rowid < due.rowid "
    "AND (earlier.state = 'pending' OR (earlier.state = 'held' AND earlier.release_at IS NOT NULL "
    "AND (earlier.hold <> 'report' OR earlier.rule = due.rule)) "
    "OR (earlier.state = 'digested' AND EXISTS (SELECT 1 FROM alerts AS teller WHERE teller.id = earlier.told_by "
    "AND teller.state = 'pending')))))"
)
_LISTED = (
    "SELECT alerts.id, rule, channel, event, article_id, articles.url, articles.title, topic, created_at, "
    "alerts.state, alerts.reason, attempts, next_attempt_at, delivered_at, score, release_at, told_by, "
    "alerts.story_id, coalesce(sources.title, articles.source) AS outlet, "
    "CASE WHEN alerts.state = 'pending' THEN channels.next_at END AS channel_next_at FROM alerts "
    "LEFT JOIN articles ON articles.id = article_id LEFT JOIN sources ON sources.name = articles.source "
    "LEFT JOIN channels ON channels.name = channel "
)


class Alerts:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self.channels = Channels(db)
        self._problems = Problems(db)

    def add(self, alerts: Iterable[NewAlert], now: datetime) -> int:
        """Queue alerts, due at once; one whose id is known is passed over. How many were new."""
        added = 0
        for alert in alerts:
            added += self.db.execute(
                "INSERT INTO alerts (id, rule, channel, event, article_id, revision, story_id, topic, created_at, "
                "body, state, reason, next_attempt_at, hold, release_at, score) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO NOTHING",
                (
                    *(alert.id, alert.rule, alert.channel, alert.event, alert.article_id, alert.revision),
                    *(alert.story_id, alert.topic, format_stamp(now), alert.body),
                    *("held" if alert.held else "pending", alert.held, None if alert.held else format_stamp(now)),
                    *(alert.hold, format_optional_stamp(alert.release_at), alert.score),
                ),
            ).rowcount
        return added

    def claim(self, channel: str, now: datetime, *, lease: str, until: datetime, limit: int) -> tuple[DueAlert, ...]:
        """Up to `limit` due alerts of one channel, longest due first, leased to `lease` until `until`.

        None while the channel is switched off or waits. A single one while it fails, to probe it: the oldest of those
        that never failed by their own fault, or, for a detour, the oldest that was not tried since the channel failed.
        None that has to wait for an earlier one on the same piece. Where nothing is due nothing is written.
        """
        state = self.channels.get(channel)
        order = "next_attempt_at, rowid"
        if state is not None:
            if state.state == "disabled" or (state.next_at is not None and state.next_at > now):
                return ()
            if state.state == "failing":
                limit = 1
                order = f"attempts > 0, {'probes > 0, ' if state.detour else ''}{order}"
        due = self.db.execute(
            "SELECT id FROM alerts AS due "  # noqa: S608
            "WHERE channel = ? AND state = 'pending' AND next_attempt_at <= ? "
            f"AND (leased_until IS NULL OR leased_until <= ?) AND {_FREE} ORDER BY {order} LIMIT ?",
            (channel, format_stamp(now), format_stamp(now), limit),
        ).fetchall()
        if not due:
            return ()
        rows = self.db.execute(
            "UPDATE alerts SET lease = ?, leased_until = ? "  # noqa: S608  question marks only
            f"WHERE id IN ({', '.join('?' * len(due))}) "
            "RETURNING rowid AS number, id, channel, body, attempts, probes, next_attempt_at",
            (lease, format_stamp(until), *(row["id"] for row in due)),
        ).fetchall()
        rows.sort(key=lambda row: (row["next_attempt_at"], row["number"]))
        return tuple(
            DueAlert(
                id=row["id"],
                channel=row["channel"],
                body=bytes(row["body"]),
                attempts=row["attempts"],
                probes=row["probes"],
            )
            for row in rows
        )

    def record(
        self, alert: DueAlert, at: datetime, reply: Reply, verdict: AttemptVerdict, now: datetime, *, pace: float = 0.0
    ) -> None:
        """One attempt and all it leads to: the alert's state, the channel's, a problem where it is switched off.

        `at` is when the attempt began; the channel's next one begins `pace` seconds after that at the earliest.
        An alert that somebody settled or replayed meanwhile keeps its new state.
        """
        self.db.execute(
            "INSERT INTO attempts (alert_id, number, at, seconds, status, error, response) "
            "SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM attempts WHERE alert_id = ?",
            (alert.id, format_stamp(at), reply.seconds, reply.status, reply.error, reply.body, alert.id),
        )
        own = verdict.state != "pending" or verdict.next_at is not None
        settled = self.db.execute(
            "UPDATE alerts SET state = ?, reason = ?, attempts = attempts + ?, probes = probes + ?, "
            "next_attempt_at = CASE WHEN ? THEN ? ELSE next_attempt_at END, "
            "lease = NULL, leased_until = NULL, delivered_at = ? "
            "WHERE id = ? AND state = 'pending' AND attempts = ? AND probes = ?",
            (
                *(verdict.state, verdict.reason, int(own), int(not own), own, format_optional_stamp(verdict.next_at)),
                format_stamp(now) if verdict.state == "delivered" else None,
                *(alert.id, alert.attempts, alert.probes),
            ),
        )
        reason = verdict.reason or ""
        if verdict.state == "delivered":
            self._succeeded(alert, now)
        elif verdict.disable:
            self.channels.disable(alert.channel, reason, now)
        else:
            self.channels.record_failure(
                alert.channel, reason, now, verdict.pause_until, failing=verdict.failing, detour=verdict.detour
            )
            if self.channels.worn_out(alert.channel, now):
                self.channels.disable(alert.channel, f"nothing has arrived for five days, the last try: {reason}", now)
        if pace > 0:
            self.channels.pause(alert.channel, at + timedelta(seconds=pace))
        if verdict.state == "dead" and settled.rowcount:
            self._problems.open(
                DEAD_LETTER,
                alert.channel,
                f"An alert for {alert.channel} was given up at attempt {alert.attempts + 1}: {reason}",
                "Mend the receiver, then: seedwatch alerts list --state dead, and seedwatch alerts replay",
                now,
            )

    def _succeeded(self, alert: DueAlert, now: datetime) -> None:
        """The channel works. What failed there more often than this alert, and still waits, has a fault of its own."""
        state = self.channels.get(alert.channel)
        if state is not None and state.failures:
            self.db.execute(
                "UPDATE alerts SET attempts = CASE WHEN probes > ? THEN max(attempts, 1) ELSE attempts END, probes = 0 "
                "WHERE channel = ? AND state = 'pending' AND probes > 0",
                (alert.probes, alert.channel),
            )
        self.channels.record_success(alert.channel, now)

    def release(self, lease: str) -> int:
        """Give back what a lease still holds, due as before; how many."""
        if self.db.execute("SELECT 1 FROM alerts WHERE lease = ?", (lease,)).fetchone() is None:
            return 0
        return self.db.execute("UPDATE alerts SET lease = NULL, leased_until = NULL WHERE lease = ?", (lease,)).rowcount

    def release_stale(self) -> int:
        """Give back every lease: for the start, when the lock on the database proves that nobody else delivers."""
        return self.db.execute(
            "UPDATE alerts SET lease = NULL, leased_until = NULL WHERE lease IS NOT NULL AND state = 'pending'"
        ).rowcount

    def pending(self) -> int:
        """How many alerts are still owed."""
        return int(self.db.execute("SELECT count(*) FROM alerts WHERE state = 'pending'").fetchone()[0])

    def next_due(self, channels: Iterable[str]) -> datetime | None:
        """When the earliest alert of these channels can be claimed, None where there is nothing to wait for."""
        names = tuple(channels)
        row = self.db.execute(
            "SELECT min(max(due.next_attempt_at, coalesce(due.leased_until, ''), coalesce(channels.next_at, ''))) "  # noqa: S608
            "FROM alerts AS due INDEXED BY alerts_due LEFT JOIN channels ON channels.name = due.channel "
            f"WHERE due.state = 'pending' AND {_FREE} "
            f"AND coalesce(channels.state, 'ok') <> 'disabled' AND due.channel IN ({', '.join('?' * len(names))})",
            names,
        ).fetchone()
        return parse_optional_stamp(row[0])

    def list(
        self,
        state: str | None = None,
        limit: int = 100,
        *,
        told_by: str | None = None,
        rule: str | None = None,
        channel: str | None = None,
        topic: str | None = None,
        since: datetime | None = None,
    ) -> tuple[AlertRow, ...]:
        """The newest alerts: of a state, rule, channel or topic, told of by a digest, or since a time, where given."""
        rows = self.db.execute(
            f"{_LISTED} WHERE (:state IS NULL OR alerts.state = :state) "
            "AND (:told_by IS NULL OR told_by = :told_by OR reported_by = :told_by) "
            "AND (:rule IS NULL OR rule = :rule) AND (:channel IS NULL OR channel = :channel) "
            "AND (:topic IS NULL OR topic = :topic) AND (:since IS NULL OR created_at >= :since) "
            "ORDER BY created_at DESC, alerts.id LIMIT :limit",
            {
                "state": state,
                "told_by": told_by,
                "rule": rule,
                "channel": channel,
                "topic": topic,
                "since": format_optional_stamp(since),
                "limit": limit,
            },
        )
        return tuple(_row(row) for row in rows)

    def show(self, id: str) -> AlertRecord | None:
        """One alert with its bytes and attempts; None where there is no such id."""
        row = self.db.execute(f"{_LISTED} WHERE alerts.id = ?", (id,)).fetchone()
        if row is None:
            return None
        body = self.db.execute("SELECT body FROM alerts WHERE id = ?", (id,)).fetchone()["body"]
        tries = self.db.execute("SELECT * FROM attempts WHERE alert_id = ? ORDER BY number", (id,))
        return AlertRecord(alert=_row(row), body=bytes(body), tries=tuple(_attempt(found) for found in tries))

    def of_article(self, article_id: int) -> tuple[AlertRecord, ...]:
        """Every alert about an article, oldest first."""
        rows = self.db.execute("SELECT id FROM alerts WHERE article_id = ? ORDER BY created_at, id", (article_id,))
        return tuple(record for row in rows.fetchall() if (record := self.show(row["id"])) is not None)

    def exists(self, id: str) -> bool:
        """Whether there is an alert of that id."""
        return self.db.execute("SELECT 1 FROM alerts WHERE id = ?", (id,)).fetchone() is not None

    def counts(self) -> dict[str, int]:
        """How many alerts are in which state."""
        rows = self.db.execute("SELECT state, count(*) AS n FROM alerts GROUP BY state ORDER BY state")
        return {row["state"]: row["n"] for row in rows}

    def count_held_reasons(self) -> dict[str, int]:
        """How many alerts were decided not to be sent, by the reason given."""
        rows = self.db.execute(
            "SELECT coalesce(reason, 'waits') AS why, count(*) AS n FROM alerts WHERE state = 'held' GROUP BY why"
        )
        return {row["why"]: row["n"] for row in rows}

    def replay(self, id: str, now: datetime) -> bool:
        """Send one alert again whatever became of it, with its id and bytes, from the ladder's first step.

        False where there is no such id, or what it said is kept no more (`forgotten_bodies`).
        """
        return bool(self._replay("id = ?", id, now))

    def replay_since(self, when: datetime, now: datetime) -> int:
        """Send the dead letters again that were created at or after `when`; how many."""
        return self._replay("state = 'dead' AND created_at >= ?", format_stamp(when), now)

    def _replay(self, which: str, value: str, now: datetime) -> int:
        replayed = self.db.execute(
            "UPDATE alerts SET state = 'pending', reason = NULL, attempts = 0, probes = 0, next_attempt_at = ?, "  # noqa: S608
            f"lease = NULL, leased_until = NULL WHERE {which} AND body <> X'7B7D'",
            (format_stamp(now), value),
        ).rowcount
        for channel in self.db.execute(
            "SELECT subject FROM problems WHERE kind = ? AND closed_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM alerts WHERE channel = subject AND state = 'dead')",
            (DEAD_LETTER,),
        ).fetchall():
            self._problems.close(DEAD_LETTER, channel["subject"], now)
        return replayed


def subject_fields(row: Row) -> dict[str, Any]:
    """The fields of AlertSubject from a row of `alerts`."""
    return {name: row[name] for name in _SUBJECT}


def _row(row: Row) -> AlertRow:
    return AlertRow(
        **subject_fields(row),
        url=row["url"],
        title=row["title"],
        created_at=parse_stamp(row["created_at"]),
        state=row["state"],
        reason=row["reason"],
        attempts=row["attempts"],
        next_attempt_at=parse_optional_stamp(row["next_attempt_at"]),
        delivered_at=parse_optional_stamp(row["delivered_at"]),
        release_at=parse_optional_stamp(row["release_at"]),
        told_by=row["told_by"],
        outlet=row["outlet"],
        channel_next_at=parse_optional_stamp(row["channel_next_at"]),
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        number=row["number"],
        at=parse_stamp(row["at"]),
        seconds=row["seconds"],
        status=row["status"],
        error=row["error"],
        response=bytes(row["response"] or b""),
    )
