"""`/health.json`: whether the monitor works, for machines; 503 when it stands still, an alert is stuck or no database
can be read. A source that fails is shown and is no 503."""

from __future__ import annotations

from typing import Any

from monitor.alerting.liveness import STANDSTILL
from monitor.model.service_levels import build_level_document
from monitor.pages.serving import PageReading, read_database, respond_json
from monitor.storage.connection import OperationalError
from monitor.storage.pages.overview import count_open_gaps, count_undelivered
from monitor.storage.pages.published_health import read_published_health
from monitor.storage.pages.state import read_watch_state
from monitor.storage.service_levels import measure_levels
from monitor.storage.timestamps import format_stamp


async def show_health(datasette: Any, request: Any) -> Any:
    """`/health.json`."""
    try:
        document = await read_database(datasette, read_health)
    except (OperationalError, KeyError) as error:
        return respond_json({"status": "stuck", "reasons": [f"the database cannot be read: {error}"]}, status=503)
    return respond_json(document, status=503 if document["status"] == "stuck" else 200)


def read_health(reading: PageReading) -> dict[str, Any]:
    """The document: `status` is ok, degraded (something fails, the watch goes on), stuck, or simulated."""
    store, now = reading.store, reading.now
    state = read_watch_state(store.db, store.path, simulated=reading.simulated)
    reasons = []
    if not reading.simulated:
        if store.daemon() is None:
            reasons.append("the monitor is not running")
        else:
            reasons += _list_reasons(reading)
    status = "simulated" if reading.simulated else "stuck" if reasons else "degraded" if state.faults else "ok"
    return {
        "status": status,
        "at": format_stamp(now),
        "reasons": reasons,
        "summary": state.sentence,
        "faults": [{"level": fault.level, "subject": fault.subject, "said": fault.said} for fault in state.faults],
        "sources": [
            {"name": row["name"], "state": row["state"], "last_ok_at": row["last_ok_at"]}
            for row in store.db.execute("SELECT name, state, last_ok_at FROM sources WHERE enabled = 1 ORDER BY name")
        ],
        "open_gaps": count_open_gaps(store.db),
        "undelivered": count_undelivered(store.db),
        "levels": build_level_document(measure_levels(store.db, now), format_stamp),
    }


def _list_reasons(reading: PageReading) -> tuple[str, ...]:
    """What the daemon says against itself, as /readyz does, and whether it says anything at all."""
    said = read_published_health(reading.store.path)
    if said is None:
        return ()  # it has just begun
    silent = abs((reading.now - said.at).total_seconds())
    return said.reasons if silent <= STANDSTILL else (f"the monitor has said nothing for {silent:.0f} s",)
