"""Which way gives the text; whole articles are in test_extract.py."""

from __future__ import annotations

from lxml import html

from monitor.extraction.body.generic_body import read_generic_body

STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
ADDRESS = "https://herald.example/news/ferry"


def text_of(markup: str, stated: str | None = None) -> tuple[str, str]:
    tree = html.document_fromstring(f"<html><body>{markup}</body></html>")
    before = html.tostring(tree)
    found = read_generic_body(tree, ADDRESS, stated)
    assert html.tostring(tree) == before, "the shared tree must stay as it is"
    return found


def test_precise_trafilatura() -> None:
    paragraphs = "".join(f"<p>{STORY} {n}</p>" for n in range(8))
    lines = "\n".join(f"{STORY} {n}" for n in range(8))
    assert text_of(f"<h1>Vote</h1><article>{paragraphs}</article>", STORY) == (lines, "trafilatura")


def test_a_fuller_body_that_the_page_states() -> None:
    full = "\n".join(f"{STORY} {n}" for n in range(8))
    assert text_of(f"<h1>Vote</h1><article><p>{STORY}</p></article>", full) == (full, "json-ld")


def test_posts_that_trafilatura_leaves_out() -> None:
    """A live blog: the opening stands in the container that Trafilatura knows, the posts beside it."""
    opening = "".join(f"<p>{STORY} Opening, part {n}.</p>" for n in range(8))
    posts = "".join(f"<div class='live-post'><h3>Post {n}</h3><p>{STORY} {n}</p></div>" for n in range(40))
    found = text_of(f"<h1>Vote</h1><div class='article-body'>{opening}</div><div>{posts}</div>")
    assert found[1] == "paragraphs"
    assert [line for line in found[0].split("\n") if line.startswith("Post")] == [f"Post {n}" for n in range(40)]


def test_nothing_to_read() -> None:
    assert text_of("<div>x</div>") == ("x", "trafilatura-default")
