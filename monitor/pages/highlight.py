"""Marks what was found in a text, as escaped HTML; whatever an outlet wrote is text here and never markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from monitor.pages.wording import clean_lines
from monitor.storage.pages.cards import CLOSE, OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSpan:
    """Characters `start` to `end` of a text that a topic's evidence names; `label` is a CSS class, "t3"."""

    start: int
    end: int
    label: str
    why: str = ""


def collect_spans(verdicts: Iterable[Mapping[str, Any]], part: str, classes: Mapping[str, str]) -> list[FoundSpan]:
    """The evidence of accepted topics in one part (title, lead or text), the weightiest first."""
    found = [
        (item, verdict["topic"])
        for verdict in verdicts
        if verdict["matched"]
        for item in verdict["evidence"]
        if item.get("part") == part and isinstance(item.get("start"), int) and isinstance(item.get("end"), int)
    ]
    found.sort(key=lambda pair: -float(pair[0].get("weight") or 0))
    return [
        FoundSpan(start=item["start"], end=item["end"], label=classes.get(topic, "t0"), why=f"{topic}: {item['term']}")
        for item, topic in found
    ]


def mark_spans(text: str, spans: Iterable[FoundSpan]) -> Markup:
    """`text` with its spans in `<mark>`; of overlapping ones the first given stays, one outside the text is dropped."""
    kept: list[FoundSpan] = []
    for span in spans:
        if 0 <= span.start < span.end <= len(text) and all(
            span.end <= other.start or span.start >= other.end for other in kept
        ):
            kept.append(span)
    parts: list[Markup] = []
    at = 0
    for span in sorted(kept, key=lambda item: item.start):
        parts.append(escape(clean_lines(text[at : span.start])))
        parts.append(
            Markup('<mark class="{}" title="{}">{}</mark>').format(
                span.label, clean_lines(span.why), clean_lines(text[span.start : span.end])
            )
        )
        at = span.end
    parts.append(escape(clean_lines(text[at:])))
    return Markup("").join(parts)


def mark_paragraphs(text: str, spans: Sequence[FoundSpan]) -> list[Markup]:
    """The paragraphs of `text`, parted by line breaks, each with its spans marked."""
    found: list[Markup] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip():
            inside = [
                FoundSpan(start=span.start - at, end=span.end - at, label=span.label, why=span.why)
                for span in spans
                if at <= span.start and span.end <= end
            ]
            found.append(mark_spans(line, inside))
        at = end + 1
    return found


def mark_hits(text: str) -> Markup:
    """A snippet of SQLite's full-text search as HTML: what stands between OPEN and CLOSE is marked."""
    parts: list[Markup] = []
    first, *rest = text.split(OPEN)
    parts.append(escape(clean_lines(first.replace(CLOSE, ""))))
    for piece in rest:
        hit, _, after = piece.partition(CLOSE)
        parts.append(Markup("<mark>{}</mark>{}").format(clean_lines(hit), clean_lines(after.replace(CLOSE, ""))))
    return Markup("").join(parts)
