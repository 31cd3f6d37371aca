"""The workers' part of `seedwatch backfill`: what one document of the past says; it must not know of any store.

A worker that is given texts loads this alone: what settles them takes longer to load than what judges them.
"""

from __future__ import annotations

import unicodedata

from monitor.model.moment import Moment
from monitor.model.page import Article, Outcome, Reading, Rejection
from monitor.model.source import Source
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.ingest.read_page import judge_article, judge_page
from monitor.pipeline.shared_value import SharedValue
from monitor.text.boilerplate import remove_boilerplate
from monitor.text.times.dateline import parse_attribution, parse_dateline
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_canonical_address, find_outlet_id, normalize_url
from monitor.text.words.languages.detect_language import detect_language
from monitor.topics.topic import Topic

# A document's text beyond this many characters is cut: the same cap as a live page's bytes.
MAX_CHARACTERS = 2_000_000
_CODE = (2, 3)  # letters of a language's code, ISO 639
_HEADLINE = 200  # characters of a text's first line that stand in for a missing title

DocumentTask = tuple[InputDocument, Source | None, SharedValue[tuple[Topic, ...]]]


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


def read_document(task: DocumentTask) -> Reading | Rejection:
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


def read_chunk(tasks: tuple[DocumentTask, ...]) -> list[Reading | Rejection]:
    """What each document of one call says."""
    return list(map(read_document, tasks))
