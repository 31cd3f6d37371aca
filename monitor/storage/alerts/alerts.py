"""The outbox: alerts from the article's transaction to delivered or dead letter; it must not send or decide.

Transactions are the caller's: `add` runs in the one that stores the article, every other method in a short one
of its own. An id is a function of what the alert is about, so that work done twice never alerts twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.alert import AttemptVerdict, Reply
from monitor.storage.alerts.channels import Channels
from monitor.storage.connection import Connection, Row
from monitor.storage.problems import Problems
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

DEAD_LETTER = "dead-letter"  # kind of the problem that a channel with given-up alerts has
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 27  # as in the specification's examples; 62**27 is a little more than 2**160


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert to be stored; `body` is what it says, `held` why it is not to be sent.

    `hold` and `release_at` are the kind of hold and its end where it is told later, None where it is held for good.
    """

    id: str
    rule: str
    channel: str
    event: str
    article_id: int | None
    revision: int | None
    story_id: int | None
    topic: str | None
    body: bytes
    held: str | None = None
    hold: str | None = None
    release_at: datetime | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAlert:
    """A claimed alert; `attempts` made since it was queued or last replayed."""

    id: str
    channel: str
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert as people list it."""

    id: str
    rule: str
    channel: str
    event: str
    article_id: int | None
    url: str | None
    title: str | None
    topic: str | None
    created_at: datetime
    state: str
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    score: float | None = None
    release_at: datetime | None = None
    told_by: str | None = None


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


def make_alert_id(channel: str, rule: str, event: str, article_key: str, revision: int) -> str:
    """The `webhook-id` of one alert: "msg_" and 27 letters and digits, the same for the same arguments."""
    parts = (channel, rule, event, article_key, str(revision))
    digest = hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8")).digest()
    number = int.from_bytes(digest[:20], "big")
    letters = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "msg_" + "".join(reversed(letters))


_LISTED = (
    "SELECT alerts.id, rule, channel, event, article_id, articles.url, articles.title, topic, created_at, state, "
    "reason, attempts, next_attempt_at, delivered_at, score, release_at, told_by FROM alerts "
    "LEFT JOIN articles ON articles.id = article_id "
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

        None while the channel is switched off or waits; a single one while it fails, to probe it.
        """
        state = self.channels.get(channel)
        if state is not None:
            if state.state == "disabled" or (state.next_at is not None and state.next_at > now):
                return ()
            limit = 1 if state.state == "failing" else limit
        rows = self.db.execute(
            "UPDATE alerts SET lease = ?, leased_until = ? WHERE id IN (SELECT id FROM alerts WHERE channel = ? "
            "AND state = 'pending' AND next_attempt_at <= ? AND (leased_until IS NULL OR leased_until <= ?) "
            "ORDER BY next_attempt_at, created_at, id LIMIT ?) "
            "RETURNING id, channel, body, attempts, next_attempt_at, created_at",
            (lease, format_stamp(until), channel, format_stamp(now), format_stamp(now), limit),
        ).fetchall()
        rows.sort(key=lambda row: (row["next_attempt_at"], row["created_at"], row["id"]))
        return tuple(
            DueAlert(id=row["id"], channel=row["channel"], body=bytes(row["body"]), attempts=row["attempts"])
            for row in rows
        )

    def record(
        self, alert: DueAlert, at: datetime, reply: Reply, verdict: AttemptVerdict, now: datetime, *, pace: float = 0.0
    ) -> None:
        """One attempt and all it leads to: the alert's state, the channel's, a problem where it is switched off.

        `at` is when the attempt began; the channel's next one begins `pace` seconds after `now` at the earliest.
        An alert that somebody settled or replayed meanwhile keeps its new state.
        """
        self.db.execute(
            "INSERT INTO attempts (alert_id, number, at, seconds, status, error, response) "
            "SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM attempts WHERE alert_id = ?",
            (alert.id, format_stamp(at), reply.seconds, reply.status, reply.error, reply.body, alert.id),
        )
        settled = self.db.execute(
            "UPDATE alerts SET state = ?, reason = ?, attempts = attempts + 1, next_attempt_at = ?, "
            "lease = NULL, leased_until = NULL, delivered_at = ? "
            "WHERE id = ? AND state = 'pending' AND attempts = ?",
            (
                verdict.state,
                verdict.reason,
                format_optional_stamp(verdict.next_at),
                format_stamp(now) if verdict.state == "delivered" else None,
                alert.id,
                alert.attempts,
            ),
        )
        reason = verdict.reason or ""
        if verdict.state == "delivered":
            self.channels.record_success(alert.channel, now)
        elif verdict.disable:
            self.channels.disable(alert.channel, reason, now)
        else:
            self.channels.record_failure(alert.channel, reason, now, verdict.pause_until)
            if self.channels.worn_out(alert.channel, now):
                self.channels.disable(alert.channel, f"nothing has arrived for five days, the last try: {reason}", now)
        if pace > 0:
            self.channels.pause(alert.channel, now + timedelta(seconds=pace))
        if verdict.state == "dead" and settled.rowcount:
            self._problems.open(
                DEAD_LETTER,
                alert.channel,
                f"An alert for {alert.channel} was given up at attempt {alert.attempts + 1}: {reason}",
                "Mend the receiver, then: seedwatch alerts list --state dead, and seedwatch alerts replay",
                now,
            )

    def release(self, lease: str) -> int:
        """Give back what a lease still holds, due as before; how many."""
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
            "SELECT min(max(next_attempt_at, coalesce(leased_until, ''), coalesce(channels.next_at, ''))) "  # noqa: S608
            "FROM alerts INDEXED BY alerts_due LEFT JOIN channels ON channels.name = channel "
            "WHERE alerts.state = 'pending' "
            f"AND coalesce(channels.state, 'ok') <> 'disabled' AND channel IN ({', '.join('?' * len(names))})",
            names,
        ).fetchone()
        return parse_optional_stamp(row[0])

    def list(self, state: str | None = None, limit: int = 100, *, told_by: str | None = None) -> tuple[AlertRow, ...]:
        """The newest alerts, of one state or told of by one digest where these are given."""
        rows = self.db.execute(
            f"{_LISTED} WHERE (:state IS NULL OR state = :state) AND (:told_by IS NULL OR told_by = :told_by) "
            "ORDER BY created_at DESC, alerts.id LIMIT :limit",
            {"state": state, "told_by": told_by, "limit": limit},
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

    def replay(self, id: str, now: datetime) -> bool:
        """Send one alert again whatever became of it, with its id and bytes, from the ladder's first step.

        False where there is no such id.
        """
        return bool(self._replay("id = ?", id, now))

    def replay_since(self, when: datetime, now: datetime) -> int:
        """Send the dead letters again that were created at or after `when`; how many."""
        return self._replay("state = 'dead' AND created_at >= ?", format_stamp(when), now)

    def _replay(self, which: str, value: str, now: datetime) -> int:
        replayed = self.db.execute(
            "UPDATE alerts SET state = 'pending', reason = NULL, attempts = 0, next_attempt_at = ?, "  # noqa: S608
            f"lease = NULL, leased_until = NULL WHERE {which}",
            (format_stamp(now), value),
        ).rowcount
        for channel in self.db.execute(
            "SELECT subject FROM problems WHERE kind = ? AND closed_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM alerts WHERE channel = subject AND state = 'dead')",
            (DEAD_LETTER,),
        ).fetchall():
            self._problems.close(DEAD_LETTER, channel["subject"], now)
        return replayed


def _row(row: Row) -> AlertRow:
    return AlertRow(
        id=row["id"],
        rule=row["rule"],
        channel=row["channel"],
        event=row["event"],
        article_id=row["article_id"],
        url=row["url"],
        title=row["title"],
        topic=row["topic"],
        created_at=parse_stamp(row["created_at"]),
        state=row["state"],
        reason=row["reason"],
        attempts=row["attempts"],
        next_attempt_at=parse_optional_stamp(row["next_attempt_at"]),
        delivered_at=parse_optional_stamp(row["delivered_at"]),
        score=row["score"],
        release_at=parse_optional_stamp(row["release_at"]),
        told_by=row["told_by"],
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
