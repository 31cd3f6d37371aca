"""`seedwatch backfill`: documents of the past through the line, in their order; they never alert. No network.

They are settled by the same code as live pages. The line printed of each is a promise to those who evaluate the
product: see `_line`.
"""

from __future__ import annotations

import logging
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from monitor.core import dates, urls
from monitor.core.boilerplate import clean
from monitor.core.dateline import attribution
from monitor.core.dateline import read as read_dateline
from monitor.core.read import judge, read
from monitor.core.topic import Topic
from monitor.documents import Document, echoed
from monitor.explain import best, outlet_of, page_fields
from monitor.ingest import Settled, Watch, place
from monitor.model import Article, Moment, Outcome, Reading, Rejection, Source
from monitor.store import Store
from monitor.store.connection import DatabaseError, RowError
from monitor.watch import enrol
from monitor.workers import Shared, Workers

log = logging.getLogger(__name__)

# Documents a transaction: enough to spread the cost of its fsync, few enough that a kill repeats little.
BATCH = 200
# A document's text beyond this many characters is cut: the same cap as a live page's bytes.
MAX_CHARACTERS = 2_000_000
_HEADLINE = 200  # characters of a text's first line that stand in for a missing title

_Task = tuple[Document, Source | None, Shared[tuple[Topic, ...]]]


def article(document: Document, source: Source | None) -> Article | Rejection:
    """An article of given fields, any of which may be missing; a Rejection where there is nothing to read."""
    fields = document.fields or {}
    given = clean(_text(fields.get("text")), cut=source.cut if source else ())
    lead = _text(fields.get("lead")) or _text(fields.get("snippet"))
    text = given.text or lead
    title = " ".join((_text(fields.get("title")) or text.split("\n", 1)[0][:_HEADLINE]).split())
    if not title and not text:
        return Rejection(outcome=Outcome.NO_TEXT, reason="neither title, lead nor text")
    address = _text(document.address)
    return Article(
        url=urls.address(address, source) if source else urls.canonical(address),
        identity=urls.identity(address, source) if source else None,
        title=title,
        lead=lead or None,
        text=text,
        published=_published(fields.get("published_at")),
        dateline=read_dateline(text),
        attribution=attribution(title),
        notes=given.notes,
        removed=given.removed,
        rungs={"title": "given", "text": "given"},
    )


def _text(value: object) -> str:
    """Text as the line knows it: NFC, lines end in "\\n", nothing that SQLite or UTF-8 cannot hold."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    plain = str(value)[:MAX_CHARACTERS].replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain.encode("utf-8", "replace").decode()).strip()


def _published(value: object) -> Moment | None:
    """The date as given, ISO 8601 or unix seconds; what is neither counts as no date."""
    return dates.parse(value, carrier="given") if isinstance(value, (str, int, float)) else None


def work(task: _Task) -> Reading | Rejection:
    """The workers' part of one document: it, its outlet and the topics."""
    document, source, topics = task
    if document.fault is not None:
        return Rejection(outcome=Outcome.FAILED, reason=document.fault)
    if document.page is not None:
        return read(document.page, source, topics.value)
    found = article(document, source)
    if isinstance(found, Rejection):
        return found
    return judge(found, topics.value, source=source.name if source else document.source)


def backfill(
    store: Store, watch: Watch, workers: Workers, found: Iterable[Document], now: datetime, *, full: bool = False
) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Settle documents in their order; yields each, without its bytes, and its line after the COMMIT that holds it."""
    echoes: dict[int, str | int] = {}
    quiet = replace(watch, rules=())
    sent: deque[tuple[Document, str]] = deque()  # in the workers, in order, with the sources' names

    def tasks() -> Iterator[_Task]:
        for document in found:
            source = watch.sources.get(document.source) or outlet_of(document.address, watch.sources)
            sent.append((replace(document, page=None), source.name if source else document.source))
            yield document, source, topics

    with store.write():
        enrol(store, watch, now)
    topics = workers.share(watch.topics)
    results = workers.ordered(work, tasks())
    while batch := list(islice(results, BATCH)):
        lines = []
        with store.write():
            for result in batch:
                document, source = sent.popleft()
                settled = _settle(store, quiet, source, result, now)
                lines.append((document, _line(store, document, result, settled, echoes, full=full)))
        yield from lines


def _settle(store: Store, watch: Watch, source: str, result: Reading | Rejection, now: datetime) -> Settled:
    if isinstance(result, Rejection):
        return Settled(outcome=result.outcome, reason=result.reason)
    try:
        with store.savepoint():
            return place(
                store,
                watch,
                result,
                source=source,
                keys=(),
                quiet="it was backfilled",
                backlog=True,
                first_seen_at=now,
                now=now,
            )
    except DatabaseError as error:
        if not isinstance(error, RowError):
            raise
        log.exception("event=document-failed url=%s", result.article.url)
        return Settled(outcome=Outcome.FAILED, reason=f"internal: {type(error).__name__}: {error}")


def _line(
    store: Store,
    document: Document,
    result: Reading | Rejection,
    settled: Settled,
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
            of = echoes.get(original.id, echoed(original.url))
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
        **best(() if isinstance(result, Rejection) else result.matches),
    }
    if full:
        line |= {key: value for key, value in page_fields(result).items() if key not in line}
    return line
