"""`seedwatch backfill`: the past through the line – NDJSON, folders of saved pages, WARC – one document at a time.

Documents are settled in file order by the same code as live pages; they never alert. No network.
"""

from __future__ import annotations

import gzip
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from monitor import warc
from monitor.core import dates, urls
from monitor.core.boilerplate import clean
from monitor.core.dateline import attribution
from monitor.core.dateline import read as read_dateline
from monitor.core.read import judge, read
from monitor.core.topic import Topic
from monitor.errors import SeedwatchError
from monitor.explain import best, page_fields
from monitor.ingest import Settled, Watch, place
from monitor.model import Article, Moment, Page, Reading, Rejection, Source
from monitor.store import Store
from monitor.workers import Workers

# Documents a transaction: enough to spread the cost of its fsync, few enough that a kill repeats little.
BATCH = 200
# A document's text beyond this many characters is cut: the same cap as a live page's bytes.
MAX_CHARACTERS = 2_000_000
_KEYS = {"id", "url", "page", "title", "snippet", "lead", "text", "published_at", "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One input: what to echo, and either fields as given or the bytes of a page."""

    echo: str  # the input's id, else its url, else its place in the file
    page_name: str | None
    source: str
    fields: Mapping[str, Any] | None = None
    page: Page | None = None


def documents(path: Path, now: datetime) -> Iterator[Document]:
    """The documents of NDJSON (`.gz` too), a folder with index.jsonl, or WARC.

    Raises SeedwatchError with file, line and cure where the input is none of these.
    """
    if path.is_dir():
        yield from _folder(path, now)
    elif path.name.endswith((".warc", ".warc.gz")):
        for page in warc.pages(path, now):
            yield Document(echo=page.url, page_name=None, source=urls.host(page.url) or "warc", page=page)
    else:
        for number, row in enumerate(_rows(path), 1):
            echo = row.get("id") if row.get("id") is not None else row.get("url")
            source = str(row.get("source") or (urls.host(str(row["url"])) if row.get("url") else "") or "backfill")
            yield Document(echo=str(echo if echo is not None else number), page_name=None, source=source, fields=row)


def _folder(path: Path, now: datetime) -> Iterator[Document]:
    index = path / "index.jsonl"
    if not index.is_file():
        raise SeedwatchError(
            f'{path}: has no index.jsonl: write one, a line per page: {{"page": "a.html", "url": "…"}}'
        )
    for number, row in enumerate(_rows(index), 1):
        name, url = row.get("page"), row.get("url")
        if not isinstance(name, str) or not isinstance(url, str):
            raise SeedwatchError(f'{index}:{number}: needs "page" and "url", both text')
        file = (path / name).resolve()
        if not file.is_relative_to(path.resolve()):
            raise SeedwatchError(f"{index}:{number}: {name} lies outside of {path}")
        try:
            body = file.read_bytes()
            if file.suffix == ".gz":
                body = gzip.decompress(body)
        except (OSError, EOFError) as error:
            raise SeedwatchError(f"{index}:{number}: {file}: cannot be read: {error}") from error
        page = Page(
            url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=body, fetched_at=now
        )
        echo = str(row["id"]) if row.get("id") is not None else url
        source = str(row.get("source") or urls.host(url) or "backfill")
        yield Document(echo=echo, page_name=name, source=source, page=page)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = _object(line, path, number)
                yield row
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SeedwatchError(f"{path}: cannot be read: {error}") from error


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise SeedwatchError(f"{path}:{number}: not JSON: {error}") from error
    if not isinstance(row, dict) or not row.keys() & _KEYS:
        raise SeedwatchError(f"{path}:{number}: needs an object with some of {', '.join(sorted(_KEYS))}")
    return row


def article(document: Document, source: Source | None) -> Article:
    """An article of given fields, any of which may be missing."""
    fields = document.fields or {}
    given = clean(_text(fields.get("text")), cut=source.cut if source else ())
    lead = _text(fields.get("lead")) or _text(fields.get("snippet")) or None
    text = given.text or lead or ""
    title = _text(fields.get("title")) or text.strip().split("\n", 1)[0][:200]
    url = str(fields.get("url") or f"backfill:{document.source}/{document.echo}")
    return Article(
        url=urls.address(url, source) if source else urls.canonical(url),
        identity=urls.identity(url, source) if source else None,
        title=title,
        lead=lead,
        text=text,
        published=_published(fields.get("published_at")),
        dateline=read_dateline(text),
        attribution=attribution(title),
        notes=given.notes,
        removed=given.removed,
        rungs={"title": "given", "text": "given"},
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)[:MAX_CHARACTERS].strip()


def _published(value: object) -> Moment | None:
    """The date as given, ISO 8601 or unix seconds; what is neither counts as no date."""
    return dates.parse(value, carrier="given") if isinstance(value, (str, int, float)) else None


def work(task: tuple[Document, Source | None, tuple[Topic, ...]]) -> Reading | Rejection:
    """The workers' part of one document: it, its source and the topics."""
    document, source, topics = task
    if document.page is not None:
        return read(document.page, source, topics)
    return judge(article(document, source), topics, source=document.source)


def backfill(
    store: Store, watch: Watch, workers: Workers, found: Iterable[Document], now: datetime, *, full: bool = False
) -> Iterator[dict[str, Any]]:
    """Settle documents in their order and yield the line of each, after the COMMIT that holds it."""
    echoes: dict[int, str] = {}
    quiet = replace(watch, rules=())
    sent: deque[Document] = deque()  # in the workers, without their bytes, in order

    def tasks() -> Iterator[tuple[Document, Source | None, tuple[Topic, ...]]]:
        for document in found:
            sent.append(replace(document, page=None))
            yield document, watch.sources.get(document.source), watch.topics

    results = workers.ordered(work, tasks())
    while batch := list(islice(results, BATCH)):
        lines = []
        with store.write():
            for result in batch:
                document = sent.popleft()
                settled = _settle(store, quiet, document, result, now)
                lines.append(_line(store, document, result, settled, echoes, full=full))
        yield from lines


def _settle(store: Store, watch: Watch, document: Document, result: Reading | Rejection, now: datetime) -> Settled:
    if isinstance(result, Rejection):
        return Settled(outcome=result.outcome, reason=result.reason)
    with store.savepoint():
        return place(
            store,
            watch,
            result,
            source=document.source,
            keys=(),
            quiet="it was backfilled",
            backlog=True,
            first_seen_at=now,
            now=now,
        )


def _line(
    store: Store,
    document: Document,
    result: Reading | Rejection,
    settled: Settled,
    echoes: dict[int, str],
    *,
    full: bool,
) -> dict[str, Any]:
    """The stable line of `backfill --nl`."""
    matches = () if isinstance(result, Rejection) else result.matches
    verdict = best(matches)
    of = story = similarity = None
    if settled.article_id is not None:
        echoes.setdefault(settled.article_id, document.echo)
        story = store.articles.story_of(settled.article_id)
        if settled.decision is not None and settled.decision.of is not None:
            original = settled.decision.of
            similarity = settled.decision.similarity
            of = echoes.get(original.id, original.url) if original.id != settled.article_id else None
    line: dict[str, Any] = {"url": document.echo}
    if document.page_name is not None:
        line["page"] = document.page_name
    line |= {
        "outcome": str(settled.outcome),
        "article": settled.article_id,
        "of": of,
        "similarity": similarity,
        "story": story,
        **verdict,
    }
    if full:
        line |= {key: value for key, value in page_fields(result).items() if key not in line}
    return line
