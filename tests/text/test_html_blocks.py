"""Blocks of a page and the paths they stand at."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.text.html_blocks import build_element_path, build_element_step, is_silent, split_blocks


def found(markup: str) -> list[tuple[str, str]]:
    return [(block.path, block.text) for block in split_blocks(html.fragment_fromstring(markup))]


def test_a_block_is_what_prints_as_one_paragraph() -> None:
    markup = "<div>One <i>two</i> three<p>Four<br>five</p> six <span>seven</span><ul><li>eight</li></ul></div>"
    assert found(markup) == [("", "One two three"), ("p", "Four"), ("p", "five"), ("", "six seven"), ("ul/li", "eight")]


def test_each_block_knows_its_element() -> None:
    root = html.fragment_fromstring("<div>One<section><p>Two <b>x</b></p></section></div>")
    assert [block.element for block in split_blocks(root)] == [root, root[0][0]]


def test_a_step_is_tag_id_and_first_classes_without_numbers() -> None:
    markup = '<div><div id="post-123" class="c-7a hentry category-sea"><p class="x"> A  b </p></div></div>'
    assert found(markup) == [("div#post-0.c-0a.hentry/p.x", "A b")]


def test_a_step_of_endless_names_is_as_one_of_short_ones() -> None:
    element = html.fragment_fromstring(f'<div id="{"i" * 500}" class="{"a" * 500} {"b" * 500} {"c" * 500}"></div>')
    assert build_element_step(element) == f"div#{'i' * 40}.{'a' * 40}.{'b' * 40}"


def test_what_holds_no_running_text_is_passed_over() -> None:
    markup = (
        "<div><script>x</script><nav>n</nav>a<figure>f</figure> b<p style='display: none'>h</p><p hidden>h</p>"
        "<p style='color:red'>c</p><!-- k --><button>b</button></div>"
    )
    assert found(markup) == [("", "a b"), ("p", "c")]
    assert is_silent(html.fragment_fromstring("<div><!-- k --></div>")[0])


@pytest.mark.parametrize(
    ("inner", "mark"),
    [
        ("<a>Other story</a>", "@a"),
        ("See: <a>Other story of the day</a>", "@a"),
        ("A sentence with <a>one</a> link", ""),
        ("<em>Photo: A. Auk</em>", "@i"),
        ("<strong>What is known</strong>", "@b"),
        ("<strong><a>Both</a></strong>", "@a"),
    ],
)
def test_a_block_that_is_all_link_slanted_or_bold_says_so(inner: str, mark: str) -> None:
    assert [place for place, _ in found(f"<div><p>{inner}</p></div>")] == [f"p{mark}"]


def test_marks_end_with_their_block() -> None:
    assert found("<div><p><a>linked</a></p><p> </p><p>plain</p></div>") == [("p@a", "linked"), ("p", "plain")]


def test_a_deep_tree_ends_as_one_block() -> None:
    deep = "<div>" * 90 + "at the bottom" + "</div>" * 90
    assert found(deep) == [("/".join(["div"] * 60), "at the bottom")]


def test_a_path_leads_from_below_body() -> None:
    page = html.document_fromstring("<html><body class=b><main id=m><p class='a b c'>x</p></main></body></html>")
    paragraph = next(page.iter("p"))
    assert (build_element_path(paragraph), build_element_step(paragraph)) == ("main#m/p.a.b", "p.a.b")
