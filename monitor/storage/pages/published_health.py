"""A file beside the database in which the daemon says how it stands, for the pages, which are another process.

It is no row: it has to tell, too, that nothing can be written to the database.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.storage.timestamps import format_stamp, parse_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedHealth:
    """What the daemon said last, and when: ready where there is no reason."""

    at: datetime
    reasons: tuple[str, ...]


def locate_health_file(database: Path) -> Path:
    """The file of a database, whether it is there or not."""
    return database.with_name(f"{database.name}.health")


def publish_health(database: Path, health: PublishedHealth) -> None:
    """Replace the file; for its owner only. Raises OSError."""
    path = locate_health_file(database)
    draft = path.with_name(f".{path.name}.new")
    content = json.dumps({"at": format_stamp(health.at), "reasons": health.reasons})
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:  # not brought to the disk: what a crash leaves is outdated anyway
        file.write(content)
    draft.replace(path)


def read_published_health(database: Path) -> PublishedHealth | None:
    """What was said last, None where there is nothing that can be read."""
    try:
        found = json.loads(locate_health_file(database).read_text("utf-8"))
        return PublishedHealth(at=parse_stamp(found["at"]), reasons=tuple(map(str, found["reasons"])))
    except (OSError, ValueError, LookupError, TypeError):
        return None
