"""How completely a source is watched, as `explain` and `status` show it; it reads the database and must not write."""

from __future__ import annotations

from typing import Any

from monitor.store import Store
from monitor.store.connection import Row

_GAPS = 20  # gaps shown of a source: the open ones first


def gaps(store: Store, source: str) -> list[dict[str, Any]]:
    """The gaps of a source as people read them: those that are not closed first, then the latest."""
    return [_gap(row) for row in store.gaps.rows(source, _GAPS)]


def _gap(row: Row) -> dict[str, Any]:
    fields = {
        "state": row["state"],
        "from": row["from_at"],
        "to": row["to_at"],
        "endpoint": f"{row['kind']} {row['url']}",
        "reason": row["reason"],
        "opened_at": row["opened_at"],
        "found": row["found"],
        "deeper_pages": row["pages"],
        "tries": row["attempts"],
        "next_try_at": row["next_try_at"],
        "closed_at": row["closed_at"],
        "closed_by": f"{row['by_kind']} {row['by_url']}" if row["closed_by"] is not None else None,
        "because": row["closed_because"],
    }
    return {name: value for name, value in fields.items() if value is not None}
