"""A page that looks like what its site shows for addresses that do not exist, and one that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.soft_404 import find_absence_reason, learn_absence, make_missing_address
from monitor.model.identity import Absence
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article
from monitor.text.near_duplicates import hash_lines, sign_text
from monitor.text.urls import is_web_url, parse_host

TEASERS = "\n\n".join(
    f"Teaser number {n} tells of the harbour and of what the ferry costs in week {n}." for n in range(9)
)
REPORT = "\n\n".join(
    f"Paragraph {n} of the report names the mayor, the baker and the {n} boats they own." for n in range(9)
)
HOME = "Welcome to the harbour"


def page(title: str | None, text: str, carrier: str | None = None) -> tuple[str | None, str, Moment | None]:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    dated = Moment(at=at, raw="x", zone="offset", precision=Precision.SECOND, carrier=carrier) if carrier else None
    return title, text, dated


def known(title: str | None, text: str) -> Absence:
    return Absence(title=title, signature=sign_text(hash_lines(text)))


KNOWN = known(HOME, TEASERS)
CHANGED = TEASERS.partition("Teaser number 4")[0] + REPORT.partition("Paragraph 5")[0]  # half of it is new
SAME = "headline 'Welcome to the harbour', "


def said(share: int, what: str = "") -> str:
    return f"soft 404: {what}{share}% of its text is what the site shows for an address that does not exist"


def test_what_is_learned() -> None:
    article = Article(url="https://a.example/1", identity=None, title=HOME, lead=None, text=TEASERS)
    assert learn_absence(article) == KNOWN


@pytest.mark.parametrize(
    ("found", "expected", "why"),
    [
        (page(HOME, TEASERS), "Baker elected mayor", said(100, SAME)),
        (page("Another greeting", TEASERS), "Baker elected mayor", said(100)),
        (page(None, TEASERS), "Baker elected mayor", said(100)),
        (page("Another greeting", CHANGED), "Baker elected mayor", None),
        (page(HOME, REPORT), "Baker elected mayor", None),  # a template that never shows a headline of its own
        (page("The baker is mayor", TEASERS), "Baker elected mayor", None),  # a flash that the front page quotes
        (page(HOME, TEASERS), None, said(100, SAME)),
        (page(HOME, TEASERS, "htmldate"), None, said(100, SAME)),
        (page(HOME, TEASERS, "json-ld"), None, None),
        (page("Another greeting", TEASERS), None, None),
        (page(None, TEASERS), None, None),
        (page(HOME, CHANGED), None, None),
        (page(HOME, ""), "Baker elected mayor", None),
    ],
)
def test_evidence(found: tuple[str | None, str, Moment | None], expected: str | None, why: str | None) -> None:
    assert find_absence_reason(*found, expected, KNOWN) == why


def test_under_one_headline_half_a_text_is_enough() -> None:
    why = find_absence_reason(*page(HOME, CHANGED), "Baker elected mayor", KNOWN)
    assert why is not None
    assert why.startswith(f"soft 404: {SAME}")


def test_a_short_apology_is_known_by_its_very_words() -> None:
    sorry = page("Oh dear", "We could not find it.")
    shown = known("Oh dear", "We could not find it.")
    assert find_absence_reason(*sorry, "Baker elected mayor", shown) == said(100, "headline 'Oh dear', ")
    assert find_absence_reason(*page("Oh dear", "We did find it."), "Baker elected mayor", shown) is None
    assert find_absence_reason(*sorry, "Baker elected mayor", replace(shown, title=None)) == said(100)


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("https://a.example/news/bridge-opens", "https://a.example/news/no-such-page-WORD"),
        ("https://a.example/bridge-opens/", "https://a.example/no-such-page-WORD/"),
        ("https://a.example/2026/03/bridge.html?x=1#y", "https://a.example/2026/03/no-such-page-WORD.html"),
        ("https://a.example/world/868168", "https://a.example/world/no-such-page-WORD"),
        ("https://a.example/", "https://a.example/no-such-page-WORD"),
        ("https://a.example", "https://a.example/no-such-page-WORD"),
    ],
)
def test_an_address_beside_an_articles(article: str, expected: str) -> None:
    assert make_missing_address(article, "a 2026-03-02") == expected.replace("WORD", "nkfpvhjeccic")


@given(st.text(max_size=20), st.from_regex(r"https://[a-z]{1,9}\.example(?:/[a-z0-9.-]{1,9}){0,4}/?", fullmatch=True))
def test_it_stays_on_the_site_and_is_the_same_for_the_same_token(token: str, article: str) -> None:
    found = make_missing_address(article, token)
    assert (parse_host(found), make_missing_address(article, token)) == (parse_host(article), found)
    assert is_web_url(found)
