"""Bytes to a reading: extraction, fingerprint and verdicts in one piece of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.extraction.soft_404 import learn_absence
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import unpack_sample
from monitor.identity.story_terms import choose_story_words
from monitor.model.page import Outcome, Page, Reading, Rejection
from monitor.model.source import Entry
from monitor.pipeline.ingest.read_page import judge_page
from monitor.text.content_hash import hash_content
from monitor.text.near_duplicates import hash_lines

PARAGRAPH = "The ferry commission met in the harbour town and put the vote on the new crossing off until spring. "


def page(status: int, body: str) -> Page:
    return Page(
        url="https://gull.example/1",
        final_url="https://gull.example/1",
        status=status,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body.encode(),
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_a_page_becomes_a_reading_with_its_fingerprint() -> None:
    found = judge_page(page(200, f"<h1>Vote put off</h1><article><p>{PARAGRAPH * 4}</p></article>"), None, ())
    assert isinstance(found, Reading)
    article = found.article
    assert found == Reading(
        article=article,
        content_hash=hash_content(article.title, article.text),
        matches=(),
        lines=hash_lines(article.text),
        lesson=found.lesson,
        words=choose_story_words(article),
    )
    assert found.lesson is not None
    assert found.lesson.sample is not None
    assert unpack_sample(found.lesson.sample).url == "https://gull.example/1"
    assert (article.title, article.text) == ("Vote put off", (PARAGRAPH * 4).strip())


def test_the_canonical_link_is_the_address_and_is_named_as_what_gave_it() -> None:
    text = f"<h1>Vote put off</h1><article><p>{PARAGRAPH * 4}</p></article>"
    said = [
        (found.article.url, found.article.rungs["url"])
        for head in ("", '<link rel="canonical" href="https://gull.example/ferry/1">')
        if isinstance(
            found := judge_page(page(200, f"<html><head>{head}</head><body>{text}</body></html>"), None, ()), Reading
        )
    ]
    assert said == [("https://gull.example/1", "address"), ("https://gull.example/ferry/1", "canonical")]


def test_what_is_no_article_stays_a_rejection() -> None:
    found = judge_page(page(404, "<h1>Not found</h1>"), None, ())
    assert isinstance(found, Rejection)
    assert found.outcome is Outcome.GONE


def test_a_page_that_looks_like_one_that_does_not_exist_is_no_article() -> None:
    declared = '<head><meta property="og:type" content="article"></head>'
    shown = page(200, f"<html>{declared}<h1>Welcome</h1><article><p>{PARAGRAPH * 4}</p></article>")
    nowhere = judge_page(shown, None, ())
    assert isinstance(nowhere, Reading)
    known = Knowledge(absence=learn_absence(nowhere.article))
    entry = Entry(url=shown.url, key=shown.url, endpoint="feed", title="Baker elected mayor")
    assert judge_page(replace(shown, entry=entry), None, (), known) == Rejection(
        outcome=Outcome.NOT_ARTICLE,
        reason="soft 404: headline 'Welcome', 100% of its text is what the site shows for an address that does not "
        "exist",
    )
    assert judge_page(shown, None, (), known) == Rejection(
        outcome=Outcome.NOT_ARTICLE,
        reason="soft 404: headline 'Welcome', 100% of its text is what the site shows for an address that does not "
        "exist",
    )
    announced = replace(entry, title="Welcome")
    assert isinstance(judge_page(replace(shown, entry=announced), None, (), known), Reading)
    bare = page(200, f"<html>{declared}<article><p>{PARAGRAPH * 4}</p></article>")
    assert isinstance(
        judge_page(replace(bare, entry=announced), None, (), Knowledge(absence=learn_absence(nowhere.article))),
        Rejection,
    )
