"""A page read by a template, and the doubts in which it is not."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from monitor.extraction.templates.template import (
    TemplateReading,
    find_containers,
    is_sampled_page,
    measure_agreement,
    read_by_template,
)
from monitor.model.template import Template, load_template

WORDS = "the council met again and put the vote on the ferry off until spring came round"
TEMPLATE = Template(
    anchor=("div.body",),
    text=frozenset({"p", "ul/li"}),
    other=frozenset({"div.promo/p", "p@a"}),
    least=20,
    most=40,
    pages=8,
)


def page(body: str, above: str = "") -> html.HtmlElement:
    return html.document_fromstring(
        f"<html><body>{above}<div class='x'><div class='body'>{body}</div></div></body></html>"
    )


def paragraphs(count: int) -> str:
    return "".join(f"<p>{WORDS} {number}</p>" for number in range(count))


def test_known_places_are_parted() -> None:
    promo = "<div class='promo'><p>Sign up</p></div><p><a>Other</a></p><ul><li>Point</li></ul>"
    assert read_by_template(page(paragraphs(2) + promo), TEMPLATE) == TemplateReading(
        paragraphs=(f"{WORDS} 0", f"{WORDS} 1", "Point"), left_out=("Sign up", "Other"), strange=(), words=35
    )


def test_a_new_kind_of_paragraph_beside_text_is_text_and_a_new_box_is_not() -> None:
    found = read_by_template(
        page(paragraphs(2) + "<h3>Why</h3><div class='fresh'>Box</div><h4><a>Other</a></h4>"), TEMPLATE
    )
    assert found == TemplateReading(
        paragraphs=(f"{WORDS} 0", f"{WORDS} 1", "Why"), left_out=("Box", "Other"), strange=("Box", "Other"), words=35
    )


def test_doubts() -> None:
    assert read_by_template(html.document_fromstring("<body><p>x</p></body>"), TEMPLATE) == "no div.body on the page"
    assert read_by_template(page("<p>Too short</p>"), TEMPLATE) == "2 words in div.body, where 20 and more were"
    assert read_by_template(page(paragraphs(11)), TEMPLATE) == "187 words in div.body, where at most 40 were"
    strange = f"<p>{WORDS}</p>" + f"<div class='new'>{WORDS}</div>" * 2
    assert read_by_template(page(strange), TEMPLATE) == "32 of 48 words in div.body at places not seen before"


def test_of_several_containers_the_fullest_is_read() -> None:
    short = f"<div class='body'><p>{WORDS}</p></div>"
    markup = f"{short}<div class='body'>{paragraphs(2)}</div>{short}<div class='body'></div>"
    found = read_by_template(html.document_fromstring(f"<body>{markup}</body>"), TEMPLATE)
    assert isinstance(found, TemplateReading)
    assert found.words == 34


def test_an_anchor_of_several_steps_names_the_last() -> None:
    tree = html.document_fromstring("<body><div class='a'><div><p>x</p></div></div><div><div>y</div></div></body>")
    assert [element.text_content() for element in find_containers(tree, ("div.a", "div"))] == ["x"]
    assert find_containers(tree, ("body.none", "div.a")) == []
    assert find_containers(html.fragment_fromstring("<div class='b'></div>"), ("p", "div.b")) == []
    many = html.document_fromstring("<body>" + "<div class='b'>x</div>" * 9 + "</body>")
    assert len(find_containers(many, ("div.b",))) == 4


def test_a_standfirst_above_the_container_is_joined() -> None:
    template = replace(TEMPLATE, before=(("p.stand",), ("h2.sub",), ("div.x",)))
    above = "<p>Date</p><p class='stand'>The <b>lead</b>.</p><p class='stand'>Another.</p>"
    below = "<h2 class='sub'>Behind</h2>"
    found = read_by_template(page(paragraphs(2) + below, above), template)
    assert isinstance(found, TemplateReading)
    assert found.paragraphs == ("The lead.", f"{WORDS} 0", f"{WORDS} 1", "Behind")


def found_of(*lines: str, left_out: tuple[str, ...] = (), strange: tuple[str, ...] = ()) -> TemplateReading:
    return TemplateReading(paragraphs=lines, left_out=left_out, strange=strange, words=0)


def test_agreement_counts_what_both_read() -> None:
    assert measure_agreement(found_of("a b c d"), "A b c d") == 1.0
    assert measure_agreement(found_of("a b c d"), "a b c e") == 0.5
    assert measure_agreement(found_of("a b c"), "x y z") == 0.0
    assert measure_agreement(found_of(), "") == 0.0


def test_what_a_template_leaves_out_counts_against_it() -> None:
    other = "a b c d\ne f g h"
    assert measure_agreement(found_of("a b c d"), other) == 2 * 2 / 6
    assert measure_agreement(found_of("a b c d", left_out=("e f g h",)), other) == 2 * 2 / 6
    assert measure_agreement(found_of("a b c d", left_out=("e f g h",), strange=("e f g h",)), other) == 2 * 2 / 6


def test_a_template_survives_its_dump() -> None:
    full = replace(TEMPLATE, before=(("h2.sub",),), site=("The Gull",), repeated=frozenset({7, 5}))
    assert load_template(full.dump(), number=3, trusted=True) == replace(full, number=3, trusted=True)
    assert replace(full, number=3).dump() == full.dump()
    assert full.name == "div.body"


def test_one_page_in_thirty_two_is_sampled_by_its_address() -> None:
    urls = [f"https://gull.example/{number}" for number in range(6400)]
    assert 150 < sum(map(is_sampled_page, urls)) < 250
    assert [url for url in urls if is_sampled_page(url)] == [url for url in urls if is_sampled_page(url)]
