"""The alert that tries a channel; it must not look like news."""

from __future__ import annotations

from datetime import datetime

from monitor.alerting.message.document import AlertView, StoryView
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article
from monitor.model.topic import Evidence, Match


def build_sample_alert(alert_id: str, now: datetime) -> AlertView:
    """The alert that `seedwatch test-alert` sends: every field filled, plainly a test."""
    title = "Test alert from seedwatch: your channel works"
    text = "This is a test.\n\nNo article stands behind it; a real alert carries its headline, lead, place and reasons."
    return AlertView(
        id=alert_id,
        event="test",
        at=now,
        rule="test",
        source="seedwatch",
        outlet="seedwatch",
        article=Article(
            url="https://seedwatch.example/test",
            identity=None,
            title=title,
            lead="This is a test.",
            text=text,
            language="en",
            published=Moment(at=now, raw=now.isoformat(), zone="offset", precision=Precision.SECOND, carrier="given"),
        ),
        seen_at=now,
        match=Match(
            topic="test",
            score=1.0,
            threshold=0.5,
            matched=True,
            evidence=(Evidence(term="test", found="test", part="text", start=10, end=14, weight=1.0),),
        ),
        story=StoryView(id=0, report=1, outlets=1, independent=1, first_outlet="seedwatch", first_at=now),
    )
