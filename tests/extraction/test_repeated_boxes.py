"""What repeats beside an article, and what repeats in it."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.body.repeated_boxes import find_hidden_parts, find_repeated_boxes

STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
SAID = "I have sailed past that mole for years and nobody ever asked us what we think of it, which is typical."
ARTICLE = f"<main><article><h1>Vote</h1><p>{STORY}</p><p>{STORY}</p></article></main>"


def boxes(markup: str) -> list[str]:
    tree = html.document_fromstring(f"<html><body>{markup}</body></html>")
    return [box.text_content()[:8] for box in find_repeated_boxes(tree)]


@pytest.mark.parametrize(
    "box",
    [
        "<div class=resp><b>Reader</b><p>{}</p></div>",
        "<div class=resp><p>{}</p><time datetime=2026-11-12>12 Nov</time></div>",
        "<li class='even thread-1'><article><span>Reader</span><p>{}</p></article></li>",
        "<div class=resp><div><a href=/u/1>Reader</a></div>{}</div>",
    ],
)
def test_comments_stand_outside_of_the_story(box: str) -> None:
    row = "".join(box.format(SAID) for _ in range(3))
    assert len(boxes(f"{ARTICLE}<div>{row}</div>")) == 3
    assert boxes(f"{ARTICLE}<div>{box.format(SAID) * 2}</div>") == []


def test_an_article_s_own_items_stay_unless_they_are_called_comments() -> None:
    row = "".join(f"<div class=item><h3>Rope {n}</h3><p>{STORY}</p></div>" for n in range(4))
    inside = f"<article><h1>Ropes</h1><p>{STORY}</p><p>{STORY}</p><div class='%s'>{row}</div></article>"
    assert boxes(inside % "ropes") == []
    assert len(boxes(inside % "comments-area")) == 4


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" + "<div class=a><p>label</p></div>" * 4 + "</div>",  # no prose
        "<div>" + f"<div class=a><p>{STORY}</p></div>" * 4 + "</div>",  # no name
        "<div>" + f"<div class=a><b>x</b><p>{STORY * 20}</p></div>" * 4 + "</div>",  # too long
        "<div>" + f"<div class=a>{STORY}</div>" * 4 + "</div>",  # bare text
    ],
)
def test_what_is_no_comment(markup: str) -> None:
    assert boxes(ARTICLE + markup) == []


def test_a_page_of_nothing_but_boxes_is_left() -> None:
    row = f"<div class=c><b>Reader</b><p>{SAID}</p></div>" * 4
    assert boxes(f"<main><h1>Vote</h1></main><div>{row}</div>") == []
    assert boxes(f"<div>{row}</div>") == []
    assert boxes(f"<h1>Vote</h1><div>{row}</div>") == []


def test_boxes_in_boxes_go_once() -> None:
    inner = "<ul class=replies>" + f"<li><b>Answer</b><p>{SAID}</p></li>" * 3 + "</ul>"
    row = f"<div class=c><b>Reader</b><p>{SAID}</p>{inner}</div>" * 3
    assert boxes(f"{ARTICLE}<div>{row}</div>") == ["Reader" + SAID[:2]] * 3


def test_hidden_parts() -> None:
    tree = html.document_fromstring(
        f"<div><p>{STORY * 4}</p><p hidden>a</p><div style='Display: none'><span hidden>b</span></div>"
        "<p style='color: red'>c</p></div>"
    )
    assert [(part.tag, part.text_content()) for part in find_hidden_parts(tree)] == [("p", "a"), ("div", "b")]
    shown_later = html.document_fromstring(f"<div><p>a</p><div style='display:none'><p>{STORY}</p></div></div>")
    assert find_hidden_parts(shown_later) == []
    assert find_hidden_parts(html.document_fromstring("<p>a</p>")) == []


def test_a_story_is_not_at_home_in_the_body() -> None:
    row = "".join(f"<div class=c><b>Reader {n}</b><p>{SAID}</p></div>" for n in range(3))
    assert boxes(f"<h1>Vote</h1><p>{STORY}</p><section>{row}</section>") == []
    assert len(boxes(f"<div><h1>Vote</h1><p>{STORY}</p><p>{STORY}</p></div><section>{row}</section>")) == 3
    assert len(boxes(f"<div><div><h1>Vote</h1></div><p>{STORY}</p><p>{STORY}</p></div><section>{row}</section>")) == 3


def test_related_posts_stand_in_articles_of_their_own() -> None:
    posts = "".join(f"<article class=post><span>Share {n}</span><p>{SAID}</p></article>" for n in range(3))
    assert len(boxes(f"{ARTICLE}<article><h3>You may like</h3>{posts}</article>")) == 3
    entries = f"<article><h1>Vote, live</h1><p>{STORY}</p><p>{STORY}</p>{posts}</article>"
    assert boxes(entries) == []


@pytest.mark.parametrize(
    ("dialog", "gone"),
    [
        ("<div class='privacy-modal'>{}</div>", True),
        ("<div id='onetrust-consent-sdk'>{}</div>", True),
        ("<div role=dialog>{}</div>", True),
        ("<section role=alertdialog><div class=pop-up>{}</div></section>", True),
        ("<div class='cookie-dough'>{}</div>", True),
        ("<div class=cookiery>{}</div>", False),
        ("<div class=modal><article>{}</article></div>", False),  # a page in a box of that name
        (f"<div class='{'wide ' * 50}modal'>{{}}</div>", True),
        ("<div role=note>{}</div>", False),
    ],
)
def test_dialogs_are_no_part_of_the_story(dialog: str, gone: bool) -> None:
    box = dialog.format(f"<p>{SAID}</p>" * 9)
    tree = html.document_fromstring(f"<html><body>{ARTICLE}{box}</body></html>")
    assert [part.text_content() for part in find_hidden_parts(tree)] == [SAID * 9] * gone


def test_a_page_that_is_one_dialog_stays() -> None:
    assert find_hidden_parts(html.document_fromstring(f"<body><h1>Vote</h1><div class=modal><p>{SAID}</p></div>")) == []


def test_a_dialog_in_what_is_hidden_goes_with_it() -> None:
    tree = html.document_fromstring(f"<body>{ARTICLE * 3}<div hidden>a<div class=modal>b</div></div></body>")
    assert [part.text_content() for part in find_hidden_parts(tree)] == ["ab"]
