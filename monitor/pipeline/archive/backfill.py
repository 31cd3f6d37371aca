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

from monitor.errors import DatabaseError, RowError
from monitor.model.moment import Moment
from monitor.model.page import Article, Outcome, PageToSettle, Reading, Rejection
from monitor.model.source import Source
from monitor.pipeline.archive.documents import InputDocument, restore_document_id
from monitor.pipeline.ingest.read_page import judge_article, judge_page
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_fields import build_page_fields, choose_best_verdict, find_outlet
from monitor.pipeline.shared_value import SharedValue
from monitor.pipeline.store_seeds import register_topics
from monitor.storage import Store
from monitor.text.boilerplate import remove_boilerplate
from monitor.text.times.dateline import parse_attribution, parse_dateline
from monitor.text.times.dates import parse_date
from monitor.text.urls import (
    build_canonical_address,
    build_link_key,
    find_outlet_id,
    is_web_url,
    normalize_url,
    strip_scheme,
)
from monitor.text.words.languages.detect_language import detect_language
from monitor.topics.topic import Topic

log = logging.getLogger(__name__)

# Documents a transaction: enough to spread the cost of its fsync, few enough that a kill repeats little.
BATCH = 200
# A document's text beyond this many characters is cut: the same cap as a live page's bytes.
MAX_CHARACTERS = 2_000_000
_CHUNK, _CHARACTERS = 16, 200_000  # documents a call of a worker, and characters of them from which it takes no more
_CODE = (2, 3)  # letters of a language's code, ISO 639
_HEADLINE = 200  # characters of a text's first line that stand in for a missing title

_Task = tuple[InputDocument, Source | None, SharedValue[tuple[Topic, ...]]]


def build_article(document: InputDocument, source: Source | None) -> Article | Rejection:
    """An article of given fields, any of which may be missing; a Rejection where there is nothing to read."""
    fields = document.fields or {}
    given = remove_boilerplate(_text(fields.get("text")), cut=source.cut if source else ())
    lead = _text(fields.get("lead")) or _text(fields.get("snippet"))
    text = given.text or lead
    title = " ".join((_text(fields.get("title")) or text.split("\n", 1)[0][:_HEADLINE]).split())
    if not title and not text:
        return Rejection(outcome=Outcome.NO_TEXT, reason="neither title, lead nor text")
    address = _text(document.address)
    declared, by = _declared_language(fields.get("language"), source)
    language = detect_language(f"{title}\n{text}", declared)
    rungs = {"title": "given", "text": "given"}
    if language is not None:
        rungs["language"] = by if language == declared else "text"
    return Article(
        url=build_canonical_address(address, source) if source else normalize_url(address),
        identity=find_outlet_id(address, source) if source else None,
        title=title,
        lead=lead or None,
        text=text,
        published=_published(fields.get("published_at")),
        dateline=parse_dateline(text),
        attribution=parse_attribution(title),
        notes=given.notes,
        removed=given.removed,
        language=language,
        rungs=rungs,
    )


def _declared_language(value: object, source: Source | None) -> tuple[str | None, str]:
    """The language as given ("en", "en-GB") or of the outlet, and who says so; what is no code counts as not given."""
    code = value.strip().partition("-")[0].lower() if isinstance(value, str) else ""
    if len(code) in _CODE and code.isascii() and code.isalpha():
        return code, "given"
    return None if source is None else source.language, "source"


def _text(value: object) -> str:
    """Text as the line knows it: NFC, lines end in "\\n", nothing that SQLite or UTF-8 cannot hold."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    plain = str(value)[:MAX_CHARACTERS].replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain.encode("utf-8", "replace").decode()).strip()


def _published(value: object) -> Moment | None:
    """The date as given, ISO 8601 or unix seconds; what is neither counts as no date."""
    return parse_date(value, carrier="given") if isinstance(value, (str, int, float)) else None


def read_document(task: _Task) -> Reading | Rejection:
    """The workers' part of one document: it, its outlet and the topics."""
    document, source, topics = task
    if document.fault is not None:
        return Rejection(outcome=Outcome.FAILED, reason=document.fault)
    if document.page is not None:
        return judge_page(document.page, source, topics.value)
    found = build_article(document, source)
    if isinstance(found, Rejection):
        return found
    return judge_article(found, topics.value, source=source.name if source else document.source)


def _read_chunk(tasks: tuple[_Task, ...]) -> list[Reading | Rejection]:
    return list(map(read_document, tasks))


def _read_in_order(workers: Workers, tasks: Iterable[_Task]) -> Iterator[Reading | Rejection]:
    """What each document says, in their order, read by all workers at once.

    A call takes several, for it costs the same however many it takes along, and a worker lasts for so many calls. Those
    of a call that came to nothing are read one by one, so that a document spoils no other.
    """
    waiting: deque[tuple[_Task, ...]] = deque()

    def chunks() -> Iterator[tuple[_Task, ...]]:
        for chunk in cut_chunks(tasks):
            waiting.append(chunk)
            yield chunk

    for found in workers.ordered(_read_chunk, chunks()):
        chunk = waiting.popleft()
        if not isinstance(found, Rejection):
            yield from found
        elif len(chunk) == 1:
            yield found
        else:
            yield from (workers.call_now(read_document, task) for task in chunk)


def cut_chunks(tasks: Iterable[_Task]) -> Iterator[tuple[_Task, ...]]:
    """Documents by the call: one page, or as many given texts as are soon read."""
    chunk: list[_Task] = []
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

    def tasks() -> Iterator[_Task]:
        for document in found:
            source = watch.sources.get(document.source) or find_outlet(document.address, watch.sources)
            sent.append((replace(document, page=None), source.name if source else document.source))
            yield document, source, topics

    with store.write():
        register_topics(store, watch, now)
    topics = workers.share(watch.topics)
    results = _read_in_order(workers, tasks())
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
