"""`seedwatch reextract`: the present extractor over the pages kept of the past; it must not fetch.

A text that comes out otherwise is a revision of cause `extractor`: the outlet changed nothing, so nobody is told of an
edit. A piece that was missed, or matches only now, alerts as delayed. Every page's effects and the note that it was
read are one transaction, so a run that is killed goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monitor.errors import DatabaseError, RowError
from monitor.extraction.capture import unpack_page
from monitor.extraction.extractor_version import hash_extractor
from monitor.identity.ownership import PageOrigin
from monitor.model.page import Outcome, Page, PageToSettle, Reading, Rejection
from monitor.pipeline.archive.capture_reading import read_capture
from monitor.pipeline.ingest.learn_templates import Lessons
from monitor.pipeline.ingest.served_page import ServedPage, keys_of, view_page
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.store_seeds import register_topics
from monitor.storage import Store
from monitor.storage.articles.captures import KeptCapture

log = logging.getLogger(__name__)

BATCH = 50  # pages a transaction, as on the line
_THERE_BEFORE = "it was there when the source was added"
_FIRST_PAGE = "one page of several: its further pages are not kept, so its text stays as it is"


def _served(watch: Watch, kept: KeptCapture) -> ServedPage:
    page = Page(
        url=kept.link.url,
        final_url=kept.final_url,
        status=200,
        headers={"content-type": kept.content_type},
        body=unpack_page(kept.body),
        fetched_at=kept.at,
        entry=kept.link.entry,
    )
    return view_page(page, kept.link, watch.estate, watch.sources)


def reextract_captures(
    store: Store,
    watch: Watch,
    workers: Workers,
    now: datetime,
    *,
    source: str | None = None,
    since: datetime | None = None,
) -> Iterator[tuple[str, SettledPage]]:
    """Read kept pages again: those of `source` and fetched `since` then, where given, which this extractor has not
    read. Yields each address with what became of it, after the COMMIT that holds it."""
    name, lessons, after = hash_extractor(), Lessons(store), 0
    with store.write():
        register_topics(store, watch, now)
    topics = workers.share(watch.topics)
    told = replace(watch, rules=tuple(replace(rule, on=rule.on & {"new", "grew"}) for rule in watch.rules))
    while kept := store.captures.list_unread(name, after=after, source=source, since=since, limit=BATCH):
        after = kept[-1].id
        served = [_served(watch, one) for one in kept]
        known = [
            lessons.load_knowledge_for(one.link, one.final_url, page.provenance)
            for one, page in zip(kept, served, strict=True)
        ]
        tasks = [(page.page, page.source, topics, learned) for page, learned in zip(served, known, strict=True)]
        results = list(workers.ordered(read_capture, tasks))
        with store.write():
            settled = [
                _settle(store, told, one, page.provenance, result, name, now)
                for one, page, result in zip(kept, served, results, strict=True)
            ]
        yield from zip((one.link.url for one in kept), settled, strict=True)


def _settle(
    store: Store,
    watch: Watch,
    kept: KeptCapture,
    found: PageOrigin,
    result: Reading | Rejection,
    name: str,
    now: datetime,
) -> SettledPage:
    if isinstance(result, Rejection):
        store.captures.mark_read(kept.id, name, kept.article_id)
        return SettledPage(outcome=result.outcome, reason=result.reason, article_id=kept.article_id)
    if kept.article_id is not None and result.article.more is not None:
        store.captures.mark_read(kept.id, name, kept.article_id)
        return SettledPage(outcome=Outcome.UNCHANGED, reason=_FIRST_PAGE, article_id=kept.article_id)
    try:
        with store.savepoint():
            settled = _place(store, watch, kept, found, result, now)
            store.captures.mark_read(kept.id, name, settled.article_id)
            return settled
    except DatabaseError as error:
        if not isinstance(error, RowError):
            raise
        log.exception("event=page-failed url=%s", kept.link.url)
        return SettledPage(outcome=Outcome.FAILED, reason=f"internal: {type(error).__name__}: {error}")


def _place(
    store: Store, watch: Watch, kept: KeptCapture, found: PageOrigin, reading: Reading, now: datetime
) -> SettledPage:
    """The reading in its place: an edit of nobody's, or what was missed."""
    page = PageToSettle(
        reading=replace(reading, delayed=True),
        source=found.source,
        first_seen_at=kept.link.first_seen_at,
        keys=keys_of(kept.link, kept.final_url, found),
        served=kept.final_url,
        asked=kept.link.url if found.asked else kept.final_url,
        quiet=_THERE_BEFORE if kept.link.backlog else None,
        backlog=kept.link.backlog,
    )
    settled = store_reading(store, watch, page, now)
    assert settled.article_id is not None  # noqa: S101  a reading that is placed has an article
    if settled.outcome is Outcome.REVISION:
        store.articles.mark_extractor_revision(settled.article_id)
    if kept.article_id is None:
        store.links.record_reread(kept.link.id, settled.outcome, settled.article_id)
    return settled
