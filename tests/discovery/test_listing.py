"""Pages of links: which are articles, what they are called, where the next page is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.discovery.formats.listing import parse_listing
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source

URL = "https://news.example/region/hills"
SOURCE = Source(
    name="news",
    spider="listing",
    title="News",
    address="https://news.example",
    every=600,
    endpoints=(Endpoint(kind="listing", url=URL),),
    article=r"^https://news\.example/(?P<path>(?:news|opinion)/[^/?#]+)",
    canonical="https://news.example/{path}",
    pages=2,
)


def read(html: str, url: str = URL) -> Listing | Rejection:
    endpoint = Endpoint(kind="listing", url=url)
    return parse_listing(html.encode(), "text/html", url=url, endpoint=endpoint, source=SOURCE)


def more(html: str, url: str = URL) -> tuple[str, ...]:
    listing = read(f'<a href="/news/a">A piece of news</a>{html}', url)
    assert isinstance(listing, Listing)
    return tuple(endpoint.url for endpoint in listing.more)


def entry(path: str, title: str | None, **said: str) -> Entry:
    return Entry(
        url=f"https://news.example{path}", key=f"https://news.example{path}", endpoint=URL, title=title, **said
    )


def test_teasers_become_entries_once_in_order_under_their_headline():
    html = f"""<nav><a href="/">Home</a> <a href="/region/hills">Hills</a>
    <a href="mailto:x@news.example">Mail</a></nav>
    <article><a href="/opinion/b-two"><img src="x.jpg"></a><span>Editor's choice</span>
      <a href="/opinion/b-two">Second  thoughts on goats</a>
      <a href="/opinion/b-two">Read more<span> about Second thoughts on goats and more words</span></a></article>
    <article><a href="/news/a-one#top">Read more about the first</a>
      <h2><a href="/news/a-one">Goats win</a></h2></article>
    <article><a href="/news/c-three"><h3>A goat returns</h3><p>With a long lead that is no title.</p></a></article>
    <a href="/news/d-four">Photo</a> <a href="/news/d-four">Four goats leave</a>
    <a href="/news/e-five"><img></a>
    <a href="/news/f-six">{"word " * 120}</a>
    <a name="anchor">no link</a>"""
    assert read(html) == Listing(
        entries=(
            entry("/opinion/b-two", "Second thoughts on goats"),
            entry("/news/a-one", "Goats win"),
            entry("/news/c-three", "A goat returns"),
            entry("/news/d-four", "Four goats leave"),
            entry("/news/e-five", None),
            entry("/news/f-six", None),
        )
    )


def test_links_are_joined_to_the_base():
    listing = read('<base href="https://news.example/news/"><a href="a-one">A goat again</a>')
    assert listing == Listing(entries=(entry("/news/a-one", "A goat again"),))


@pytest.mark.parametrize(
    ("html", "url", "following"),
    [
        ('<a href="?page=1">2</a><a href="?page=7">last</a>', URL, (f"{URL}?page=1",)),
        ('<a href="?page=2">3</a><a href="?page=1">2</a>', f"{URL}?page=1", (f"{URL}?page=2",)),
        ('<a href="?page=3">4</a>', f"{URL}?page=2", (f"{URL}?page=3",)),
        ('<a href="?page=1">2</a>', f"{URL}?page=x", (f"{URL}?page=1",)),
        ('<a href="?page=1&amp;created[min]=3">2</a><a href="?created=4">x</a>', URL, ()),
        ('<a href="?tag=4&amp;page=1">2</a>', f"{URL}?tag=4", (f"{URL}?tag=4&page=1",)),
        ('<a href="/other?page=1">2</a><a href="https://other.example/region/hills?page=1">2</a>', URL, ()),
        ('<a rel="next" href="/region/hills/page/2">older</a>', URL, (f"{URL}/page/2",)),
        ('<a rel="next" href="/region/hills/page/3/">older</a>', f"{URL}/page/2/", (f"{URL}/page/3/",)),
        ('<a rel="next" href="/region/other">older</a>', URL, ()),
        ('<a rel="next" href="?start=20">older</a>', URL, (f"{URL}?start=20",)),
        ('<a rel="next" href="/news/b">sibling</a>', URL, ()),
        ("", URL, ()),
    ],
)
def test_the_next_page_and_no_other_parameter(html, url, following):
    assert more(html, url) == following


def test_a_page_without_pieces_has_no_next():
    assert read('<a href="?page=1">2</a>') == Listing(entries=())


def test_a_page_without_links_is_no_listing():
    assert read("<p>Checking your browser</p>") == Rejection(
        outcome=Outcome.NOT_ARTICLE, reason="a listing without a single link"
    )


def test_raw_letters_of_a_query_are_sent_in_the_pages_encoding():
    body = '<meta charset="windows-1251"><a href="/n.php?t=Новость">Первая новость дня</a>'.encode("cp1251")
    source = replace(SOURCE, article=None)
    listing = parse_listing(body, "text/html", url=URL, endpoint=SOURCE.endpoints[0], source=source)
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ["https://news.example/n.php?t=%CD%EE%E2%EE%F1%F2%FC"]


def test_pages_of_the_list_are_no_articles_and_a_button_may_lead_on():
    html = """<a href="/news/goats-came-back">Goats came back today</a><a href="?page=1">1</a><a href="?page=7">7</a>
    <button data-url="?page=2" aria-label="2"></button><div data-next-url="/other"></div>"""
    source = replace(SOURCE, article=None)
    listing = parse_listing(html.encode(), "text/html", url=URL, endpoint=SOURCE.endpoints[0], source=source)
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ["https://news.example/news/goats-came-back"]
    assert [endpoint.url for endpoint in listing.more] == [f"{URL}?page=2"]


@pytest.mark.parametrize(
    ("html", "following"),
    [
        ('<form action="/region/hills?x=1"><button name="page" value="2">More</button></form>', (f"{URL}?page=2",)),
        ('<form><button name="page" value="2">More</button></form>', (f"{URL}?page=2",)),
        ('<form method="post"><button name="page" value="2">More</button></form>', ()),
        ('<form><button formaction="?page=2">More</button></form>', (f"{URL}?page=2",)),
        ('<form><button name="page">More</button></form><button name="page" value="2">More</button>', ()),
    ],
)
def test_a_button_of_a_form_leads_on(html: str, following: tuple[str, ...]) -> None:
    assert more(html) == following


@pytest.mark.parametrize(
    ("teaser", "title"),
    [
        ('<article><h2>The ferry sails</h2><a href="/news/a">More</a></article>', "The ferry sails"),
        ('<li><div><h3>The ferry sails</h3></div><p><a href="/news/a">10:45</a></p></li>', "The ferry sails"),
        ('<h2>All news</h2><ul><li><a href="/news/a">Ferry</a></li><li><a href="/news/b">Rope</a></li></ul>', "Ferry"),
        ('<article><h2>Two</h2><h3>Headings</h3><a href="/news/a">Ferry</a></article>', "Ferry"),
        ('<article><h2><a href="/town">Town</a></h2><a href="/news/a">Ferry</a></article>', "Ferry"),
        ('<a href="/news/a" title="The ferry sails again"><img></a>', "The ferry sails again"),
        ('<a href="/news/a" aria-label="The ferry sails again">Go</a>', "The ferry sails again"),
        ('<a href="/news/a" title="News">10:45</a>', None),
        ('<a href="/news/a">渡</a>', "渡"),
    ],
)
def test_the_headline_may_stand_beside_the_link(teaser: str, title: str | None) -> None:
    listing = read(f"<main><p><a href='/about'>About</a></p>{teaser}</main>")
    assert isinstance(listing, Listing)
    assert listing.entries[0].title == title


def test_what_several_links_say_is_no_headline() -> None:
    listing = read(
        "".join(f'<p>No heading</p><a href="/news/{n}">Read more about it</a>' for n in "ab")
        + '<a href="/news/a"><h3>Weather</h3></a><a href="/news/c"><h3>Weather</h3></a>'
    )
    assert isinstance(listing, Listing)
    assert [entry.title for entry in listing.entries] == ["Weather", None, "Weather"]
