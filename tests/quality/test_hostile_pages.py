"""Pages made to be slow: refused or read within the workers' deadline, and the next page is none the worse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.extraction.extract import extract_article
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.pipeline.ingest.workers import Workers

pytestmark = pytest.mark.row("S6", "S7")

STORY = "<p>The council met on Monday and put off its vote on the new ferry line, its chairman said.</p>"
START = f"<html><head><title>Vote put off</title></head><body><h1>Vote put off</h1>{STORY * 8}"
PAGES = {
    "4 MB": (START + "<p>x</p>" * 500_000, Outcome.TOO_LARGE),
    "200,000 links": (START + "<a href=a>b</a>" * 200_000, Outcome.TOO_LARGE),
    "85,000 paragraphs, each a link": (START + "<p><a href=/x>y</a></p>" * 85_000, Outcome.TOO_LARGE),
    "as many of them as are taken": (START + "<p><a href=/x>y</a></p>" * 24_000, None),
    "150,000 empty elements": (START + "<p></p>" * 150_000, Outcome.TOO_LARGE),
    "as many links in one paragraph as are taken": (START + "<p>" + "<a href=/x>word</a> " * 49_000 + "</p>", None),
    "lists without an end": (START + "<ul>" + "<li>a" * 49_000, None),
    "a tree 100,000 deep": (START + "<div>" * 100_000 + STORY, None),
}


def page(markup: str) -> Page:
    url = "https://herald.example/ferry"
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return Page(
        url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=markup.encode(), fetched_at=at
    )


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, preload=("monitor.extraction.extract",)) as found:
        yield found


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_costs_itself_only(workers: Workers, name: str) -> None:
    markup, outcome = PAGES[name]
    result = workers.call_now(extract_article, page(markup))
    if outcome is not None:
        assert isinstance(result, Rejection)
        assert result.outcome is outcome
    else:  # read, found wanting, or killed at the deadline on a busy machine; never a crash
        assert isinstance(result, Article) or result.outcome in (Outcome.NO_TEXT, Outcome.FAILED)
    assert isinstance(workers.call_now(extract_article, page(START)), Article)
