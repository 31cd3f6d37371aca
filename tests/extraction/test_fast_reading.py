"""The short way to Trafilatura's fast mode gives what the long one gives, to the letter."""

from __future__ import annotations

import pytest
from lxml import html
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from monitor.extraction.body.readings import read_fast

STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
LINES = [f"{STORY} {number}" for number in range(8)]
ARTICLE = f"<article><h1>Vote</h1>{''.join(f'<p>{line}</p>' for line in LINES)}</article>"
CARDS = "".join(f"<div><div><i>{STORY} Card {number}, by hand.</i></div></div>" for number in range(60))


def by_trafilatura(tree: html.HtmlElement) -> str:
    found = bare_extraction(tree, options=Extractor(output_format="python", fast=True, comments=False))
    return found.text or "" if isinstance(found, Document) else ""


@pytest.mark.parametrize(
    ("body", "first", "lines"),
    [
        (ARTICLE, "Vote", 9),
        (f"{ARTICLE}<div class='Comments'><p>{STORY} Never.</p></div>", "Vote", 9),
        (f"<div class='story-body'>{ARTICLE}<ul id='commentlist'><li>{STORY} No.</li></ul></div>", "Vote", 9),
        (f"<div>{ARTICLE}<div id='infinite-scroll'><p>{STORY} Next.</p></div></div>", "Vote", 9),
        (f"<article><p>{STORY}</p></article>", STORY, 1),
        (f"<article>{''.join(f'<p>{line}</p>' for line in LINES[:4])}</article>{CARDS}", LINES[0], 4),
        ("<div></div>", "", 1),
    ],
)
def test_the_short_way_gives_the_same(body: str, first: str, lines: int) -> None:
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    before = html.tostring(tree)
    text = read_fast(tree)
    assert text == by_trafilatura(tree)
    assert (text.split("\n")[0], len(text.split("\n"))) == (first, lines)
    assert html.tostring(tree) == before, "the pruned tree must stay as it is"


def test_a_page_that_trafilatura_gives_up_has_no_text() -> None:
    """libxml2 lets a reference to a control character in, and lxml writes none where an element before it goes."""
    tree = html.document_fromstring(f"<html><body><p>{STORY}<span></span>&#1;</p>{ARTICLE}</body></html>")
    assert (read_fast(tree), by_trafilatura(tree)) == ("", "")
