"""How every source stands, for `status` and `sources list`; it reads the database and must not write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.commands.reports.source_coverage import measure_all_recall
from monitor.storage import Store

_SOURCE = ("name", "title", "spider", "every", "state", "reason", "last_ok_at", "next_poll_at")


def list_source_states(store: Store, now: datetime) -> list[dict[str, Any]]:
    """Every source as it stands, the enabled ones first."""
    links, newest, gaps = store.links.count_states(), store.articles.list_newest(), store.gaps.count_open()
    recall = measure_all_recall(store, now)
    return [
        {
            **{name: row[name] for name in _SOURCE},
            "enabled": bool(row["enabled"]),
            "paused": row["paused_at"],
            "links": links.get(row["name"], {}),
            "newest": newest.get(row["name"]),
            "gaps": gaps.get(row["name"], 0),
            "completeness": recall.get(row["name"]),
        }
        for row in store.sources.all()
    ]
