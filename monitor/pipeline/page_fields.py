"""A page's reading as the documented JSON fields that `backfill --nl` and `explain --json` print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.config.public_suffixes import site_of
from monitor.model.moment import Dateline
from monitor.model.page import Article, Reading, Rejection
from monitor.model.source import Source
from monitor.model.topic import Match
from monitor.text.words.word_count import count_words


def build_page_fields(result: Reading | Rejection) -> dict[str, Any]:
    """What extraction and matching made of one page: the stable JSON of `explain FILE.html --json`."""
    if isinstance(result, Rejection):
        fields = {"outcome": str(result.outcome), "reason": result.reason, **_article(None), **choose_best_verdict(())}
        return {
            **fields,
            "threshold": None,
            "missing": [],
            "rungs": {},
            "removed": [],
            "furniture": [],
            "background": [],
        }
    article, match = result.article, _best(result.matches)
    return {
        "outcome": "new",
        "reason": None,
        **_article(article),
        **choose_best_verdict(result.matches),
        "threshold": match.threshold if match else None,
        "missing": list(match.missing) if match else [],
        "rungs": dict(article.rungs),
        "removed": list(article.removed),
        "furniture": list(article.furniture),
        "background": [list(span) for span in article.background],
    }


def _article(article: Article | None) -> dict[str, Any]:
    if article is None:
        names = (
            "title", "lead", "text", "words", "published_at", "published_from", "modified_at", "conflicts", "authors",
            "dateline", "agency", "attribution", "language", "declared_language",
            "complete", "complete_reason", "section", "tags", "image",
        )  # fmt: skip
        return dict.fromkeys(names) | {"conflicts": [], "authors": [], "tags": []}
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "words": count_words(article.text),
        "published_at": _iso(article.published.at) if article.published else None,
        "published_from": article.published.carrier if article.published else None,
        "modified_at": _iso(article.modified.at) if article.modified else None,
        "conflicts": [
            {"at": _iso(other.at), "raw": other.raw, "carrier": other.carrier} for other in article.conflicts
        ],
        "authors": list(article.authors),
        "dateline": _dateline(article.dateline),
        "agency": article.agency,
        "attribution": article.attribution,
        "language": article.language,
        "declared_language": article.declared_language,
        "complete": article.complete,
        "complete_reason": article.complete_reason,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
    }


def _dateline(dateline: Dateline | None) -> dict[str, Any] | None:
    return None if dateline is None else asdict(dateline)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _best(matches: tuple[Match, ...]) -> Match | None:
    return max(matches, key=lambda found: (found.matched, found.score, found.topic), default=None)


def choose_best_verdict(matches: tuple[Match, ...]) -> dict[str, Any]:
    """The verdict of the topic that accepts a text best: topic, score, matched, evidence."""
    match = _best(matches)
    if match is None:
        return {"topic": None, "score": None, "matched": False, "evidence": []}
    return {
        "topic": match.topic,
        "score": round(match.score, 4),
        "matched": match.matched,
        "evidence": [asdict(evidence) for evidence in match.evidence],
    }


def find_outlet(url: str, sources: Mapping[str, Source]) -> Source | None:
    """The configured outlet a page or document comes from, by its address; None where none fits."""
    site = site_of(url) if sources else ""
    return next(
        (source for source in sources.values() if source.address and site and site_of(source.address) == site), None
    )
