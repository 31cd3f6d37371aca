"""Pages in the structure of real templates, with words of our own, and what tests ask of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Page, Rejection
from monitor.model.source import Source

SEEN = datetime(2026, 10, 1, 12, tzinfo=UTC)
COUNCIL = (
    "The harbour council met on Monday and put off its vote on the new ferry line, its chairman Ole Example said "
    "after a session of six hours, the third time in a year that the members could not agree on who should pay."
)
ISLANDS = (
    "A new date was not named. The line would join the town with the outer islands, where four hundred people live "
    "through the winter, and would take the place of the mail boat that was sold to a yard in the spring."
)
QUOTE = (
    '"We shall meet again when the figures are on the table," Example told reporters, adding that the yard which '
    "builds the two boats had asked for an answer before the end of the month."
)
PARAGRAPHS = (COUNCIL, ISLANDS, QUOTE)
LEAD = "Members of the council could not agree for the third time in a year, according to the chairman of the council"
AGENCY = Source(
    name="agency",
    spider="tass",
    title="Agency",
    address="https://agency.example/",
    every=300,
    endpoints=(),
    article=r"https?://(?:www\.)?agency\.example/(?P<section>[a-z-]+)/(?P<id>\d+)",
    identity="agency:{id}",
    canonical="https://agency.example/{section}/{id}",
    language="en",
    zone="Europe/Moscow",
)


def page(markup: str | bytes, url: str = "https://agency.example/world/868168", **changes: Any) -> Page:
    body = markup.encode() if isinstance(markup, str) else markup
    headers = {"content-type": "text/html; charset=utf-8"}
    made = Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=SEEN)
    return replace(made, **changes)


def article(result: Article | Rejection) -> Article:
    assert isinstance(result, Article), result
    return result


def moment(*parts: int, raw: str, zone: str, carrier: str, precision: Precision = Precision.SECOND) -> Moment:
    when = datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
    return Moment(at=when, raw=raw, zone=zone, precision=precision, carrier=carrier)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def document(body: str, head: str = "<title>Vote put off</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def agency_page(*, lead: str = LEAD, first: str = "", node: dict[str, Any] | None = None) -> str:
    """The Angular template: lead outside of the body, empty date element, the next story below."""
    start = f"OSTHAVEN, May 4. /TASS/. {first}{PARAGRAPHS[0]}"
    stated = {
        "@type": "NewsArticle",
        "headline": "Ferry vote put off — Example",
        "datePublished": "2026-05-05T00:16:15+03:00",
        "description": lead,
        "author": {"@type": "Organization", "name": "AGENCY"},
        "publisher": {"@type": "Organization", "name": "AGENCY"},
    }
    return document(
        '<div class="news-feed"><div>{{dayPoint.date | date}}</div><a>{{newsPoint.title}}</a></div>'
        '<main><div class="news"><div class="news-header"><span class="news-header__date-date">'
        '<dateformat time="1777929375" mode="abs"></dateformat></span>'
        '<h1 class="news-header__title">Ferry vote put off — Example\n</h1>'
        f'<div class="news-header__lead">{lead}</div></div>'
        f'<div class="text-content"><div class="text-block">{paragraphs(start, *PARAGRAPHS[1:])}'
        "<p>Read also</p><p>Ferry boats sold to the yard</p><p>© Ann Example/TASS</p></div></div>"
        '<div class="tags"><a class="tags__item" href="/tag/x">Ferries</a></div></div>'
        '<div class="news-content"><a href="/world/868170"><dateformat time="1777930000" mode="rel"></dateformat>'
        '<span class="news-content__title">A fire in the yard of Westhaven</span>'
        '<div class="news-content__lead">Nobody was hurt, the fire service said</div></a></div></main>',
        "<title>Ferry vote put off — Example - World - AGENCY</title>"
        '<meta property="og:title" content="Ferry vote put off — Example">'
        f'<meta property="og:description" content="{lead}"><meta property="og:type" content="article">'
        '<script type="application/ld+json">{"@type": "Organization", "name": "AGENCY"}</script>'
        f'<script type="application/ld+json">{json.dumps(stated if node is None else node)}</script>',
    )
