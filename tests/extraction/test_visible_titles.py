"""Headlines as a browser prints them."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.fields.visible_titles import (
    clean_title,
    list_headings,
    list_home_names,
    list_lower_headings,
    read_title_line,
)


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("Donau<wbr>dampf<wbr>schiff reopens", "Donaudampfschiff reopens"),
        (
            "Quay <em>re</em>opened after a <strong>vote</strong>, council says",
            "Quay reopened after a vote, council says",
        ),
        ("<span>Kicker</span><span>Vote put off</span>", "Kicker Vote put off"),
        ("<span>Vote</span> put off<a href=/x>again</a>, it says", "Vote put offagain, it says"),
        ("Vote<br>put off", "Vote put off"),
        ("<div>Vote</div><div>put off</div>", "Vote put off"),
        ("<span>Vote</span>2026", "Vote 2026"),
        ("Vote <script>x()</script>put off", "Vote put off"),
        ("Lind&shy;moor", "Lindmoor"),
        ("<span></span>Vote", "Vote"),
    ],
)
def test_lines(markup: str, line: str) -> None:
    assert read_title_line(html.fromstring(f"<h1>{markup}</h1>")) == line


def test_entities_that_were_written_twice() -> None:
    assert (
        clean_title("Quay &amp; lock: harbour&#39;s &amp;quot;day&amp;quot; AT&T")
        == 'Quay & lock: harbour\'s "day" AT&T'
    )


def test_a_logo_in_the_head_line_stands_behind_the_headline() -> None:
    page = html.document_fromstring(
        "<header><h1>Harbour Herald</h1></header><h1></h1><main><header><h1>Vote put off</h1></header></main>"
        "<div><h1>More</h1></div><h2>Below</h2>"
    )
    assert list_headings(list(page.iter("h1"))) == ("Vote put off", "More", "Harbour Herald")
    assert list_lower_headings(page) == ("Below",)


def test_what_leads_home_names_the_outlet() -> None:
    links = (
        "<a href='/'>Harbour Herald</a><a href='https://www.herald.example/'>The Herald</a><a href='/'>Home</a>"
        "<a href='/news'>News</a><a href='https://other.example/'>Other</a><a href='http://[x/'>Broken</a>"
        f"<a href='/'>{'x' * 70}</a><a href='//herald.example?p=1'>Query</a><a>None</a>"
    )
    found = list_home_names(html.document_fromstring(f"<div>{links}</div>"), "herald.example")
    assert found == ("Harbour Herald", "The Herald")
