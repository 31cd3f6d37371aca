"""What changed between two versions of an article: paragraphs aligned, words compared, unchanged ones folded."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from monitor.pages.serving import PageReading, read_database, respond, respond_missing
from monitor.pages.wording import clean_line, clean_lines, cut_text, read_stamp, show_span
from monitor.storage.pages.article import list_versions, read_version
from monitor.storage.timestamps import format_stamp
from monitor.text.words.word_diff import (
    DiffKind,
    DiffParagraph,
    DiffSpan,
    compare_texts,
    compare_words,
    count_changed_words,
)

_FOLDED = 110  # characters of an unchanged paragraph that are shown


async def show_changes(datasette: Any, request: Any) -> Any:
    """`/article/N/changes/A/B`: version A against the later or earlier version B."""
    number, old, new = (int(request.url_vars[name]) for name in ("number", "old", "new"))

    def read(reading: PageReading) -> dict[str, Any] | None:
        before = read_version(reading.store, number, old)
        after = read_version(reading.store, number, new)
        if before is None or after is None:
            return None
        return {
            "at": format_stamp(reading.now),
            "simulated": reading.simulated,
            "article": number,
            "versions": list_versions(reading.store, number),
            **contrast_versions(before, after),
        }

    page = await read_database(datasette, read)
    if page is None:
        return respond_missing(request, f"Article {number} has no versions {old} and {new}.")
    return respond(
        request,
        "changes.html",
        page,
        title=f"What changed: {clean_line(page['after']['title'])}",
        blocks=_fold(page["paragraphs"]),
    )


def contrast_versions(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Two versions and their difference: words of the headline, paragraphs of the text, and how many words changed."""
    title = compare_words(clean_line(before["title"]), clean_line(after["title"]))
    paragraphs = compare_texts(clean_lines(before["text"]), clean_lines(after["text"]))
    heading = DiffParagraph(kind=DiffKind.CHANGED, spans=title)
    early, late = read_stamp(before["seen_at"]), read_stamp(after["seen_at"])
    return {
        "before": {key: before[key] for key in ("number", "seen_at", "title")},
        "after": {key: after[key] for key in ("number", "seen_at", "title")},
        "apart": show_span(abs((late - early).total_seconds())) if early is not None and late is not None else None,
        "added_words": count_changed_words((heading, *paragraphs), DiffKind.ADDED),
        "removed_words": count_changed_words((heading, *paragraphs), DiffKind.REMOVED),
        "title_changed": clean_line(before["title"]) != clean_line(after["title"]),
        "title": _spans(title),
        "paragraphs": [{"kind": str(one.kind), "spans": _spans(one.spans)} for one in paragraphs],
    }


def _spans(spans: tuple[DiffSpan, ...]) -> list[dict[str, str]]:
    return [{"kind": str(span.kind), "text": span.text} for span in spans]


def _fold(paragraphs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Unchanged paragraphs in a row become one block that a reader can open."""
    found: list[dict[str, Any]] = []
    for same, group in groupby(paragraphs, key=lambda one: one["kind"] == "same"):
        run = list(group)
        if same:
            texts = [one["spans"][0]["text"] for one in run]
            found.append({"kind": "same", "texts": texts, "opening": cut_text(texts[0], _FOLDED)})
        else:
            found += run
    return found
