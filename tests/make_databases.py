"""Makes storage/databases/NAME.db.gz: for each migration a small database of which it was the last one.

Each table of the first version has a row or more. A file that is there is never made anew: it is what was left.

usage: make_databases.py
"""

from __future__ import annotations

import gzip
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.storage.schema import migrations

FOLDER = Path(__file__).parent / "storage" / "databases"
AT = "2026-03-02T06:00:00.000Z"
ROWS: dict[str, list[dict[str, Any]]] = {
    "sources": [
        {
            "name": "one",
            "spider": "feed",
            "title": "One",
            "host": "one.example",
            "every": 600,
            "added_at": AT,
            "next_poll_at": AT,
        }
    ],
    "hosts": [{"host": "one.example", "robots_status": 404, "robots_at": AT}],
    "endpoints": [
        {"id": 1, "source": "one", "kind": "feed", "url": "https://one.example/feed", "key": "k", "last_ok_at": AT}
    ],
    "polls": [{"id": 1, "source": "one", "started_at": AT, "finished_at": AT, "outcome": "ok", "stored": 2}],
    "stories": [{"id": 1, "title": "Ice stops Kittiwake", "first_article_id": 1, "first_at": AT, "last_at": AT}],
    "articles": [
        {
            "id": number,
            "url": f"https://one.example/{number}",
            "identity": f"one:{number}",
            "source": "one",
            "title": f"Ice stops Kittiwake, {number}",
            "text": "Ice closed the strait; the ferry Kittiwake stayed in harbour.",
            "content_hash": f"h{number}",
            "copy_of": None if number == 1 else 1,
            "story_id": 1,
            "words": 10,
            "first_seen_at": AT,
            "stored_at": AT,
        }
        for number in (1, 2)
    ],
    "links": [
        {
            "id": 1,
            "key": "one:1",
            "source": "one",
            "url": "https://one.example/1",
            "entry": '{"url": "https://one.example/1", "key": "one:1", "endpoint": "k"}',
            "first_seen_at": AT,
            "last_seen_at": AT,
            "state": "done",
            "article_id": 1,
        }
    ],
    "sightings": [{"link_id": 1, "endpoint_id": 1, "at": AT, "said": "s"}],
    "fetches": [{"id": 1, "link_id": 1, "at": AT, "status": 200, "outcome": "new"}],
    "aliases": [{"key": "one:1", "article_id": 1}, {"key": "https://one.example/1", "article_id": 1}],
    "revisions": [
        {"id": 1, "article_id": 1, "number": 1, "title": "Ice", "text": "Ice.", "content_hash": "h1", "seen_at": AT}
    ],
    "topics": [{"name": "ice", "profile_hash": "p", "threshold": 0.5, "terms": 3, "loaded_at": AT}],
    "matches": [
        {
            "article_id": 1,
            "topic": "ice",
            "revision": 1,
            "score": 0.9,
            "threshold": 0.5,
            "matched": 1,
            "evidence": "[]",
            "missing": "[]",
            "at": AT,
        }
    ],
    "channels": [{"name": "desk", "kind": "webhook"}],
    "alerts": [
        {
            "id": "msg_1",
            "rule": "desk",
            "channel": "desk",
            "event": "article.matched",
            "article_id": 1,
            "revision": 1,
            "story_id": 1,
            "topic": "ice",
            "created_at": AT,
            "body": b'{"type":"article.matched"}',
            "state": "pending",
            "next_attempt_at": AT,
        }
    ],
    "attempts": [{"id": 1, "alert_id": "msg_1", "number": 1, "at": AT, "seconds": 0.1, "status": 503}],
    "problems": [
        {"id": 1, "kind": "source", "subject": "one", "detail": "d", "cure": "c", "opened_at": AT, "last_at": AT}
    ],
}


def fill_foundation(db: Any) -> None:
    """The rows, into a database of the first migration."""
    for table, rows in ROWS.items():
        for row in rows:
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def make_missing(folder: Path) -> list[str]:
    """Make the files that are not there; their names."""
    folder.mkdir(exist_ok=True)
    names = [migration.name for migration in migrations._migrations]
    made = []
    with tempfile.TemporaryDirectory() as workplace:
        path = Path(workplace) / "seedwatch.db"
        for number, name in enumerate(names):
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                migrations.apply(Database(db), stop_before=names[number + 1] if number + 1 < len(names) else None)
                if number == 0:
                    fill_foundation(db)
                db.execute("VACUUM")
            target = folder / f"{name}.db.gz"
            if not target.exists():
                target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
                made.append(name)
    return made


if __name__ == "__main__":
    print(", ".join(make_missing(FOLDER)) or "all are there")
