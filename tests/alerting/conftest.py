"""An alert to render, in the forms that every kind of channel must cope with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerting.message.digest import HeldAlert, build_digest
from monitor.alerting.message.document import (
    AlertView,
    BeforeEdit,
    GrowthView,
    ProblemView,
    StoryView,
    View,
    encode_alert,
)
from monitor.alerting.message.report import ReportEvent, ReportFrame, build_report, group_stories
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.model.moment import Dateline, Moment, Precision
from monitor.model.page import Article
from monitor.model.topic import Evidence, Match

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ID = "msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR"
TEXT = (
    "Boats sail again from Monday.\n\n"
    "The harbour masters of both shores signed the agreement on Friday evening, after a third round of talks in "
    "the old customs house. The first ferry leaves at dawn.\n\n"
    "Tickets cost as much as before."
)
# Everything that some service reads as a mention, markup, a link, a template or a header.
HOSTILE = (
    "@everyone @here @all <!channel> <!here|x> <@U123> <@&9> <#C1> <https://evil.example|TASS> "
    "[TASS](javascript:alert(1)) [x](https://evil.example) ![i](data:text/html,x) **b** _i_ ~s~ `c` ||spoiler|| "
    "# h > q <b>b</b> <a href='https://evil.example'>x</a> <at>Bob</at> {{DATE(2026-01-01)}} :boom: &lt;b&gt; "
    'https://evil.example www.evil.example \\ " \r\nBcc: victim@evil.example\r\n\r\nX: \u202eexe'
)


def of(**changes: Any) -> AlertView:
    """The alert with fields of it, or of its article, changed."""
    where = TEXT.index("ferry")
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
            title="Ferry link across the strait reopens after talks",
            lead="Boats sail again from Monday.",
            text=TEXT,
            language="en",
            agency="EXN",
            dateline=Dateline(place="HARBOUR", month=1, day=2, agency="EXN", raw="HARBOUR, January 2. /EXN/."),
            published=Moment(
                at=NOW - timedelta(minutes=5), raw="", zone="unix", precision=Precision.SECOND, carrier="api"
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
                Evidence(term="ferry", found="ferry", part="text", start=where, end=where + 5, weight=0.9),
            ),
        ),
        story=StoryView(
            id=7, report=3, outlets=2, independent=1, first_outlet="The Other", first_at=NOW - timedelta(hours=1)
        ),
    )
    article = {name: changes.pop(name) for name in tuple(changes) if name in Article.__dataclass_fields__}
    return replace(alert, article=replace(alert.article, **article), **changes)


def hostile(words: str = HOSTILE, url: str = "https://news.example/a_b(c)'<x>|*[y]?d=\"&e=@f") -> AlertView:
    """An alert whose outlet writes `words` everywhere it can."""
    evidence = Evidence(term=words, found=words, part="text", start=0, end=5, weight=1.0)
    return of(
        url=url,
        title=words,
        lead=words,
        text=words,
        language=words,
        agency=words,
        dateline=Dateline(place=words, month=1, day=2, agency=words, raw=words),
        source=words,
        outlet=words,
        rule=words,
        match=Match(topic=words, score=0.9, threshold=0.5, matched=True, evidence=(evidence,)),
        story=StoryView(id=1, report=2, outlets=1, independent=1, first_outlet=words, first_at=NOW),
    )


def grown(outlet: str, title: str, url: str) -> GrowthView:
    """What a story got, in these words."""
    return GrowthView(
        since=NOW - timedelta(hours=2), outlets=(outlet,), numbers=("17", "1,200"), reports=((outlet, title, url),) * 2
    )


VIEWS: dict[str, View] = {
    "matched": of(),
    "bare": of(lead=None, published=None, dateline=None, story=None, url="urn:x"),
    "edited": of(
        event="article.edited",
        revision=2,
        before=BeforeEdit(title="Ferry link to reopen", lead=None, text=TEXT.replace("Tickets", "Fares")),
    ),
    "retracted": of(event="article.retracted", revision=2, before=BeforeEdit(title="Ferry link", lead=None, text=TEXT)),
    "grew": of(
        event="story.grew", new=grown("The Tern", "Ferries burn in the strait, 17 hurt", "https://tern.example/2")
    ),
    "test": build_sample_alert(ID, NOW),
    "hostile": hostile(),
    "hostile-grew": replace(hostile(), event="story.grew", new=grown(HOSTILE, HOSTILE, HOSTILE)),
    "problem": ProblemView(
        id=ID,
        at=NOW,
        rule="seedwatch",
        kind="channel-disabled",
        subject="desk",
        detail=f"The channel desk is switched off and its alerts wait: {HOSTILE}",
        cure="Mend [channels.desk] or its receiver, then: seedwatch alerts enable desk",
        since=NOW - timedelta(hours=1),
    ),
}


def held(number: int, view: AlertView, score: float = 0.5) -> HeldAlert:
    """An alert that waits for a digest since `number` minutes."""
    return HeldAlert(
        id=f"{ID[:-2]}{number:02}",
        body=encode_alert(view),
        reason="quiet hours until 07:00 Europe/Berlin" if number else "the day's budget of 10 is spent",
        created_at=NOW - timedelta(minutes=number),
        score=score,
    )


def report(views: list[AlertView], *, told: str = "alert", kinds: tuple[str, ...] = ("numbers",)) -> bytes:
    """The report on these alerts, each a story but the first two, which are one; the first is edited, one held back."""
    events = [
        ReportEvent(
            alert=f"{ID[:-2]}{number:02}",
            event=view.event,
            at=NOW - timedelta(hours=number),
            article_id=number,
            story_id=max(number, 1),
            outlet=view.outlet,
            title=view.article.title,
            url=view.article.url,
            topic=view.match.topic,
            score=0.9 - number / 100,
            told=told if number == 1 else "alert",
            reason=view.article.title if number == 1 and told != "alert" else None,
        )
        for number, view in enumerate(views)
    ]
    changed = replace(events[0], event="article.edited", kinds=kinds, before=views[0].article.lead, after="Or not.")
    held = replace(events[-1], told="held", reason=f"same text as {views[-1].article.url}, which alerted already")
    all_of_them = [*events, changed, held]
    frame = ReportFrame(
        id=ID,
        rule=views[0].rule,
        schedule="daily 07:00",
        zone="Europe/Berlin",
        since=NOW - timedelta(days=1),
        until=NOW,
    )
    stories = group_stories(all_of_them)
    return build_report(frame, all_of_them, stories, {story.id: (2, 1) for story in stories})


CASES = {name: encode_alert(view) for name, view in VIEWS.items()} | {
    "digest": build_digest(
        ID, "desk", NOW, [held(2, of()), held(1, of(title="Fares fall"), 0.9), held(0, of(url="urn:x"))]
    ),
    "hostile-digest": build_digest(ID, "desk", NOW, [held(number, hostile(HOSTILE * 3)) for number in range(60)]),
    "report": report([of(), of(title="Fares fall", url="https://news.example/fares"), of(url="urn:x")], told="digest"),
    "hostile-report": report([hostile(HOSTILE * 3) for _ in range(60)], told="later"),
    "empty-report": build_report(
        ReportFrame(id=ID, rule="desk", schedule="monday 07:00", zone="UTC", since=NOW - timedelta(days=7), until=NOW),
        (),
        (),
        {},
    ),
}


@pytest.fixture
def cases() -> dict[str, bytes]:
    """Alerts as they are stored."""
    return CASES


@pytest.fixture
def alert() -> Callable[..., AlertView]:
    return of


@pytest.fixture
def hostile_alert() -> Callable[..., AlertView]:
    return hostile


@pytest.fixture
def hostile_report() -> Callable[[str, str], bytes]:
    """A report on three pieces whose outlets write these words everywhere they can."""
    return lambda words, url: report([hostile(words, url)] * 3, told="later", kinds=(words[:50],))
