"""Bytes to a `Reading`: extraction, fingerprint and topic verdicts of one page, as one killable piece of work."""

from __future__ import annotations

from monitor.core.extract import extract
from monitor.core.fingerprint import content_hash
from monitor.core.match import match
from monitor.core.nearcopy import lines
from monitor.core.profile import Profile
from monitor.model import Article, Page, Reading, Rejection, Source


def read(page: Page, source: Source | None, profiles: tuple[Profile, ...]) -> Reading | Rejection:
    """What a page says and which topics it belongs to; a Rejection where it is no article."""
    article = extract(page, source)
    return article if isinstance(article, Rejection) else judge(article, profiles)


def judge(article: Article, profiles: tuple[Profile, ...]) -> Reading:
    """Fingerprints and verdicts of an article that is extracted already."""
    return Reading(
        article=article,
        content_hash=content_hash(article.title, article.text),
        matches=tuple(match(article.title, article.lead, article.text, profile) for profile in profiles),
        lines=lines(article.text),
    )
