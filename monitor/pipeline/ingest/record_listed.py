"""What an endpoint lists, written down as far as its outlet may say it, with what that changes in known pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.identity.ownership import scope_key
from monitor.model.source import Entry, Source
from monitor.pipeline.alerts.follow_owner import follow_first_word
from monitor.pipeline.ingest.settle import Watch
from monitor.storage import Store
from monitor.storage.sources.links import ListedChanges


def record_listed(
    store: Store,
    watch: Watch,
    source: Source,
    endpoint_id: int,
    entries: Iterable[Entry],
    now: datetime,
    *,
    backlog_before: datetime | None,
    archived_before: datetime | None,
) -> tuple[ListedChanges, int]:
    """What the entries changed in the ledger, and how many alerts they queued; in the caller's transaction.

    `backlog_before` and `archived_before` are those of `Links.upsert_listed`.
    """
    estate = watch.estate
    found = store.links.upsert_listed(
        source.name,
        endpoint_id,
        [replace(entry, key=scope_key(entry, source, estate)) for entry in entries],
        now,
        backlog_before=backlog_before,
        archived_before=archived_before,
        speaks_for=estate.speaks_for,
    )
    to = watch.addressees
    return found, sum(follow_first_word(store, to, estate, word, now) for word in found.first_words)
