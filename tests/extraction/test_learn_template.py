"""Templates learned from pages: what most of them agree on, and what is no article's own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from monitor.extraction.templates.learn_template import holds_article, learn_templates
from monitor.extraction.templates.page_sample import (
    PageSample,
    SampledBlock,
    pack_sample,
    take_page_sample,
    unpack_sample,
)
from monitor.extraction.templates.template import TemplateReading, read_by_template
from monitor.model.template import Template

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PROMPT = "Get the five best stories in your inbox every morning"


def words(seed: object, count: int = 20) -> str:
    chance = random.Random(str(seed))
    return " ".join("".join(chance.choices(LETTERS, k=6)) for _ in range(count))


def page(number: int, body: str, around: str = "") -> str:
    return (
        f"<html><head><title>Story {words(number, 3)} | The Gull</title></head><body><ul class='menu'><li>"
        f"<a>Home</a></li></ul><article class='post'>{around}<div class='entry'>{body}</div></article></body></html>"
    )


def paragraphs(number: int, count: int = 3) -> list[str]:
    return [words(f"{number} {part}") for part in range(count)]


def marked(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def taken(number: int, body: str, article: list[str], around: str = "") -> PageSample:
    tree = html.document_fromstring(page(number, body, around))
    return take_page_sample(tree, f"https://gull.example/{number}", "\n".join(article))


def samples(count: int, body: str = "{text}", around: str = "", *, read_too: bool = False) -> list[PageSample]:
    """Pages of three paragraphs; `body` and `around` have {text}, {number} and a text of the page's own, {own}.

    `read_too` puts {own} into what the generic rungs took for the article.
    """
    found = []
    for number in range(count):
        texts = paragraphs(number)
        fill = {"text": marked(texts), "number": number, "own": words(f"own {number}"), "prompt": PROMPT}
        article = [*texts, fill["own"]] if read_too else texts
        found.append(taken(number, body.format(**fill), article, around.format(**fill)))
    return found


def only(found: tuple[Template, ...]) -> Template:
    (template,) = found
    return template


def test_the_container_is_the_deepest_element_around_most_articles() -> None:
    found = only(learn_templates(samples(5)))
    assert (found.anchor, found.text, found.other) == (("div.entry",), {"p"}, frozenset())
    assert (found.least, found.most, found.pages, found.site, found.before) == (60, 60, 5, ("The Gull",), ())
    assert holds_article(samples(1)[0], found.anchor)
    assert not holds_article(samples(1)[0], ("ul.menu",))


def test_too_few_pages_or_none_that_agree_teach_nothing() -> None:
    assert learn_templates(samples(2)) == ()
    assert learn_templates([]) == ()
    apart = [
        take_page_sample(html.document_fromstring(f"<div class='{name}'><p>{words(name)}</p></div>"), name, words(name))
        for name in ("a", "b", "c")
    ]
    assert learn_templates(apart) == ()
    unread = [taken(number, marked(paragraphs(number)), []) for number in range(5)]
    assert learn_templates(unread) == ()


def test_elements_without_a_name_are_no_containers() -> None:
    plain = [
        take_page_sample(
            html.document_fromstring(f"<div><div>{marked(paragraphs(n))}</div></div>"), str(n), "\n".join(paragraphs(n))
        )
        for n in range(4)
    ]
    assert learn_templates(plain) == ()
    main = [
        take_page_sample(
            html.document_fromstring(f"<main><div>{marked(paragraphs(n))}</div></main>"),
            str(n),
            "\n".join(paragraphs(n)),
        )
        for n in range(4)
    ]
    assert only(learn_templates(main)).anchor == ("main", "div")


@pytest.mark.parametrize(
    "junk",
    [
        "<div class='promo'><p>{prompt}</p></div>",  # repeated
        "<div class='pic'><img><p>{own}</p></div>",  # a caption
        "<div class='rel'><a>{own}</a></div>",  # a link
        "<div class='tease'><h4><a>{own}</a></h4><p>{number} short</p></div>",  # mostly link
        "<p><a>{own}</a></p>",
    ],
)
def test_what_is_not_the_articles_own_is_left_out_though_generic_rungs_read_it(junk: str) -> None:
    found = only(learn_templates(samples(6, "{text}" + junk + "<p>{number} end of it</p>", read_too=True)))
    body = marked(paragraphs(99)) + junk.format(prompt=PROMPT, own=words("own 99"), number=99)
    result = read_by_template(html.document_fromstring(page(99, body)), found)
    assert isinstance(result, TemplateReading)
    assert list(result.paragraphs) == paragraphs(99)


def test_comments_under_a_set_label_behind_the_article_are_left_out() -> None:
    tail = "<div class='comments'><b>Comments</b><div class='one'>{own}</div></div>"
    found = only(learn_templates(samples(6, "<div class='text'>{text}</div>" + tail, read_too=True)))
    assert "div.comments/div.one" in found.other
    second = "<div class='second'><p>{own}</p></div>"
    assert (
        "div.second/p"
        in only(learn_templates(samples(6, "<div class='text'>{text}</div>" + second, read_too=True))).text
    )


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("<div class='quote'>{own}</div>", True),
        ("<div class='box'><p>{own}</p></div>", True),
        ("<h3>Why {number}</h3>", True),
        ("<div class='label'>Part {number}</div>", False),
        ("<div class='box'><p>{own}</p><a>{number} more</a></div>", False),
        ("<div class='box'>{own}</div><div class='box'><p>{prompt}</p></div>", True),
    ],
)
def test_words_of_its_own_amid_the_article_are_text_though_generic_rungs_pass_over_them(own: str, text: bool) -> None:
    half = [
        taken(
            n, f"<p>{a}</p>{own.format(own=words(f'own {n}'), number=n, prompt=PROMPT)}<p>{b}</p><p>{c}</p>", [a, b, c]
        )
        for n in range(5)
        for a, b, c in [paragraphs(n)]
    ]
    path = {"<div class='b": "div.box/p", "<div class='q": "div.quote", "<h3>Why {": "h3", "<div class='l": "div.label"}
    place = "div.box" if own.endswith("{prompt}</p></div>") else path[own[:13]] if own[:13] in path else path[own[:9]]
    assert (place in only(learn_templates(half)).text) is text


def test_a_standfirst_in_front_is_part_of_the_text_and_the_headline_is_not() -> None:
    around = "<h1 class='h'>{own}</h1><p class='stand'>{own}</p>"
    pages = [
        taken(n, marked(paragraphs(n, 12)), [*paragraphs(n, 12), own], around.format(own=own))
        for n in range(5)
        for own in [words(f"own {n}", 9)]
    ]
    assert only(learn_templates(pages)).before == (("p.stand",),)


def test_pages_of_another_type_have_a_template_of_their_own() -> None:
    videos = [
        take_page_sample(
            html.document_fromstring(f"<body><section id='clip-{n}'>{marked(paragraphs(n))}</section></body>"),
            f"{n}",
            "\n".join(paragraphs(n)),
        )
        for n in range(50, 54)
    ]
    assert [template.anchor for template in learn_templates([*samples(5), *videos])] == [
        ("div.entry",),
        ("section#clip-0",),
    ]


def test_at_most_four_types_are_learned() -> None:
    pages = [
        take_page_sample(
            html.document_fromstring(f"<body><div class='t{name}'>{marked(paragraphs(n))}</div></body>"),
            f"{n}",
            "\n".join(paragraphs(n)),
        )
        for name in "abcdef"
        for n in range(ord(name) * 10, ord(name) * 10 + 3)
    ]
    assert len(learn_templates(pages)) == 4


def test_a_report_printed_twice_counts_once() -> None:
    one = samples(1)[0]
    assert learn_templates([one, one, one, *samples(2)[1:]]) == ()


def test_lines_repeated_at_the_bodys_own_place_are_named() -> None:
    found = only(learn_templates(samples(5, "{text}<p>{prompt}</p>")))
    prompt = samples(1, "{text}<p>{prompt}</p>")[0].spots[-1].key
    assert (found.text, found.repeated) == ({"p"}, {prompt})


BODIES = st.lists(
    st.tuples(st.sampled_from(["p", "div.a", "div.b/p", "p@a", "h3"]), st.integers(0, 6), st.booleans()), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(pages=st.lists(BODIES, max_size=6), order=st.randoms(use_true_random=False))
def test_learning_never_fails_and_knows_no_order(
    pages: list[list[tuple[str, int, bool]]], order: random.Random
) -> None:
    made = [
        PageSample(
            url=str(number),
            title="",
            container="div.x",
            spots=tuple(
                SampledBlock(path=f"div.x/{path}", key=number * 10 + key % 3, words=key + 1, kept=kept)
                for path, key, kept in spots
            ),
        )
        for number, spots in enumerate(pages)
    ]
    found = learn_templates(made, support=2)
    assert all(template.text.isdisjoint(template.other) for template in found)
    assert [unpack_sample(pack_sample(one)) for one in made] == made
    order.shuffle(made)
    assert [(one.anchor, one.text, one.other) for one in learn_templates(made, support=2)] == [
        (one.anchor, one.text, one.other) for one in found
    ]
