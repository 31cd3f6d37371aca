"""When a piece was published, of all that could say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from htmldate.extractors import get_external_parser
from lxml import html

from monitor.extraction.fields.metadata import read_metadata
from monitor.extraction.fields.publication_date import PublicationDate, choose_publication, parse_address_date
from monitor.model.page import Page

SEEN = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
ADDRESS = "https://herald.example/news/vote"
STORY = "<p>The council met on Monday and put off its vote on the new ferry line, its chairman said.</p>" * 4


def read(body: str, head: str = "", address: str = ADDRESS) -> PublicationDate:
    tree = html.document_fromstring(f"<html><head>{head}<title>Vote</title></head><body>{body}</body></html>")
    page = Page(url=address, final_url=address, status=200, headers={}, body=b"", fetched_at=SEEN)
    return choose_publication(tree, read_metadata(tree, address), page, (), None, None)


def when(body: str, head: str = "", address: str = ADDRESS) -> tuple[str, str] | None:
    found = read(body, head, address).published
    return (found.at.strftime("%Y-%m-%d %H:%M"), found.carrier) if found is not None else None


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://herald.example/2026/11/12/vote", "2026-11-12"),
        ("https://herald.example/news/2026-11-12-vote.html", "2026-11-12"),
        ("https://herald.example/20261112/vote", "2026-11-12"),
        ("https://herald.example/news/2026/11/vote", None),
        ("https://herald.example/news/20261399", None),
        ("https://herald.example/2026/02/31/vote", None),
        ("https://herald.example/vote?on=2026-11-12", None),
        ("https://herald.example/news/120261112345", None),
    ],
)
def test_the_day_in_an_address(address: str, day: str | None) -> None:
    found = parse_address_date(address)
    assert (f"{found.at:%Y-%m-%d}" if found is not None else None) == day


def test_the_address_goes_before_what_is_printed_and_is_made_exact_by_it() -> None:
    address = "https://herald.example/2026/11/12/vote"
    printed = "<article><h1>Vote</h1><time datetime='{}'>x</time>" + STORY + "</article>"
    assert when(printed.format("2026-11-17T10:00:00Z"), address=address) == ("2026-11-12 00:00", "address")
    assert when(printed.format("2026-11-12T10:00:00Z"), address=address) == ("2026-11-12 10:00", "text")
    stated = '<meta property="article:published_time" content="2026-11-10T08:00:00Z">'
    assert when(printed.format("2026-11-17T10:00:00Z"), stated, address) == ("2026-11-10 08:00", "meta")


def test_midnight_with_an_offset_is_a_bare_day_beside_an_exact_time() -> None:
    meta = (
        '<meta name="date" content="2026-11-12T00:00:00+04:00">'
        '<meta name="pubdate" content="2026-11-12T12:40:00+04:00">'
    )
    found = read(f"<h1>Vote</h1>{STORY}", meta)
    assert found.published is not None
    assert (found.published.at, found.conflicts) == (datetime(2026, 11, 12, 8, 40, tzinfo=UTC), ())
    alone = '<meta name="date" content="2026-11-12T00:00:00+04:00">'
    assert when(f"<h1>Vote</h1>{STORY}", alone) == ("2026-11-11 20:00", "meta")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>Vote</h1><span class=date>Updated 3 hours ago</span>" + STORY, ("2026-11-29 09:00", "text")),
        ("<h1>Vote</h1><time>2 days ago</time>" + STORY, ("2026-11-27 00:00", "text")),
        ("<h1>Vote</h1><span class=name>3 hours ago</span><p class=date>" + "x" * 90 + "</p>" + STORY, None),
        (f"<article><h1>Vote</h1>{STORY}<p>Not since the storm of 2014.</p></article>", None),
        (f"<article><h1>Vote</h1>{STORY}</article><div><span>4 May 2015</span></div>", None),
        (f"<main><h1>Vote</h1>{STORY}</main><footer><p>4 May 2015</p><aside>x</aside></footer>", None),
        (
            f"<div><h1>Vote</h1><p class='date'>Published on 4 May 2026</p>{STORY}</div>",
            ("2026-05-04 00:00", "htmldate"),
        ),
        (
            (
                f"<article><h1>Vote</h1>{STORY}</article><section><a href=/a>Old storm shuts lock</a>"
                "<time datetime='2015-05-04T10:00:00Z'>4 May 2015</time></section>"
            ),
            None,
        ),
        ("<h1>Vote</h1><span class=date data-timestamp=1794472800>3h</span>" + STORY, ("2026-11-12 08:40", "text")),
    ],
)
def test_what_a_page_prints(body: str, expected: tuple[str, str] | None) -> None:
    assert when(body) == expected


@pytest.mark.parametrize("month", ["November", "novembre", "ноября"])
def test_a_date_that_only_dateparser_reads_is_looked_for_in_the_languages_of_outlets(month: str) -> None:
    read_as = when(f"<div><h1>Vote</h1><p class='date'>{month} 20 15:23 2025</p>{STORY}</div>")
    assert read_as == ("2025-11-20 00:00", "htmldate")
    tried = get_external_parser().languages
    assert (len(tried), "agq" in tried, {"ka", "nb", "zh-Hant"} <= set(tried)) == (91, False, True)


def test_what_stands_behind_the_article_dates_nothing() -> None:
    aside = "<aside><aside>x</aside></aside>"
    behind = f"<div>{aside}<p>12 November 2026</p></div>"
    assert when(f"<div><article><h1>Vote</h1>{STORY}</article>{behind}</div>") is None
    assert when(f"<div>{aside}<p>12 November 2026</p>{STORY}</div>") is not None
