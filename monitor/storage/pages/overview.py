"""What the home page reads: the last 24 hours, matches by day, delays, stories, sources, what is not delivered."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from monitor.model.time_scale import TimeScale
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_optional_stamp

DAYS = 21  # of matches by day
DELAY_DAYS = 14
SPARK_DAYS = 14
_COVERED = timedelta(days=7)
_STORIES = 8
_CANDIDATES = 40  # largest stories among which those of most outlets are found
_UNDELIVERED = 12
_DELIVERED = 20_000  # alerts of which delays are reckoned: more in two weeks is a flood, of which the newest will do


def count_day(db: Connection, now: datetime) -> dict[str, int]:
    """Pieces stored, matched pieces and alerts delivered in the last 24 hours; seeds left out."""
    since = format_stamp(now - timedelta(hours=24))
    (pieces,) = db.execute("SELECT count(*) FROM articles WHERE baseline = 0 AND stored_at >= ?", (since,)).fetchone()
    (matched,) = db.execute(
        "SELECT count(DISTINCT m.article_id) FROM matches AS m JOIN articles AS a ON a.id = m.article_id "
        "WHERE m.matched = 1 AND m.at >= ? AND a.baseline = 0 AND a.stored_at >= ?",
        (since, since),
    ).fetchone()
    (alerts,) = db.execute(
        # Without statistics SQLite would take the index on state, and look at every alert ever delivered.
        "SELECT count(*) FROM alerts INDEXED BY alerts_delivered WHERE state = 'delivered' AND delivered_at >= ?",
        (since,),
    ).fetchone()
    return {"articles": pieces, "matched": matched, "delivered": alerts}


def list_topics(db: Connection) -> list[str]:
    """The topics ever loaded, by name: their order gives them their colours."""
    return [row["name"] for row in db.execute("SELECT name FROM topics ORDER BY name")]


def count_matches(db: Connection, topic: str, scale: TimeScale) -> list[int]:
    """Pieces that matched a topic in each step of a scale, oldest first; seeds left out."""
    found = {
        row["step"]: row["pieces"]
        for row in db.execute(
            "SELECT substr(m.at, 1, :width) AS step, count(*) AS pieces FROM matches AS m "
            "JOIN articles AS a ON a.id = m.article_id "
            "WHERE m.topic = :topic AND m.matched = 1 AND m.at >= :since AND a.baseline = 0 GROUP BY step",
            {"width": scale.width, "topic": topic, "since": scale.steps[0]},
        )
    }
    return [found.get(step, 0) for step in scale.steps]


def read_beginning(db: Connection) -> datetime | None:
    """When the watch began: the first source was added; None before."""
    (at,) = db.execute("SELECT min(added_at) FROM sources").fetchone()
    return parse_optional_stamp(at)


def list_delays(db: Connection, scale: TimeScale) -> list[tuple[str, float]]:
    """(step of delivery, seconds from publication to delivery) of alerts on new pieces that say when they came out.

    Pieces of which only the day is known are left out, and those that an outlet had before its first poll.
    """
    rows = db.execute(
        "SELECT al.delivered_at, a.published_at FROM alerts AS al JOIN articles AS a ON a.id = al.article_id "
        "WHERE al.state = 'delivered' AND al.created_at >= ? AND al.event = 'article.matched' AND a.backlog = 0 "
        "AND a.published_at IS NOT NULL AND a.published_precision IN ('second', 'minute') "
        "ORDER BY al.created_at DESC LIMIT ?",
        (scale.steps[0], _DELIVERED),
    )
    found = []
    for row in rows:
        sent, came = parse_optional_stamp(row["delivered_at"]), parse_optional_stamp(row["published_at"])
        if sent is not None and came is not None:
            found.append((row["delivered_at"][: scale.width], max(0.0, (sent - came).total_seconds())))
    return found


def list_covered(db: Connection, now: datetime) -> list[dict[str, Any]]:
    """The stories of the last week that most outlets tell."""
    since = format_stamp(now - _COVERED)
    stories = db.execute(
        "SELECT id, articles FROM stories WHERE last_at >= ? AND articles > 1 ORDER BY articles DESC, id DESC LIMIT ?",
        (since, _CANDIDATES),
    ).fetchall()
    found = [
        dict(
            db.execute(
                "SELECT s.id, s.title, s.first_at, s.last_at, count(DISTINCT a.source) AS outlets, "
                "count(*) AS articles, (SELECT group_concat(DISTINCT m.topic) FROM articles AS b "
                "JOIN matches AS m ON m.article_id = b.id AND m.matched = 1 WHERE b.story_id = s.id) AS topics "
                "FROM stories AS s JOIN articles AS a ON a.story_id = s.id AND a.baseline = 0 WHERE s.id = ?",
                (row["id"],),
            ).fetchone()
        )
        for row in stories
    ]
    found.sort(key=lambda story: (-story["outlets"], -story["articles"], -story["id"]))
    return [{**story, "topics": (story["topics"] or "").split(",")} for story in found[:_STORIES]]


def list_source_lights(
    db: Connection, now: datetime, scale: TimeScale, only: str | None = None
) -> list[dict[str, Any]]:
    """Every source: its state, 48 hours of polls by hour (polls, failed), pieces by step, open gaps; the worst first.

    `only` names one.
    """
    start = format_stamp(now - timedelta(hours=48))
    gaps = dict(db.execute("SELECT source, count(*) FROM gaps WHERE closed_at IS NULL GROUP BY source").fetchall())
    found = []
    for row in db.execute(
        "SELECT name, title, spider, every, state, reason, enabled, paused_at, last_poll_at, last_ok_at, next_poll_at, "
        "failures FROM sources WHERE :only IS NULL OR name = :only ORDER BY name",
        {"only": only},
    ).fetchall():
        hours: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        for poll in db.execute(
            "SELECT CAST((julianday(:now) - julianday(started_at)) * 24 AS INTEGER) AS back, count(*) AS polls, "
            "sum(outcome IN ('failed', 'partial')) AS failed FROM polls "
            "WHERE source = :source AND started_at >= :start AND outcome <> 'aborted' GROUP BY back",
            {"now": format_stamp(now), "source": row["name"], "start": start},
        ):
            if 0 <= poll["back"] < 48:
                hours[poll["back"]] = [poll["polls"], poll["failed"]]
        pieces = {
            one["step"]: one["pieces"]
            for one in db.execute(
                "SELECT substr(stored_at, 1, ?) AS step, count(*) AS pieces FROM articles "
                "WHERE source = ? AND stored_at >= ? GROUP BY step",
                (scale.width, row["name"], scale.steps[0]),
            )
        }
        (newest,) = db.execute("SELECT max(stored_at) FROM articles WHERE source = ?", (row["name"],)).fetchone()
        recent = [hours[back] for back in range(24) if back in hours]
        polls = sum(polled for polled, _ in recent)
        found.append(
            {
                **dict(row),
                "enabled": bool(row["enabled"]),
                "newest": newest,
                "gaps": gaps.get(row["name"], 0),
                "polls_by_hour": [hours.get(back, [0, 0]) for back in range(47, -1, -1)],
                "good_24h": 100 * (polls - sum(failed for _, failed in recent)) // polls if polls else None,
                "steps": list(scale.steps),
                "pieces": [pieces.get(step, 0) for step in scale.steps],
            }
        )
    order = {"failing": 0, "blocked": 0, "stopped": 1, "silent": 1, "drifting": 1, "unsteady": 2, "new": 3}
    found.sort(key=lambda source: (not source["enabled"], order.get(source["state"], 4), source["name"]))
    return found


def list_open_gaps(db: Connection) -> list[dict[str, Any]]:
    """Intervals in which pieces may have been missed and that nothing has closed, the latest first."""
    rows = db.execute(
        "SELECT g.source, coalesce(s.title, g.source) AS outlet, g.from_at, g.to_at, g.reason, g.state, g.opened_at "
        "FROM gaps AS g LEFT JOIN sources AS s ON s.name = g.source WHERE g.closed_at IS NULL "
        "ORDER BY g.opened_at DESC LIMIT ?",
        (_UNDELIVERED,),
    )
    return [dict(row) for row in rows]


def count_open_gaps(db: Connection) -> int:
    """How many of them there are."""
    (number,) = db.execute("SELECT count(*) FROM gaps WHERE closed_at IS NULL").fetchone()
    return int(number)


def list_undelivered(db: Connection) -> list[dict[str, Any]]:
    """Alerts that were given up or wait, the latest first, with what the last attempt brought."""
    found = []
    for state in ("dead", "pending"):
        found += [
            dict(row)
            for row in db.execute(
                "SELECT al.id, al.state, al.created_at, al.channel, al.attempts, al.next_attempt_at, al.article_id, "
                "a.title, coalesce(al.reason, t.error, 'status ' || t.status) AS reason FROM alerts AS al "
                "LEFT JOIN articles AS a ON a.id = al.article_id "
                "LEFT JOIN attempts AS t ON t.alert_id = al.id AND t.number = al.attempts "
                "WHERE al.state = ? ORDER BY al.created_at DESC LIMIT ?",
                (state, _UNDELIVERED),
            )
        ]
    return found


def count_undelivered(db: Connection) -> int:
    """How many of them there are."""
    (number,) = db.execute("SELECT count(*) FROM alerts WHERE state IN ('dead', 'pending')").fetchone()
    return int(number)
