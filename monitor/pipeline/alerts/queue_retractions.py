"""The alerts of a known piece that its outlet took down, or put back; it must not decide whether it is gone.

Built from what the store has of the piece, for its page is not there. Runs inside the transaction that notes it.
"""

from __future__ import annotations

from datetime import datetime

from monitor.alerting.intents import Intent
from monitor.model.identity import TextChange
from monitor.pipeline.alerts.queue_alerts import Addressees, queue_alerts
from monitor.pipeline.alerts.stored_piece import load_piece
from monitor.storage import Store

DELETION, RETURN = "deletion", "return"
_EVENTS = {DELETION: "article.retracted", RETURN: "article.edited"}


def queue_retraction(
    store: Store, to: Addressees, article_id: int, kind: str, reason: str | None, now: datetime
) -> int:
    """Tell the rules that ask for retractions, where the piece matched a topic of theirs; how many alerts are new.

    `kind` is DELETION or RETURN; one alert each for a revision, however often it goes and comes. Their policies hold
    here, too: nobody is to be woken for a piece taken down.
    """
    change = TextChange(kind=kind, before=None, after=reason, substance=True)
    placed = load_piece(store, article_id, change, key=f"article.{kind}")
    if placed is None:
        return 0
    known = store.revisits.topics(article_id) & {match.topic for match in placed.reading.matches}
    found = [
        Intent(
            rule=rule.name,
            channel=channel,
            event=_EVENTS[kind],
            topic=max(topics),
            later="retracted" not in rule.on,
        )
        for rule in to.rules.values()
        if ("retracted" in rule.on or rule.policy.report is not None) and (topics := rule.topics & known)
        for channel in rule.channels
    ]
    return store.alerts.add(queue_alerts(store, to, placed, found, now), now)
