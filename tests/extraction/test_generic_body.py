"""Which way gives the text; whole articles are in test_extract.py."""

from __future__ import annotations

from typing import Any

from lxml import html

from monitor.extraction.body.generic_body import read_generic_body

STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
ADDRESS = "https://herald.example/news/ferry"


def text_of(markup: str, stated: str | None = None, **said: Any) -> tuple[str, str]:
    tree = html.document_fromstring(f"<html><body>{markup}</body></html>")
    before = html.tostring(tree)
    found = read_generic_body(tree, ADDRESS, stated, **said)
    assert html.tostring(tree) == before, "the shared tree must stay as it is"
    return found.text, found.rung


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
    found = text_of(f"<h1>Vote</h1><div class='article-body'>{opening}</div><div>{posts}</div>", live=True)
    assert [line for line in found[0].split("\n") if line.startswith("Post")] == [f"Post {n}" for n in range(40)]


def test_nothing_to_read() -> None:
    assert text_of("<div>x</div>")[0] == "x"
    assert text_of("<div></div>") == ("", "trafilatura")


def test_a_reading_as_long_as_json_ld_says_is_believed() -> None:
    """A page whose paragraphs Trafilatura takes in part: the stated number of words tells which reading is whole."""
    opening = "".join(f"<p>{STORY} Opening, part {n}.</p>" for n in range(8))
    posts = "".join(f"<div class='live-post'><h3>Post {n}</h3><p>{STORY} {n}</p></div>" for n in range(40))
    markup = f"<h1>Vote</h1><div class='article-body'>{opening}</div><div>{posts}</div>"
    whole, rung = text_of(markup, live=True)
    assert rung == "paragraphs"
    assert text_of(markup, words=len(whole.split())) == (whole, "paragraphs")
    assert text_of(markup, words=9_000)[0] != whole


def test_an_endless_page_is_not_taken_for_one_article() -> None:
    piece = "<h1>Vote {0}</h1>" + "".join(f"<p>{STORY} {n} of {{0}}.</p>" for n in range(3))
    markup = f"<article>{piece.format(1)}</article>" + "".join(f"<div>{piece.format(n)}</div>" for n in range(2, 12))
    text, _ = text_of(markup, headlines=11)
    assert "0 of 1." in text


def test_joiners_that_persian_spells_with_stay() -> None:
    line = "شورای بندر روز سه\u200cشنبه رای داد که اسکله\u200cی قدیمی به روی کشتی\u200cها باز شود، مقام\u200cها گفتند."
    markup = f"<h1>x</h1><article><p>{line}</p><p><b>۱</b> {line}</p>" + f"<p>{line}</p>" * 4 + "</article>"
    text, _ = text_of(markup)
    assert text.split("\n")[0] == line
    assert "۱" in text


def test_data_of_the_page_s_script_where_little_is_printed() -> None:
    lines = [f"{STORY} {n}" for n in range(6)]
    state = "<script type='application/json'>" + str(lines).replace("'", '"') + "</script>"
    assert text_of(f"<h1>Vote</h1><article><p>{lines[0]}</p></article>{state}") == ("\n".join(lines), "state")
