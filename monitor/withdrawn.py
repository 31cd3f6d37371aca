"""The alerts of a known piece that its outlet took down, or put back; it must not decide whether it is gone.

Built from what the store has of the piece, for its page is not there. Runs inside the transaction that notes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from monitor import standing
from monitor.channels.message import AlertView, Before, payload
from monitor.core.decide import Rule
from monitor.core.edits import Change, Edit
from monitor.model import Article, Evidence, Match, Moment, Precision
from monitor.store import Store
from monitor.store.alerts import NewAlert, alert_id
from monitor.store.connection import Row
from monitor.store.stamps import moment

DELETION, RETURN = "deletion", "return"
_EVENTS = {DELETION: "article.retracted", RETURN: "article.edited"}


def tell(
    store: Store,
    rules: Iterable[Rule],
    outlet: Callable[[str], str],
    article_id: int,
    kind: str,
    reason: str | None,
    now: datetime,
) -> int:
    """Tell the rules that ask for retractions, where the piece matched a topic of theirs; how many alerts were new.

    `outlet` gives what people call a source. `kind` is DELETION or RETURN; one alert each for a revision, however often
    it goes and comes.
    """
    row = store.articles.find(str(article_id))
    verdicts = {found["topic"]: found for found in store.topics.verdicts(article_id)}
    known = store.revisits.topics(article_id) & verdicts.keys()
    rows = [
        _alert(store, rule, channel, outlet, row, _match(verdicts[max(topics)]), kind, reason, now)
        for rule in rules
        if row is not None and "retracted" in rule.on and (topics := rule.topics & known)
        for channel in rule.channels
    ]
    return store.alerts.add(rows, now)


def _alert(
    store: Store,
    rule: Rule,
    channel: str,
    outlet: Callable[[str], str],
    row: Row,
    match: Match,
    kind: str,
    reason: str | None,
    now: datetime,
) -> NewAlert:
    article, story = _article(row), standing.view(store, row["id"], outlet)
    number = alert_id(channel, rule.name, f"article.{kind}", row["identity"] or row["url"], row["revision"])
    change = Change(kind=kind, before=None, after=reason, substance=True)
    view = AlertView(
        id=number,
        event=_EVENTS[kind],
        at=now,
        rule=rule.name,
        source=row["source"],
        outlet=outlet(row["source"]),
        article=article,
        seen_at=moment(row["first_seen_at"]),
        match=match,
        story=story,
        revision=row["revision"],
        before=Before(
            title=article.title,
            lead=article.lead,
            text=article.text,
            edit=Edit(kinds=(kind,), changes=(change,), substance=True),
        ),
    )
    return NewAlert(
        id=number,
        rule=rule.name,
        channel=channel,
        event=view.event,
        article_id=row["id"],
        revision=row["revision"],
        story_id=story.id,
        topic=match.topic,
        body=payload(view),
    )


def _article(row: Row) -> Article:
    published = row["published_at"] and Moment(
        at=moment(row["published_at"]),
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
