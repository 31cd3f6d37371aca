"""Bytes to a `Reading`: extraction, fingerprint and topic verdicts of one page, as one killable piece of work."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.extract import learned
from monitor.core.fingerprint import content_hash
from monitor.core.knowledge import UNKNOWN, Knowledge
from monitor.core.nearcopy import key, lines
from monitor.core.storywords import words
from monitor.core.topic import Topic, verdicts
from monitor.model import Article, Page, Reading, Rejection, Source


def read(
    page: Page, source: Source | None, topics: tuple[Topic, ...], known: Knowledge = UNKNOWN
) -> Reading | Rejection:
    """What a page says and which topics it belongs to; a Rejection where it is no article.

    `known` is what the outlet's earlier pages taught.
    """
    article, lesson = learned(page, source, known)
    if isinstance(article, Rejection):
        return article
    return replace(judge(article, topics, source=source.name if source else ""), lesson=lesson)


def judge(article: Article, topics: tuple[Topic, ...], *, source: str) -> Reading:
    """Fingerprints and verdicts of an article that is extracted already; `source` is the outlet's name, for rules."""
    return Reading(
        article=article,
        content_hash=content_hash(article.title, article.text),
        matches=verdicts(article, source, topics),
        lines=lines(article.text),
        furniture=tuple(key(line) for line in article.furniture),
        words=words(article),
    )
