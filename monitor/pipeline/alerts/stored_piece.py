"""A piece as the store has it, for alerts on what its page does not say: gone, back, another outlet's."""

from __future__ import annotations

from monitor.alerting.message.document import BeforeEdit
from monitor.model.identity import Edit, TextChange
from monitor.model.page import Reading
from monitor.pipeline.alerts.queue_alerts import PlacedArticle
from monitor.storage import Store


def load_piece(store: Store, article_id: int, change: TextChange | None, *, key: str | None) -> PlacedArticle | None:
    """The piece with its present verdicts; None where there is no such article.

    `change` is what an alert on it tells, an edit of that one kind; `key` numbers such alerts.
    """
    piece = store.articles.load(str(article_id))
    if piece is None:
        return None
    article = piece.article
    before = None
    if change is not None:
        edit = Edit(kinds=(change.kind,), changes=(change,), substance=change.substance)
        before = BeforeEdit(title=article.title, lead=article.lead, text=article.text, edit=edit)
    return PlacedArticle(
        reading=Reading(
            article=article,
            content_hash=piece.content_hash,
            matches=store.topics.matches(article_id),
        ),
        source=piece.source,
        article_id=article_id,
        revision=piece.revision,
        story_id=piece.story_id,
        first_seen_at=piece.first_seen_at,
        before=before,
        key=key,
    )
