"""`seedwatch backfill`: documents of the past through the line, in their order; they never alert. No network.

They are settled by the same code as live pages. The line printed of each is a promise to those who evaluate the
product: see `_line`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from monitor.errors import DatabaseError, RowError
from monitor.model.page import Outcome, PageToSettle, Reading, Rejection
from monitor.model.source import Source
from monitor.pipeline.archive.document_reading import DocumentTask, read_chunk, read_document
from monitor.pipeline.archive.documents import InputDocument, restore_document_id
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_fields import build_page_fields, choose_best_verdict, find_outlet
from monitor.pipeline.store_seeds import register_topics
from monitor.process_limits import relax_collector
from monitor.storage import Store
from monitor.text.urls import build_link_key, is_web_url, normalize_url, strip_scheme

log = logging.getLogger(__name__)

# Documents a transaction: enough to spread the cost of its fsync, few enough that a kill repeats little.
BATCH = 200
_CHUNK, _CHARACTERS = 16, 200_000  # documents a call of a worker, and characters of them from which it takes no more


def _read_in_order(workers: Workers, tasks: Iterable[DocumentTask]) -> Iterator[Reading | Rejection]:
    """What each document says, in their order, read by all workers at once.

    A call takes several, for it costs the same however many it takes along, and a worker lasts for so many calls. Those
    of a call that came to nothing are read one by one, so that a document spoils no other. While a batch is settled the
    workers read the next.
    """
    waiting: deque[tuple[DocumentTask, ...]] = deque()

    def chunks() -> Iterator[tuple[DocumentTask, ...]]:
        for chunk in cut_chunks(tasks):
            waiting.append(chunk)
            yield chunk

    for found in workers.ordered(read_chunk, chunks(), further=BATCH // _CHUNK):
        chunk = waiting.popleft()
        if not isinstance(found, Rejection):
            yield from found
        elif len(chunk) == 1:
            yield found
        else:
            yield from (workers.call_now(read_document, task) for task in chunk)


def cut_chunks(tasks: Iterable[DocumentTask]) -> Iterator[tuple[DocumentTask, ...]]:
    """Documents by the call: one page, or as many given texts as are soon read."""
    chunk: list[DocumentTask] = []
    characters = 0
    for task in tasks:
        if task[0].page is not None and chunk:
            yield tuple(chunk)
            chunk, characters = [], 0
        chunk.append(task)
        fields = task[0].fields or {}
        characters += sum(len(value) for value in fields.values() if isinstance(value, str))
        if task[0].page is not None or len(chunk) == _CHUNK or characters >= _CHARACTERS:
            yield tuple(chunk)
            chunk, characters = [], 0
    if chunk:
        yield tuple(chunk)


def backfill_documents(
    store: Store, watch: Watch, workers: Workers, found: Iterable[InputDocument], now: datetime, *, full: bool = False
) -> Iterator[tuple[InputDocument, dict[str, Any]]]:
    """Settle documents in their order; yields each, without its bytes, and its line after the COMMIT that holds it."""
    echoes: dict[int, str | int] = {}
    quiet = replace(watch, rules=())
    sent: deque[tuple[InputDocument, str]] = deque()  # in the workers, in order, with the sources' names

    def tasks() -> Iterator[DocumentTask]:
        for document in found:
            source = watch.sources.get(document.source) or find_outlet(document.address, watch.sources)
            kept = document if document.page is None else replace(document, page=None)
            sent.append((kept, source.name if source else document.source))
            yield document, source, topics

    with store.write():
        register_topics(store, watch, now)
    topics = workers.share(watch.topics)
    results = _read_in_order(workers, tasks())
    with relax_collector():
        while batch := list(islice(results, BATCH)):
            lines = []
            with store.write():
                for result in batch:
                    document, source = sent.popleft()
                    settled = _settle(store, quiet, document, source, result, now)
                    lines.append((document, _line(store, document, result, settled, echoes, full=full)))
            yield from lines


def _settle(
    store: Store, watch: Watch, document: InputDocument, source: str, result: Reading | Rejection, now: datetime
) -> SettledPage:
    if isinstance(result, Rejection):
        return SettledPage(outcome=result.outcome, reason=result.reason)
    try:
        with store.savepoint():
            page = PageToSettle(
                reading=result,
                source=source,
                first_seen_at=now,
                keys=_keys(document, watch.sources.get(source)),
                served=document.address if document.fields is None else None,
                quiet="it was backfilled",
                backlog=True,
            )
            return store_reading(store, watch, page, now)
    except DatabaseError as error:
        if not isinstance(error, RowError):
            raise
        log.exception("event=document-failed url=%s", result.article.url)
        return SettledPage(outcome=Outcome.FAILED, reason=f"internal: {type(error).__name__}: {error}")


def _keys(document: InputDocument, source: Source | None) -> tuple[str, ...]:
    """The names under which a saved page was asked for; none for given fields, whose names are their address's."""
    if document.fields is not None or not is_web_url(document.address):
        return ()
    own = (build_link_key(document.address, source),) if source is not None else ()
    return (*own, normalize_url(document.address), strip_scheme(document.address))


def _line(
    store: Store,
    document: InputDocument,
    result: Reading | Rejection,
    settled: SettledPage,
    echoes: dict[int, str | int],
    *,
    full: bool,
) -> dict[str, Any]:
    """The stable line of `backfill --nl`.

    `url` is the document's `id` where it has one; `of` names in the same way the document it copies, or the one
    that had the same identity and text before (`unchanged`); `article` and `story` are numbers in the database.
    """
    of = story = similarity = None
    if settled.article_id is not None and settled.decision is not None:
        first = echoes.setdefault(settled.article_id, document.echo)
        story = store.articles.story_of(settled.article_id)
        original, similarity = settled.decision.of, settled.decision.similarity
        if original is not None and original.id != settled.article_id:
            of = echoes.get(original.id, restore_document_id(original.url))
        elif settled.outcome is Outcome.UNCHANGED and first != document.echo:
            of, similarity = first, 1.0
    line: dict[str, Any] = {"url": document.echo}
    if document.page_name is not None:
        line["page"] = document.page_name
    line |= {
        "outcome": str(settled.outcome),
        "article": settled.article_id,
        "of": of,
        "similarity": similarity,
        "story": story,
        **choose_best_verdict(() if isinstance(result, Rejection) else result.matches),
    }
    if full:
        line |= {key: value for key, value in build_page_fields(result).items() if key not in line}
    return line
