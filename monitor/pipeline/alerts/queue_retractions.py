"""The alerts of a known piece that its outlet took down, or put back; it must not decide whether it is gone.

Built from what the store has of the piece, for its page is not there. Runs inside the transaction that notes it.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.alerting.intents import Intent
from monitor.alerting.message.document import BeforeEdit
from monitor.model.identity import Edit, TextChange
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Reading
from monitor.model.topic import Evidence, Match
from monitor.pipeline.alerts.queue_alerts import Addressees, PlacedArticle, queue_alerts
from monitor.storage import Store
from monitor.storage.connection import Row
from monitor.storage.timestamps import parse_stamp

DELETION, RETURN = "deletion", "return"
_EVENTS = {DELETION: "article.retracted", RETURN: "article.edited"}


def queue_retraction(
    store: Store, to: Addressees, article_id: int, kind: str, reason: str | None, now: datetime
) -> int:
    """Tell the rules that ask for retractions, where the piece matched a topic of theirs; how many alerts are new.

    `kind` is DELETION or RETURN; one alert each for a revision, however often it goes and comes. Their policies hold
    here, too: nobody is to be woken for a piece taken down.
    """
    row = store.articles.find(str(article_id))
    verdicts = {found["topic"]: found for found in store.topics.verdicts(article_id)}
    known = store.revisits.topics(article_id) & verdicts.keys()
    found = [
        Intent(rule=rule.name, channel=channel, event=_EVENTS[kind], topic=max(topics))
        for rule in to.rules.values()
        if row is not None and "retracted" in rule.on and (topics := rule.topics & known)
        for channel in rule.channels
    ]
    if row is None or not found:
        return 0
    article = _article(row)
    change = TextChange(kind=kind, before=None, after=reason, substance=True)
    edit = Edit(kinds=(kind,), changes=(change,), substance=True)
    placed = PlacedArticle(
        reading=Reading(
            article=article,
            content_hash=row["content_hash"],
            matches=tuple(_match(verdicts[name]) for name in verdicts),
        ),
        source=row["source"],
        article_id=article_id,
        revision=row["revision"],
        story_id=row["story_id"],
        first_seen_at=parse_stamp(row["first_seen_at"]),
        before=BeforeEdit(title=article.title, lead=article.lead, text=article.text, edit=edit),
        key=f"article.{kind}",
    )
    return store.alerts.add(queue_alerts(store, to, placed, found, now), now)


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
    )


def _match(row: Row) -> Match:
    return Match(
        topic=row["topic"],
        score=row["score"],
        threshold=row["threshold"],
        matched=bool(row["matched"]),
        evidence=tuple(Evidence(**evidence) for evidence in json.loads(row["evidence"])),
    )
