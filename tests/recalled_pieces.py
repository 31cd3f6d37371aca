"""Readings and stored articles as decisions see them."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model.identity import StoredArticle
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read_piece(title: str = "Talks resume", *, hash: str = "aa", at: datetime | None = NOON, matches=()) -> Reading:
    published = (
        None if at is None else Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="given")
    )
    article = Article(url="https://a.example/1", identity=None, title=title, lead=None, text="t", published=published)
    return Reading(article=article, content_hash=hash, matches=matches)


def stored_piece(
    id: int = 7, *, source: str = "one", hash: str = "aa", at: datetime | None = NOON, quiet=False
) -> StoredArticle:
    return StoredArticle(
        id=id,
        url=f"https://a.example/{id}",
        source=source,
        revision=1,
        title="Talks resume",
        content_hash=hash,
        published_at=at,
        story_id=3,
        quiet=quiet,
    )
