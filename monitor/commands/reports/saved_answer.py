"""The document of `seedwatch explain FILE --as KIND`: what the product reads in a saved feed, sitemap, list or API."""

from __future__ import annotations

import gzip
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.discovery.saved_answer import detect_kind, read_saved_answer
from monitor.errors import SeedwatchError
from monitor.model.moment import Moment
from monitor.model.page import Rejection
from monitor.model.source import Entry, Listing, Source
from monitor.pipeline.ingest.workers import Workers
from monitor.text.urls import strip_tracking

_MOST = 10_000_000  # bytes unpacked, as of an answer that is fetched
_UNKNOWN = Source(name="", spider="feed", title="", address=None, every=0, endpoints=())


def explain_saved_answer(
    file: Path, kind: str | None, url: str, content_type: str, source: Source | None, now: datetime
) -> dict[str, Any]:
    """Reads a saved answer in a worker process, as the daemon would; the stable JSON of the command.

    `kind` None detects it; `source` is the outlet whose rules hold, None where none is configured. Raises
    SeedwatchError for a file that cannot be read.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise SeedwatchError(f"{file}: {error.strerror or error}") from error
    workers = Workers(1, preload=("monitor.discovery.saved_answer",))
    try:
        read = workers.call_now(
            read_saved_answer, _unpacked(body, kind), content_type, kind, url, source or _UNKNOWN, now
        )
    finally:
        workers.stop()
    return describe_saved_answer(*read) if isinstance(read, tuple) else describe_saved_answer(kind, read)


def _unpacked(body: bytes, kind: str | None) -> bytes:
    """A gzip file as HTTP would have unpacked it; a sitemap's parser does so itself, for they are served packed."""
    if not body.startswith(b"\x1f\x8b") or (kind or detect_kind(body, "")) == "sitemap":
        return body
    try:
        return gzip.decompress(body)[: _MOST + 1]
    except (OSError, EOFError, zlib.error):
        return body


def describe_saved_answer(kind: str | None, read: Listing | Rejection) -> dict[str, Any]:
    """`kind`, `reason` (None where it could be read), `entries`, `more` and `dropped`, as documented."""
    if isinstance(read, Rejection):
        return {"kind": kind, "reason": f"{read.outcome}: {read.reason}", "entries": [], "more": [], "dropped": []}
    return {
        "kind": kind,
        "reason": None,
        "entries": [_entry(entry) for entry in read.entries],
        "more": [endpoint.url for endpoint in read.more],
        "dropped": [{"reason": item.reason, "title": item.title} for item in read.dropped],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "url": strip_tracking(entry.url),
        "lead": entry.lead,
        "text": entry.text,
        "published_at": _iso(entry.published),
        "published_raw": entry.published.raw if entry.published else None,
        "modified_at": _iso(entry.modified),
        "key": entry.key,
    }


def _iso(moment: Moment | None) -> str | None:
    return moment.at.isoformat(timespec="seconds") if moment else None
