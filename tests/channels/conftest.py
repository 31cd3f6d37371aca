"""An alert to render, in the forms that every kind of channel must cope with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.channels.message import AlertView, Before, ProblemView, StoryView, View, sample
from monitor.model import Article, Dateline, Evidence, Match, Moment, Precision

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
        story=StoryView(id=7, report=3, outlets=2, first_outlet="The Other", first_at=NOW - timedelta(hours=1)),
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
        story=StoryView(id=1, report=2, outlets=1, first_outlet=words, first_at=NOW),
    )


CASES: dict[str, View] = {
    "matched": of(),
    "bare": of(lead=None, published=None, dateline=None, story=None, url="urn:x"),
    "edited": of(
        event="article.edited",
        revision=2,
        before=Before(title="Ferry link to reopen", lead=None, text=TEXT.replace("Tickets", "Fares")),
    ),
    "test": sample(ID, NOW),
    "hostile": hostile(),
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


@pytest.fixture
def cases() -> dict[str, View]:
    return CASES


@pytest.fixture
def alert() -> Callable[..., AlertView]:
    return of


@pytest.fixture
def hostile_alert() -> Callable[..., AlertView]:
    return hostile
