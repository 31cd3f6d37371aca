"""An alert about a ferry, as tests of what alerts say take it, with words of our own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.alerting.message.document import AlertView, StoryView, encode_alert
from monitor.model.moment import Dateline, Moment, Precision
from monitor.model.page import Article
from monitor.model.topic import Evidence, Match
from monitor.storage.alerts.alert_id import make_alert_id

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ID = make_alert_id("desk", "desk", "article.matched", "example:1", 1)

TITLE = "Ferry link across the strait reopens after talks"
LEAD = "Boats sail again from Monday."
TEXT = (
    "Boats sail again from Monday.\n\n"
    "The harbour masters of both shores signed the agreement on Friday evening, after a third round of talks in "
    "the old customs house. The first ferry leaves at dawn.\n\n"
    "Tickets cost as much as before."
)
FERRY = TEXT.index("ferry")
PASSAGE = (
    "…on Friday evening, after a third round of talks in the old customs house. The first ferry leaves at dawn. "
    "Tickets cost as much as before."
)


def view(**changes: Any) -> AlertView:
    alert = AlertView(
        id=ID,
        event="article.matched",
        at=NOW,
        rule="desk",
        source="example",
        outlet="The Example",
        article=Article(
            url="https://news.example/a?b=1&c=2",
            identity="example:1",
            title=TITLE,
            lead=LEAD,
            text=TEXT,
            language="en",
            agency="EXN",
            dateline=Dateline(place="HARBOUR", month=1, day=2, agency="EXN", raw="HARBOUR, January 2. /EXN/."),
            published=Moment(
                at=NOW - timedelta(minutes=5),
                raw="1767322745",
                zone="unix",
                precision=Precision.SECOND,
                carrier="api",
            ),
        ),
        seen_at=NOW - timedelta(seconds=2),
        match=Match(
            topic="strait",
            score=0.81234567,
            threshold=0.5,
            matched=True,
            evidence=(
                Evidence(term="talk", found="talks", part="title", start=43, end=48, weight=0.3),
                Evidence(term="ferry", found="ferry", part="text", start=FERRY, end=FERRY + 5, weight=0.9),
                Evidence(term="ferry", found="Ferry", part="title", start=0, end=5, weight=0.9),
            ),
        ),
        story=StoryView(
            id=7, report=3, outlets=2, independent=1, first_outlet="The Other", first_at=NOW - timedelta(hours=1)
        ),
    )
    article = {name: changes.pop(name) for name in tuple(changes) if name in Article.__dataclass_fields__}
    return replace(alert, article=replace(alert.article, **article), **changes)


def data(alert: AlertView) -> Any:
    return json.loads(encode_alert(alert))["data"]
