"""Whether a text is its whole piece."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from monitor.extraction.completeness import (
    PieceCompleteness,
    find_article_frame,
    find_next_part,
    judge_completeness,
)
from monitor.extraction.fields.metadata import read_metadata

ADDRESS = "https://herald.example/news/quay-vote"
EMPTY = html.document_fromstring("<html><body><h1>Vote</h1></body></html>")
SAID = read_metadata(EMPTY, ADDRESS)
TEXT = "word " * 100


@pytest.mark.parametrize(
    ("link", "address", "part"),
    [
        ("<a rel=next href='/news/quay-vote?page=2'>Next</a>", ADDRESS, f"{ADDRESS}?page=2"),
        ("<a rel=next href='?page=3'>Next</a>", f"{ADDRESS}?page=2", f"{ADDRESS}?page=3"),
        ("<a href='/news/quay-vote/2'>Next page</a>", ADDRESS, f"{ADDRESS}/2"),
        ("<a href='/news/quay-vote-2.html'>Nächste Seite</a>", f"{ADDRESS}.html", f"{ADDRESS}-2.html"),
        ("<a rel=next href='/news/quay-vote/page/3/'>x</a>", f"{ADDRESS}/page/2/", f"{ADDRESS}/page/3/"),
        ("<a rel=next href='/news/another-piece'>Next post</a>", ADDRESS, None),
        ("<a rel=next href='/news/quay-vote?ref=2'>Next</a>", ADDRESS, None),
        ("<a rel=next href='/news/quay-vote'>Next</a>", ADDRESS, None),
        ("<a rel=next href='https://other.example/news/quay-vote?page=2'>Next</a>", ADDRESS, None),
        ("<a rel=next href='#two'>Next</a><a href='/news/quay-vote?page=2'>two</a>", ADDRESS, None),
        ("<a rel=next href='/2'>Next</a>", "https://herald.example/", None),
        ("<a rel=next href='/news/other-piece/2'>x</a><a rel=next href='quay-vote/2'>x</a>", ADDRESS, f"{ADDRESS}/2"),
        ("<a rel=next href='/news/old/../quay-vote/2'>Next</a>", ADDRESS, f"{ADDRESS}/2"),
        ("<a rel=next href='/news/qu\n\tay-vote/2'>Next</a>", ADDRESS, f"{ADDRESS}/2"),
        ("<a rel=next href='\\news\\quay-vote\\2'>Next</a>", ADDRESS, f"{ADDRESS}/2"),
        ("<a rel=next href='/новости/паром/2'>Next</a>", "https://herald.example/новости/паром", None),
        ("<a rel=next href='/2'>Next</a>", "https://herald.example/1", None),
        ("<a rel=next href='2'>Next</a>", f"{ADDRESS}/", f"{ADDRESS}/2"),
        ("<a rel=next href='another-piece/2'>Next</a>", ADDRESS, None),
        ("<a rel=next href='another-piece/2'>Next</a>", f"{ADDRESS}/quay-vote", None),
        ("<a rel=next href=' '>Next</a>", ADDRESS, None),
        ("<a rel=next href='//share.example/?u=/news/quay-vote&p=2'>Next</a>", ADDRESS, None),
        ("<a rel=next href='/share?u=%2Fnews%2Fquay-vote%2F2'>Next</a>", ADDRESS, None),
        ("<a rel=next href='mailto:?body=https://herald.example/news/quay-vote/2'>Next</a>", ADDRESS, None),
        ("<a href='/news/quay-vote/2'>2</a><a href='/news/quay-vote/2'>Next page</a>", ADDRESS, f"{ADDRESS}/2"),
    ],
)
def test_the_next_part(link: str, address: str, part: str | None) -> None:
    assert find_next_part(html.document_fromstring(f"<div><h1>x</h1>{link}</div>"), address) == part


def test_a_page_of_several() -> None:
    markup = "<h1>x</h1><div><a rel=next href='?page=2'>Next page</a> {}</div>"
    one = judge_completeness(html.document_fromstring(markup.format("1 of 3")), SAID, ADDRESS, TEXT)
    more = f"{ADDRESS}?page=2"
    assert one == PieceCompleteness(complete="no", reason=f"page 1 of 3; the next is {more}", more=more)
    other = judge_completeness(html.document_fromstring(markup.format("4 of 3")), SAID, ADDRESS, TEXT)
    assert other == PieceCompleteness(complete="no", reason=f"one page of several; the next is {more}", more=more)


@pytest.mark.parametrize(
    ("said", "complete", "reason"),
    [
        (SAID, "unknown", None),
        (replace(SAID, free=False), "no", "marked as not free, 100 words are shown"),
        (replace(SAID, words=300), "no", "100 words of 300 that JSON-LD states"),
        (replace(SAID, words=104), "yes", "100 words, JSON-LD states 104"),
        (replace(SAID, words=130), "unknown", None),
        (replace(SAID, body="word " * 105), "yes", "as long as JSON-LD's articleBody"),
        (replace(SAID, body="word " * 150), "unknown", None),
    ],
)
def test_what_the_page_states(said: object, complete: str, reason: str | None) -> None:
    found = judge_completeness(EMPTY, said, ADDRESS, TEXT)  # type: ignore[arg-type]
    assert found == PieceCompleteness(complete=complete, reason=reason)


def test_a_frame_of_the_same_site_in_the_article() -> None:
    frames = "<iframe></iframe><iframe src='https://video.example/1'></iframe><iframe src='/embed/1'></iframe>"
    inside = html.document_fromstring(f"<article><h1>x</h1>{frames}</article>")
    assert find_article_frame(inside, ADDRESS) == "https://herald.example/embed/1"
    assert find_article_frame(html.document_fromstring(f"<div>{frames}</div>"), ADDRESS) is None
