"""A piece on several pages: where the next one is, and what the further ones add."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.extraction.extract import extract_article
from monitor.extraction.further_parts import locate_next_part
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.model.source import Endpoint, Selectors, Source

ADDRESS = "https://gull.example/quay-vote"
SEEN = datetime(2026, 3, 2, 6, tzinfo=UTC)
FIRST = "The harbour council voted on Tuesday evening to reopen the old grain quay to ferries after eleven years."
SECOND = "Under the plan, two companies are to share the berths and pay for half of the new pontoons between them."
THIRD = "A second reading is planned for the spring, when the engineers have looked at the wall below the water."
RULES = Selectors(container="div.story", remove=("p.ad",))


def page(number: int, *paragraphs: str, more: int | None = None, status: int = 200, body: bytes | None = None) -> Page:
    link = f"<p><a rel='next' href='{ADDRESS}?page={more}'>Next page</a></p>" if more is not None else ""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    markup = f"<html><body><article><h1>Quay vote</h1><div class='story'>{text}</div></article>{link}</body></html>"
    address = ADDRESS if number == 1 else f"{ADDRESS}?page={number}"
    return Page(
        url=address,
        final_url=address,
        status=status,
        headers={"content-type": "text/html"},
        body=markup.encode() if body is None else body,
        fetched_at=SEEN,
    )


def outlet(rules: Selectors | None) -> Source:
    return Source(
        name="gull",
        spider="feed",
        title="The Gull",
        address="https://gull.example/",
        every=600,
        endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
        rules=rules,
    )


def read(found: Page, rules: Selectors | None = None) -> Article:
    article = extract_article(found, outlet(rules))
    assert isinstance(article, Article)
    return article


def test_the_page_behind() -> None:
    assert locate_next_part(page(2, SECOND, more=3)) == f"{ADDRESS}?page=3"
    assert locate_next_part(page(3, THIRD)) is None
    assert locate_next_part(page(3, body=b"")) is None
    assert locate_next_part(page(2, status=404)) == Rejection(outcome=Outcome.GONE, reason="status 404")


def test_a_first_page_alone_is_incomplete_and_names_the_next() -> None:
    found = read(page(1, FIRST, FIRST[::-1], more=2))
    reason = f"one page of several; the next is {ADDRESS}?page=2"
    assert (found.complete, found.complete_reason, found.more) == ("no", reason, f"{ADDRESS}?page=2")


def test_all_pages_make_one_text_in_which_nothing_stands_twice() -> None:
    parts = (page(2, FIRST, SECOND, more=3), page(3, THIRD))
    found = read(replace(page(1, FIRST, more=2), parts=parts))
    assert found.text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert (found.complete, found.complete_reason, found.more) == ("yes", "all 3 pages of it were read", None)


def test_what_stopped_the_reading_is_told() -> None:
    found = read(replace(page(1, FIRST, more=2), parts=(page(2, SECOND, more=3),), untold="status 503"))
    reason = f"2 pages of several were read; the next is {ADDRESS}?page=3 (status 503)"
    assert (found.text, found.complete, found.complete_reason) == (f"{FIRST}\n\n{SECOND}", "no", reason)


def test_a_page_without_markup_adds_nothing() -> None:
    assert read(replace(page(1, FIRST), parts=(page(2, body=b""),))).text == FIRST


def test_the_rules_of_a_user_read_further_pages_too() -> None:
    second = page(2, SECOND, "</p><p class='ad'>Buy a boat")
    found = read(replace(page(1, FIRST, more=2), parts=(second,)), RULES)
    assert (found.text, found.removed) == (f"{FIRST}\n\n{SECOND}", ("Buy a boat",))
