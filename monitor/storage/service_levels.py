"""The service levels of a watch, measured in its own database; it reads and must not write.

Every question is answered by an index over a window of a few days, or a small table.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from monitor.discovery.recall_estimate import compute_percentile, estimate_recall
from monitor.model.service_levels import DelayLevel, DiscoveryLevel, LossLevel, MissLevel, RepeatLevel, ServiceLevels
from monitor.storage.connection import Connection
from monitor.storage.timestamps import format_stamp, parse_optional_stamp, parse_stamp

LEVEL_WINDOW = timedelta(days=7)
_SETTLED = timedelta(hours=2)  # a sitemap follows its feed; as gaps are compared (monitor.storage.sources.gaps)
_MOST = 20_000  # alerts of which delays are reckoned: more in a week is a flood, of which the newest will do


def measure_levels(db: Connection, now: datetime) -> ServiceLevels:
    """All five over the last seven days."""
    since = now - LEVEL_WINDOW
    return ServiceLevels(
        at=now,
        since=since,
        discovery=_measure_discovery(db, since, now - _SETTLED),
        misses=_measure_misses(db, since),
        losses=_measure_losses(db, since),
        repeats=_measure_repeats(db, since),
        delay=_measure_delay(db, since),
    )


def _measure_discovery(db: Connection, since: datetime, until: datetime) -> DiscoveryLevel:
    """The sources' estimates added up; the limits are added up as well, which makes the interval too wide, not too
    narrow."""
    names = [row["name"] for row in db.execute("SELECT name FROM sources WHERE enabled = 1 ORDER BY name").fetchall()]
    kinds = {row["id"]: row["kind"] for row in db.execute("SELECT id, kind FROM endpoints")}
    seen, compared, alone = 0, 0, []
    total = least = most = 0.0
    for name in names:
        lists: defaultdict[str, set[int]] = defaultdict(set)
        for row in db.execute(
            "SELECT id, endpoint_id FROM links INDEXED BY links_history CROSS JOIN sightings ON link_id = id "
            "WHERE source = ? AND first_seen_at >= ? AND first_seen_at < ? AND backlog = 0 AND state <> 'archived'",
            (name, format_stamp(since), format_stamp(until)),
        ):
            if row["endpoint_id"] in kinds:  # else it was found this very moment
                lists[kinds[row["endpoint_id"]]].add(row["id"])
        found = estimate_recall(lists)
        if found is None:
            alone.append(name)
            continue
        compared += 1
        seen += found.seen
        total += found.seen / found.score
        least += found.seen / found.high
        most += found.seen / found.low
    return DiscoveryLevel(
        seen=seen,
        estimated=round(total, 1) if compared else None,
        score=round(seen / total, 4) if compared else None,
        low=round(seen / most, 4) if compared else None,
        high=round(seen / least, 4) if compared else None,
        compared=compared,
        alone=tuple(alone),
    )


def _measure_misses(db: Connection, since: datetime) -> MissLevel:
    rows = db.execute("SELECT source, from_at, to_at FROM gaps WHERE closed_at IS NULL").fetchall()
    (closed,) = db.execute("SELECT count(*) FROM gaps WHERE closed_at >= ?", (format_stamp(since),)).fetchone()
    spans = [parse_stamp(row["to_at"]) - parse_stamp(row["from_at"]) for row in rows]
    hours = sum(max(0.0, span.total_seconds()) for span in spans) / 3600
    return MissLevel(
        open_gaps=len(rows), sources=len({row["source"] for row in rows}), hours=round(hours, 2), closed=closed
    )


def _measure_losses(db: Connection, since: datetime) -> LossLevel:
    dead = db.execute("SELECT count(*) AS dead, min(created_at) AS since FROM alerts WHERE state = 'dead'").fetchone()
    (untold,) = db.execute(
        "SELECT count(DISTINCT article_id) FROM alerts AS lost WHERE state = 'dead' AND article_id IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM alerts AS told WHERE told.article_id = lost.article_id "
        "AND told.event = lost.event AND told.revision IS lost.revision AND told.state IN ('delivered', 'digested'))"
    ).fetchone()
    late, sent = (
        db.execute(
            "SELECT count(*) FROM alerts WHERE state = ? AND created_at >= ?", (state, format_stamp(since))
        ).fetchone()[0]
        for state in ("dead", "delivered")
    )
    return LossLevel(
        dead=dead["dead"],
        since=parse_optional_stamp(dead["since"]),
        untold=untold,
        share=round(late / (late + sent), 6) if late + sent else None,
    )


def _measure_repeats(db: Connection, since: datetime) -> RepeatLevel:
    row = db.execute(
        "SELECT coalesce(sum(number), 0) AS delivered, coalesce(sum(number - 1), 0) AS repeated FROM "
        "(SELECT count(*) AS number FROM alerts WHERE state = 'delivered' AND created_at >= ? "
        "AND event = 'article.matched' AND article_id IS NOT NULL GROUP BY article_id, channel, rule)",
        (format_stamp(since),),
    ).fetchone()
    (resent,) = db.execute(
        "SELECT count(DISTINCT al.id) FROM alerts AS al JOIN attempts AS t ON t.alert_id = al.id "
        "WHERE al.state = 'delivered' AND al.created_at >= ? AND al.event = 'article.matched' AND t.status IS NULL",
        (format_stamp(since),),
    ).fetchone()
    return RepeatLevel(delivered=row["delivered"], repeated=row["repeated"], resent=resent)


def _measure_delay(db: Connection, since: datetime) -> DelayLevel:
    rows = db.execute(
        "SELECT al.delivered_at, a.published_at, a.published_precision IN ('second', 'minute') AS exact "
        "FROM alerts AS al JOIN articles AS a ON a.id = al.article_id WHERE al.state = 'delivered' "
        "AND al.created_at >= ? AND al.event = 'article.matched' AND a.backlog = 0 AND al.delivered_at IS NOT NULL "
        "ORDER BY al.created_at DESC LIMIT ?",
        (format_stamp(since), _MOST),
    ).fetchall()
    exact = [row for row in rows if row["published_at"] is not None and row["exact"]]
    waits = [
        max(0.0, (parse_stamp(row["delivered_at"]) - parse_stamp(row["published_at"])).total_seconds()) for row in exact
    ]
    return DelayLevel(
        alerts=len(waits),
        undated=len(rows) - len(exact),
        median=compute_percentile(waits, 0.5),
        p95=compute_percentile(waits, 0.95),
    )
