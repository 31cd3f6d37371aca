"""Bytes to a `Reading`: extraction, fingerprint and topic verdicts of one page, as one killable piece of work."""

from __future__ import annotations

from dataclasses import replace

from monitor.extraction.templates.outlet_knowledge import UNKNOWN, Knowledge
from monitor.identity.story_terms import choose_story_words
from monitor.model.page import Article, Page, Reading, Rejection
from monitor.model.source import Source
from monitor.text.content_hash import hash_content
from monitor.text.near_duplicates import hash_line, hash_lines
from monitor.topics.topic import Topic, judge_topics


def judge_page(
    page: Page, source: Source | None, topics: tuple[Topic, ...], known: Knowledge = UNKNOWN
) -> Reading | Rejection:
    """What a page says and which topics it belongs to; a Rejection where it is no article.

    `known` is what the outlet's earlier pages taught.
    """
    from monitor.extraction.extract import read_page  # its libraries take 40 MB that the daemon need not have

    article, lesson = read_page(page, source, known)
    if isinstance(article, Rejection):
        return article
    return replace(judge_article(article, topics, source=source.name if source else ""), lesson=lesson)


def judge_article(article: Article, topics: tuple[Topic, ...], *, source: str) -> Reading:
    """Fingerprints and verdicts of an article that is extracted already; `source` is the outlet's name, for rules."""
    return Reading(
        article=article,
        content_hash=hash_content(article.title, article.text),
        matches=judge_topics(article, source, topics),
        lines=hash_lines(article.text),
        furniture=tuple(hash_line(line) for line in article.furniture),
        words=choose_story_words(article),
    )
