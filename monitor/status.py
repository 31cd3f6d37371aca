"""`seedwatch status`: how the watch stands, as one document; it reads and must not write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from monitor.store import Store
from monitor.store.stamps import stamp


def status(store: Store, now: datetime) -> dict[str, Any]:
    """Problems first, then what came in, sources and channels; times are ISO 8601 UTC."""
    return {
        "at": stamp(now),
        "running": store.daemon(),
        "problems": [
            {
                "kind": problem.kind,
                "subject": problem.subject,
                "detail": problem.detail,
                "cure": problem.cure,
                "since": stamp(problem.opened_at),
                "times": problem.times,
            }
            for problem in store.problems.current()
        ],
        "day": store.articles.day(now - timedelta(hours=24)),
        "alerts": store.alerts.counts(),
        "sources": [
            {
                **{
                    name: row[name]
                    for name in ("name", "title", "spider", "every", "state", "reason", "last_ok_at", "next_poll_at")
                },
                "enabled": bool(row["enabled"]),
                "links": store.links.counts(row["name"]),
                "newest": store.articles.newest(row["name"]),
            }
            for row in store.sources.all()
        ],
        "channels": [
            {"name": channel.name, "kind": channel.kind, "state": channel.state, "reason": channel.reason}
            for channel in store.channels.all()
        ],
    }
