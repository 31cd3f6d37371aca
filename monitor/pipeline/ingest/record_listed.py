"""What an endpoint lists, written down as far as its outlet may say it, with what that changes in known pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.identity.ownership import Estate, find_foreign_site, scope_key
from monitor.model.source import Entry, Source
from monitor.pipeline.alerts.follow_owner import follow_first_word
from monitor.pipeline.ingest.settle import Watch
from monitor.storage import Store
from monitor.storage.sources.hints import HINTS_AN_HOUR
from monitor.storage.sources.links import ListedChanges

FOREIGN_HINTS = "foreign-hints"  # kind of the problem that a source announces more of another's site than is looked at
_SITES_TOLD = 3  # of those a source announces too much of
FOREIGN_SITE = "foreign-site"  # kind of the problem that a source announces pieces of a site that is not its own


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
    estate, entries = watch.estate, tuple(entries)
    _note_site(store, source, entries, estate, now)
    found = store.links.upsert_listed(
        source.name,
        endpoint_id,
        [replace(entry, key=scope_key(entry, source, estate)) for entry in entries],
        now,
        backlog_before=backlog_before,
        archived_before=archived_before,
        speaks_for=estate.speaks_for,
        site_of=estate.site_of,
    )
    _note_pace(store, source, now)
    to = watch.addressees
    return found, sum(follow_first_word(store, to, estate, word, now) for word in found.first_words)


def _note_pace(store: Store, source: Source, now: datetime) -> None:
    """A problem while a source has announced more of a site than is looked at on its word."""
    exceeded = store.links.paces.list_exceeded(source.name, now)
    store.links.paces.forget_past(now)
    if not exceeded:
        store.problems.close(FOREIGN_HINTS, source.name, now)
        return
    counts = "; ".join(
        f"of {pace.site} {pace.waiting} wait" + (f" and {pace.left_out} were left out" if pace.left_out else "")
        for pace in exceeded[:_SITES_TOLD]
    )
    site = exceeded[0].site
    store.problems.open(
        FOREIGN_HINTS,
        source.name,
        f"it announces more than {HINTS_AN_HOUR} addresses an hour of a site that is not its own: {counts}; what "
        "others announce there is fetched all the same",
        f'if {site} is its own site, set address = "https://{site}" in [sources.{source.name}]; if not, leave it, or '
        "take the source out",
        now,
    )


def _note_site(store: Store, source: Source, listed: tuple[Entry, ...], estate: Estate, now: datetime) -> None:
    """A problem while all that an endpoint lists stands on a site for which nobody speaks: its words are lost."""
    site = find_foreign_site((entry.url for entry in listed), estate)
    if site is None:
        return
    subject = f"{source.name} {listed[0].endpoint}"
    if not site:
        store.problems.close(FOREIGN_SITE, subject, now)
        return
    store.problems.open(
        FOREIGN_SITE,
        subject,
        f"all that it lists stands on {site}, for which no source speaks: its headlines, leads, dates and ids are not "
        "believed, what the pages say counts alone",
        f'if {site} is its own site, set address = "https://{site}" in [sources.{source.name}]; if not, leave it',
        now,
    )
