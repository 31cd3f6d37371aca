"""What goes from a page by its form, and what stays though it has links."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.body.clutter import prune_clutter

ADDRESS = "https://herald.example/news/ferry?x=1"
STORY = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours."
STORIES = "".join(f"<p>{STORY} {n}</p>" for n in range(6))


def left(markup: str) -> str:
    tree = html.document_fromstring(f"<html><body><article><h1>Vote put off</h1>{markup}</article></body></html>")
    prune_clutter(tree, ADDRESS)
    kept: str = html.tostring(tree.find(".//article"), encoding="unicode")
    return kept.removeprefix("<article><h1>Vote put off</h1>").removesuffix("</article>")


@pytest.mark.parametrize(
    "clutter",
    [
        '<p>Read also: <a href="/news/boats">Two boats were sold to a yard before the winter came</a></p>',
        '<ul><li><a href="/a">The yard wants an answer</a></li><li><a href="/b">Mail boat sold</a></li></ul>',
        "<script>1</script><style>p{}</style><nav>Menu</nav><aside>News</aside><button>Share</button>",
        '<figure><img src="a.jpg"><figcaption>A boat. Photo: Ann Example</figcaption></figure>',
        '<div><a href="/a"><img></a><div><h3><a href="/a">Boats sold</a></h3><p>They are old ones.</p></div></div>',
        '<div class="card"><h3><span>Boats sold</span><a href="/a">Boats sold</a></h3><p>They are old ones.</p></div>',
        '<a href="https://other.example/x"><h3>Two boats were sold</h3><p>They are old, said the yard.</p></a>',
        '<div><h2>More news</h2><ul><li><a href="/a">The yard wants an answer</a></li></ul></div>',
        '<h2>News</h2><p><a href="/a">The yard wants an answer</a></p><h2>More</h2><p><a href="/b">Boats sold</a></p>',
        '<p>More on this:</p><p><a href="/a">The yard wants an answer</a></p>',
    ],
)  # fmt: skip
def test_clutter_goes(clutter: str) -> None:
    assert left(STORIES + clutter) == STORIES


@pytest.mark.parametrize(
    "kept",
    [
        f'<p>{STORY} <a href="/a">He said so</a> on Monday.</p>',
        '<p><a href="#part2">Part two of this report begins below</a></p>',
        '<p><a>An anchor without an address</a></p><p><a href="">Empty</a></p>',
        '<p><a href="javascript:void(0)">Show the whole of this quotation</a></p>',
        '<h2><a href="/news/ferry">Vote put off, as it happened</a></h2>',
        '<h2><a href="https://herald.example/news/ferry#post-2">Second post</a></h2>',
        "<figure><table><tr><td>Boats</td><td>2</td></tr></table></figure>",
        f'<blockquote><p>{STORY}</p></blockquote>',
        '<h2>What comes next:</h2><p>A new date was not named.</p>',
    ],
)  # fmt: skip
def test_what_stays(kept: str) -> None:
    assert left(STORIES + kept + STORIES) == STORIES + kept + STORIES


def test_what_holds_nothing_goes() -> None:
    held = f'<div></div>{STORIES}<a href="/x"><img></a><span> </span><div><p>{STORY}</p><i></i></div>'
    assert left(held) == f'{STORIES}<a href="/x"></a><span> </span><div><p>{STORY}</p></div>'


def test_a_link_around_the_article_is_no_teaser() -> None:
    whole = f'<a href="/app"><div>{STORIES * 4}</div></a>'
    assert left(whole) == whole


def test_a_link_around_the_headline_is_no_teaser() -> None:
    tree = html.document_fromstring(f'<a href="/app"><div><h1>Vote put off</h1></div></a>{STORIES}')
    prune_clutter(tree, ADDRESS)
    assert tree.find(".//h1") is not None


def test_a_linked_headline_keeps_the_text_under_it() -> None:
    markup = '<div><h1>Vote</h1><p><a href="/a">The yard wants an answer</a></p><p>A new date was not named.</p></div>'
    tree = html.document_fromstring(markup)
    prune_clutter(tree, ADDRESS)
    assert " ".join(tree.text_content().split()) == "VoteA new date was not named."


def test_the_speaker_under_a_quotation_does_not_take_it_along() -> None:
    quote = f'<div><p>{STORY}</p><p><a href="/people/example">Ole Example</a></p></div>'
    assert left(STORIES + quote) == STORIES + f"<div><p>{STORY}</p></div>"


def test_text_behind_a_teaser_stays() -> None:
    assert (
        left(f'{STORIES}<p><a href="/a">The yard wants an answer</a></p>and this too')
        == STORIES.replace("</p>", "</p>", 1) + "and this too"
    )


def test_a_label_with_text_behind_it_stays() -> None:
    markup = 'More:<br> loose words<p><a href="/a">The yard wants an answer</a></p>'
    assert left(markup) == "More:<br> loose words"


def test_a_directory_of_links_keeps_them() -> None:
    links = '<p><a href="/a">The yard wants an answer</a></p>' * 3_001
    assert left(STORIES + links) == STORIES + links


def test_a_linked_line_far_down_a_list_heads_no_card() -> None:
    rest = (
        "<b></b>" * 20,
        f"<p>{STORY}</p>",
    )
    card = f'<div>{rest[0]}<p><a href="/a">Sold</a></p>{rest[1]}</div>'
    assert left(STORIES + card) == f"{STORIES}<div>{rest[0]}{rest[1]}</div>"


def test_a_page_that_is_one_form_stays_and_a_prompt_goes() -> None:
    prompt = "<div>Get the news by mail. <form><input type=email></form></div>"
    story = f"<form><input><h1>x</h1><p>{'A sentence of prose. ' * 30}</p></form>"
    tree = html.document_fromstring(f"<body>{story}{prompt}</body>")
    prune_clutter(tree, "https://herald.example/x")
    assert (tree.find(".//p") is not None, "by mail" in tree.text_content()) == (True, False)


def test_what_no_reader_sees_goes_with_what_stands_in_it() -> None:
    more = "<span style='display:none'>Report</span>"
    comments = "".join(f"<div class='c'><b>Reader {n}</b><p>{STORY}</p>{more}</div>" for n in range(3))
    assert left(f"{STORIES}<p hidden>{STORY}</p><div class='comments'>{comments}</div>") == STORIES


def test_a_linked_quotation_and_an_announced_list_stay() -> None:
    quoted = f'<p><a href="/speech">“{STORY}”</a></p>'
    assert left(STORIES + quoted + STORIES) == STORIES + quoted + STORIES
    items = '<ul><li><a href="/a">Survey of the wall</a></li><li><a href="/b">Petition of the streets</a></li></ul>'
    announced = f"<p>The council has these papers before it:</p>{items}"
    assert left(STORIES + announced) == STORIES + announced
    assert left(f"{STORIES}<p>Read also:</p>{items}") == STORIES
    assert left(f"{STORIES}<div>{items}</div>") == STORIES


def test_a_box_around_a_prompt_ends_below_the_headline() -> None:
    prompt = "<div><p>Our letter, every morning.</p><form><input type='email'></form></div>"
    assert left(f"<p>{STORY}</p>{prompt}") == f"<p>{STORY}</p>"
    tree = html.document_fromstring(f"<body><div><h1>Vote</h1><p>{STORY}</p><form>Mail<input></form></div></body>")
    prune_clutter(tree, ADDRESS)
    assert tree.text_content() == f"Vote{STORY}"


def test_teasers_have_headlines_of_the_first_order_too() -> None:
    """Where one h1 leads nowhere, two that lead to other pages are headlines of teasers."""
    inside = f"<a href='/a'><div><h1>Boats sold</h1><p>{STORY}</p></div></a>"
    within = "<div><h1><a href='/b'>Yard asks</a></h1><p>It wants an answer.</p></div>"
    assert left(STORIES + inside + within) == STORIES
    assert "Yard asks" in left(STORIES + within)


def test_what_goes_is_named() -> None:
    comments = "".join(f"<div class='c'><b>Reader {n}</b><p>{STORY}</p></div>" for n in range(3))
    prompt = "<div><p>Our letter</p><form>Mail<input></form></div>"
    markup = (
        f"<p>{STORY}</p><p hidden>For robots</p><div class='comments'>{comments}</div>{prompt}<p><a href='/a'>B</a>"
    )
    tree = html.document_fromstring(f"<html><body><article><h1>Vote</h1>{STORIES}{markup}</article></body></html>")
    named = [f"Reader {n} {STORY}"[:80] + "…" for n in range(3)]
    assert prune_clutter(tree, ADDRESS) == ("For robots", *named, "Our letter Mail", "1 × links to other pages")
    assert prune_clutter(html.document_fromstring(f"<div><h1>Vote</h1>{STORIES}</div>"), ADDRESS) == ()


def test_captions_and_asides_are_named_and_navigation_is_counted() -> None:
    table = "<figure><table><tr><td>40 cars</td></tr></table><figcaption>By the port</figcaption></figure>"
    markup = (
        "<nav><a href='/a'>A</a></nav><nav>B</nav><aside>Who is who <figure><figcaption>In it</figcaption></figure>"
        f"<script>no()</script></aside><figure><img><figcaption>The quay</figcaption></figure>{table}"
        "<figure><img></figure><footer>Imprint</footer>"
    )
    tree = html.document_fromstring(f"<html><body><article><h1>Vote</h1>{STORIES}{markup}</article></body></html>")
    assert prune_clutter(tree, ADDRESS) == ("Who is who In it", "The quay", "By the port", "2 × nav", "1 × footer")
    assert "40 cars" in tree.text_content()


def test_two_forms_in_one_box_are_one_prompt() -> None:
    box = "<div><p>Our letter</p><form>Mail<input></form><form>Text<input></form></div>"
    tree = html.document_fromstring(f"<html><body><article><h1>Vote</h1>{STORIES}{box}</article></body></html>")
    assert prune_clutter(tree, ADDRESS) == ("Our letter Mail Text",)


def test_a_list_in_a_cell_is_written_as_the_cell_s_text() -> None:
    table = "<table><tr><td><ul><li>Two boats</li><li>One yard</li></ul></td></tr></table>"
    assert left(STORIES + table) == STORIES + "<table><tr><td>Two boats One yard </td></tr></table>"
