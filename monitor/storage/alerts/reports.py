"""Scheduled reports: up to when each was told, and the alerts that one tells of; it must not decide when one is due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerting.message.report import REPORTED_EVENTS, ReportEvent
from monitor.alerting.report_times import REPORTED
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp, parse_stamp

# An alert may be written a moment after the report of its span was: the next one tells of it.
_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """How far the report of a rule at a channel is told; `set_at` is when its schedule was set."""

    rule: str
    channel: str
    schedule: str
    set_at: datetime
    begun_at: datetime
    told_until: datetime


class Reports:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def sync(self, schedules: Mapping[tuple[str, str], str], now: datetime) -> tuple[tuple[str, str], ...]:
        """Keep the state of these reports, by rule and channel, and of no others; those whose schedule changed.

        One that is new begins now, one that is set to another time goes on from where it was told.
        """
        changed = []
        for state in self.list_states():
            pair = (state.rule, state.channel)
            if pair not in schedules:
                self.db.execute("DELETE FROM reports WHERE rule = ? AND channel = ?", pair)
            elif schedules[pair] != state.schedule:
                changed.append(pair)
        for pair, schedule in schedules.items():
            self.db.execute(
                "INSERT INTO reports (rule, channel, schedule, set_at, begun_at, told_until) "
                "VALUES (:rule, :channel, :schedule, :now, :now, :now) ON CONFLICT (rule, channel) DO UPDATE "
                "SET schedule = excluded.schedule, set_at = excluded.set_at WHERE schedule <> excluded.schedule",
                {"rule": pair[0], "channel": pair[1], "schedule": schedule, "now": format_stamp(now)},
            )
        return tuple(changed)

    def list_states(self) -> tuple[ReportState, ...]:
        """All of them, by rule and channel."""
        rows = self.db.execute("SELECT * FROM reports ORDER BY rule, channel")
        return tuple(
            ReportState(
                rule=row["rule"],
                channel=row["channel"],
                schedule=row["schedule"],
                set_at=parse_stamp(row["set_at"]),
                begun_at=parse_stamp(row["begun_at"]),
                told_until=parse_stamp(row["told_until"]),
            )
            for row in rows
        )

    def move_held(self, rule: str, channel: str, reason: str, until: datetime) -> None:
        """Have what is held for a report wait for it until another time."""
        self.db.execute(
            "UPDATE alerts SET reason = ?, release_at = ? WHERE rule = ? AND channel = ? AND state = 'held' "
            "AND hold = ?",
            (reason, format_stamp(until), rule, channel, REPORTED),
        )

    def list_events(self, state: ReportState, until: datetime) -> tuple[ReportEvent, ...]:
        """The alerts on pieces that were made up to `until` and stand in no report yet, in their order."""
        rows = self.db.execute(
            "SELECT alerts.id, event, created_at, article_id, topic, score, alerts.state, alerts.reason, hold, "  # noqa: S608
            "release_at, articles.title AS headline, articles.url, articles.story_id AS story, "
            "coalesce(sources.title, articles.source) AS outlet, CASE WHEN event IN ('article.edited', "
            "'article.retracted') THEN json_extract(CAST(body AS TEXT), '$.data.change.changes') END AS changes "
            "FROM alerts JOIN articles ON articles.id = article_id LEFT JOIN sources ON sources.name = articles.source "
            "WHERE alerts.channel = ? AND alerts.created_at >= ? AND alerts.created_at <= ? AND alerts.rule = ? "
            f"AND reported_by IS NULL AND event IN ({', '.join('?' * len(REPORTED_EVENTS))}) "
            "ORDER BY alerts.created_at, alerts.rowid",
            (
                state.channel,
                format_stamp(max(state.begun_at, state.told_until - _LATE)),
                format_stamp(until),
                state.rule,
                *REPORTED_EVENTS,
            ),
        )
        return tuple(_event(row) for row in rows)

    def put_into(self, ids: Iterable[str], report: str) -> None:
        """Note that these alerts stand in a report; those that were held for it are told by it."""
        for id in ids:
            self.db.execute(
                "UPDATE alerts SET reported_by = :report, "
                "told_by = CASE WHEN state = 'held' AND hold = :hold AND release_at IS NOT NULL THEN :report "
                "ELSE told_by END, "
                "state = CASE WHEN state = 'held' AND hold = :hold AND release_at IS NOT NULL THEN 'digested' "
                "ELSE state END WHERE id = :id",
                {"report": report, "hold": REPORTED, "id": id},
            )

    def note_told(self, rule: str, channel: str, until: datetime) -> None:
        """Remember up to when a report was told."""
        self.db.execute(
            "UPDATE reports SET told_until = ? WHERE rule = ? AND channel = ?", (format_stamp(until), rule, channel)
        )


def _event(row: Row) -> ReportEvent:
    changes = json.loads(row["changes"] or "[]")
    first = changes[0] if changes else {}
    return ReportEvent(
        alert=row["id"],
        event=row["event"],
        at=parse_stamp(row["created_at"]),
        article_id=row["article_id"],
        story_id=row["story"],
        outlet=row["outlet"],
        title=row["headline"],
        url=row["url"],
        topic=row["topic"] or "",
        score=row["score"] or 0.0,
        told=_told(row),
        reason=row["reason"] if row["state"] in ("held", "digested") and row["hold"] != REPORTED else None,
        kinds=tuple(change["kind"] for change in changes),
        before=first.get("before"),
        after=first.get("after"),
    )


def _told(row: Row) -> str:
    if row["state"] == "digested":
        return "digest"
    if row["state"] != "held":
        return "alert"
    if row["release_at"] is None:
        return "held"
    return "report" if row["hold"] == REPORTED else "later"
