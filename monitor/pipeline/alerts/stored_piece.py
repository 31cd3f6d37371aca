"""A piece as the store has it, for alerts on what its page does not say: gone, back, another outlet's."""

from __future__ import annotations

import json

from monitor.alerting.message.document import BeforeEdit
from monitor.model.identity import Edit, TextChange
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Reading
from monitor.model.topic import Evidence, Match
from monitor.pipeline.alerts.queue_alerts import PlacedArticle
from monitor.storage import Store
from monitor.storage.connection import Row
from monitor.storage.timestamps import parse_stamp


def load_piece(store: Store, article_id: int, change: TextChange | None, *, key: str | None) -> PlacedArticle | None:
    """The piece with its present verdicts; None where there is no such article.

    `change` is what an alert on it tells, an edit of that one kind; `key` numbers such alerts.
    """
    row = store.articles.find(str(article_id))
    if row is None:
        return None
    article = _article(row)
    before = None
    if change is not None:
        edit = Edit(kinds=(change.kind,), changes=(change,), substance=change.substance)
        before = BeforeEdit(title=article.title, lead=article.lead, text=article.text, edit=edit)
    return PlacedArticle(
        reading=Reading(
            article=article,
            content_hash=row["content_hash"],
            matches=tuple(_match(found) for found in store.topics.verdicts(article_id)),
        ),
        source=row["source"],
        article_id=article_id,
        revision=row["revision"],
        story_id=row["story_id"],
        first_seen_at=parse_stamp(row["first_seen_at"]),
        before=before,
        key=key,
    )


def _article(row: Row) -> Article:
    published = row["published_at"] and Moment(
        at=parse_stamp(row["published_at"]),
        raw=row["published_raw"],
        zone=row["published_zone"],
        precision=Precision(row["published_precision"]),
        carrier=row["published_from"],
    )
    return Article(
        url=row["url"],
        identity=row["identity"],
        title=row["title"],
        lead=row["lead"],
        text=row["text"],
        published=published,
        language=row["language"],
        agency=row["agency"],
        complete=row["complete"],
        complete_reason=row["complete_reason"],
        rungs=json.loads(row["rungs"]),
    )


def _match(row: Row) -> Match:
    return Match(
        topic=row["topic"],
        score=row["score"],
        threshold=row["threshold"],
        matched=bool(row["matched"]),
        evidence=tuple(Evidence(**evidence) for evidence in json.loads(row["evidence"])),
    )
