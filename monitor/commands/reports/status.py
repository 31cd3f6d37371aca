"""`seedwatch status`: how the watch stands, as one document; it reads and must not write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.commands.reports.source_states import list_source_states
from monitor.config.schema import TopicSection
from monitor.storage import Store
from monitor.storage.pages.clock import read_clock
from monitor.storage.pages.state import read_watch_state
from monitor.storage.store_vitals import measure_file_sizes
from monitor.storage.timestamps import format_stamp


def build_status(store: Store, now: datetime, sections: Mapping[str, TopicSection] | None = None) -> dict[str, Any]:
    """Problems first, then what came in, topics, sources and channels; times are ISO 8601 UTC.

    `sections` are the configured topics; their folders are read as they stand this moment.
    """
    return {
        "at": format_stamp(now),
        "running": store.daemon(),
        "state": _state(store),
        "problems": [
            {
                "kind": problem.kind,
                "subject": problem.subject,
                "detail": problem.detail,
                "cure": problem.cure,
                "since": format_stamp(problem.opened_at),
                "times": problem.times,
            }
            for problem in store.problems.current()
        ],
        "day": store.articles.count_since(now - timedelta(hours=24)),
        "alerts": store.alerts.counts(),
        "database": {"path": str(store.path), **measure_file_sizes(store.db, store.path)},
        "topics": _topics(store, now, sections or {}),
        "sources": list_source_states(store, now),
        "channels": [
            {"name": channel.name, "kind": channel.kind, "state": channel.state, "reason": channel.reason}
            for channel in store.channels.all()
        ],
    }


def _state(store: Store) -> dict[str, Any]:
    """What is wrong as one sentence and its faults: the same as on the home page of the pages."""
    _, simulated = read_clock(store.db)
    found = read_watch_state(store.db, store.path, simulated=simulated)
    return {
        "level": found.level,
        "sentence": found.sentence,
        "faults": [
            {"level": fault.level, "subject": fault.subject, "said": fault.said, "cure": fault.cure}
            for fault in found.faults
        ],
    }


def _topics(store: Store, now: datetime, sections: Mapping[str, TopicSection]) -> list[dict[str, Any]]:
    """The configured topics; one that was never loaded has no figures yet."""
    if not sections:
        return []
    from monitor.daemon.topic_upkeep import find_mismatch  # late: what knows topics cuts words, and is slow to load

    loaded = {row["name"]: row for row in store.topics.summarize(now - timedelta(hours=24))}
    found = []
    for name, section in sections.items():
        row, folder = loaded.get(name), section.folder
        wrong = None if folder is None else find_mismatch(name, folder)
        warming = _warm_up(store, name, section) if row and not wrong else None
        found.append(
            {
                "name": name,
                "state": "new" if row is None else "warn" if wrong else "ok",
                "reason": f"{wrong.detail}; {wrong.cure}" if wrong else None,
                "warming_up": warming,
                "threshold": row["threshold"] if row else None,
                "terms": row["terms"] if row else None,
                "matched": row["matched"] if row else 0,
                "last_match_at": row["last_at"] if row else None,
            }
        )
    return found


def _warm_up(store: Store, name: str, section: TopicSection) -> dict[str, int] | None:
    """How far a topic has warmed up: the pieces known of those it waits for, and the alerts that wait; None for others.

    Raises SeedError for a profile that cannot be read.
    """
    from monitor.config.profiles import load_profile  # late, as above
    from monitor.topics.calibration_steps import STEPS, is_uncalibrated

    if not section.warm_up or section.folder is None or not is_uncalibrated(load_profile(section.folder)):
        return None
    return {
        "pieces": store.archive.count_texts(STEPS[0]),
        "wanted": STEPS[0],
        "waiting": len(store.holds.list_warm_ups(name)),
    }
