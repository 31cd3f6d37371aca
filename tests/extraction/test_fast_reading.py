"""The short way to Trafilatura's fast mode gives what the long one gives, to the letter."""

from __future__ import annotations

from random import Random

import pytest
from lxml import html
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from monitor.extraction.body.readings import read_fast

STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
LINES = [f"{STORY} {number}" for number in range(8)]
ARTICLE = f"<article><h1>Vote</h1>{''.join(f'<p>{line}</p>' for line in LINES)}</article>"
ROWS = f"<tr><td><a href=/x>{STORY}</a> No</td></tr><tr><td><a href=/y>{STORY} {STORY}</a></td></tr>"
LINKED = f"<table>{ROWS}</table>"
SAID = "<div><a href=/x>Ann Example said</a> of it, <a href=/y>she said</a><br>that it is late</div>"
CARDS = "".join(f"<div><div><i>{STORY} Card {number}, by hand.</i></div></div>" for number in range(60))


def by_trafilatura(tree: html.HtmlElement) -> str:
    found = bare_extraction(tree, options=Extractor(output_format="python", fast=True, comments=False))
    return found.text or "" if isinstance(found, Document) else ""


NAMES = (
    "post-content", "share-bar", "x caption", "Teaser", "hidden", "comments-title", "main-nav", "entry", "widget ad",
    "reply-1", "cookie", "article-body", "related", "author byline", "content", "main", "story " * 99,
)  # fmt: skip
MARKS = (
    " style='display:none'", " aria-hidden=true", " role=Navigation", " role=presentation",
    " data-lp-replacement-content", " data-component=MostPopularStories", " itemprop=articleBody", " dir=ltr",
)  # fmt: skip


class Pages:
    """Pages of any elements, nested as they come: what a page has no sense in is where two ways part."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def make(self) -> str:
        return f"<html><body>{''.join(self._block(0) for _ in range(self._chance.randrange(1, 7)))}</body></html>"

    def _text(self) -> str:
        return " ".join(self._chance.choices(STORY.split(), k=self._chance.choice((0, 0, 1, 8, 30)))) + " \n"

    def _names(self) -> str:
        chance = self._chance
        found = f" class='{chance.choice(NAMES)}'" if chance.random() < 0.4 else ""
        found += f" id='{chance.choice(NAMES)}'" if chance.random() < 0.15 else ""
        return found + (chance.choice(MARKS) if chance.random() < 0.2 else "")

    def _inline(self, depth: int) -> str:
        found = self._text()
        for _ in range(self._chance.randrange(3)):
            tag = self._chance.choice(("a href=/x", "span", "strong", "br", "del", "code", "q", "time", "label", "hr"))
            inner = self._inline(depth + 1) if depth < 2 else self._text()
            name = tag.split()[0]
            found += f"<{tag}{self._names()}>{'' if name in ('br', 'hr') else f'{inner}</{name}>'}{self._text()}"
        return found

    def _block(self, depth: int) -> str:
        tag = self._chance.choice(
            ("div", "div", "p", "p", "ul", "section", "h2", "blockquote", "table", "article", "form")
        )
        if tag in ("p", "h2") or depth > 3:
            return f"<{tag}{self._names()}>{self._inline(0)}</{tag}>"
        parts = [self._block(depth + 1) for _ in range(self._chance.randrange(5))]
        if tag == "ul":
            parts = [f"<li>{part}{self._inline(1)}</li>" for part in parts]
        if tag == "table":
            parts = [f"<tr><td>{part}</td><th>{self._inline(1)}</th></tr>" for part in parts]
        return f"<{tag}{self._names()}>{self._text()}{self._text().join(parts)}</{tag}>{self._text()}"


@pytest.mark.parametrize("seed", range(60))
def test_it_does_on_any_page(seed: int) -> None:
    tree = html.document_fromstring(Pages(seed).make())
    assert read_fast(tree) == by_trafilatura(tree)


@pytest.mark.parametrize(
    ("body", "first", "lines"),
    [
        (ARTICLE, "Vote", 9),
        (f"{ARTICLE}<div class='Comments'><p>{STORY} Never.</p></div>", "Vote", 9),
        (f"<div class='story-body'>{ARTICLE}<ul id='commentlist'><li>{STORY} No.</li></ul></div>", "Vote", 9),
        (f"<div>{ARTICLE}<div id='infinite-scroll'><p>{STORY} Next.</p></div></div>", "Vote", 9),
        (f"<article><p>{STORY}</p></article>", STORY, 1),
        (f"<article>{''.join(f'<p>{line}</p>' for line in LINES[:4])}</article>{CARDS}", LINES[0], 4),
        (f"<article><p>{STORY}</p><p>{STORY}</p>{''.join(f'<p>{line}</p>' for line in LINES)}</article>", STORY, 9),
        (f"{ARTICLE[:-10]}{LINKED}<p>{STORY}</p></article>", "Vote", 10),
        (f"{ARTICLE[:-10]}{SAID}<p>{STORY}</p></article>", "Vote", 10),
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
