"""A home page's own words on where its outlet announces its links."""

from __future__ import annotations

import pytest

from monitor.discovery.outlet.homepage import (
    Homepage,
    choose_outlet_title,
    choose_source_name,
    find_listed_root,
    parse_robots_sitemaps,
    read_homepage,
)

HOME = "https://www.hills.example/"


def read(head: str, body: str = "", attributes: str = "") -> Homepage:
    page = f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>"
    return read_homepage(page.encode(), "text/html; charset=utf-8", HOME)


def test_a_wordpress_head_names_feed_and_rest() -> None:
    found = read(
        '<title>Home – The Hills</title><meta property="og:site_name" content="The Hills Gazette">'
        '<meta name="generator" content="WordPress 6.4.3">'
        '<link rel="alternate" type="application/rss+xml" title="The Hills &raquo; Feed" href="/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="The Hills &raquo; Comments Feed" href="/c/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
        '<link rel="https://api.w.org/" href="/wp-json/">',
        '<a href="/a-story/">A</a><a href="https://hills.example/b">B</a><a href="/a-story/">A again</a>'
        '<a href="https://other.example/c">C</a><a href="mailto:desk@hills.example">D</a><a>E</a>',
        'lang="en-GB"',
    )
    assert found == Homepage(
        site_name="The Hills Gazette",
        title="The Hills",
        language="en",
        generator="WordPress",
        feeds=("https://www.hills.example/feed/",),
        rest="https://www.hills.example/wp-json/",
        links=("https://www.hills.example/a-story/", "https://hills.example/b"),
        lists=(),
    )


def test_a_page_that_says_nothing() -> None:
    assert read("", attributes='lang="x"') == Homepage(
        site_name=None, title=None, language=None, generator=None, feeds=(), rest=None, links=(), lists=()
    )


def test_every_type_of_feed_counts_and_a_base_moves_them() -> None:
    types = ("application/rss+xml; charset=utf-8", "application/atom+xml", "application/feed+json", "text/css")
    links = "".join(f'<link rel="feed alternate" type="{kind}" href="f{n}">' for n, kind in enumerate(types))
    found = read(f'<base href="https://cdn.example/x/">{links}<link rel="alternate" hreflang="ru" href="/ru">')
    assert found.feeds == tuple(f"https://cdn.example/x/f{n}" for n in range(3))


def test_of_many_feeds_the_first_five_are_taken() -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(9))
    assert read(links).feeds == tuple(f"{HOME}{n}" for n in range(5))


def test_a_title_without_its_greeting() -> None:
    assert read("<title>Home | The  Hills\nGazette</title>").title == "The Hills Gazette"


def test_sitemaps_of_robots_txt() -> None:
    robots = (
        "User-agent: *\nDisallow: /x\nsitemap: /map.xml\n Sitemap : https://hills.example/news.xml # news\n"
        "Sitemap: https://elsewhere.example/map.xml\nSitemap: /map.xml\nSitemap:\n# Sitemap: /old.xml\n"
    )
    assert parse_robots_sitemaps(robots, HOME) == (
        "https://hills.example/news.xml",
        "https://www.hills.example/map.xml",
    )


def test_of_many_sitemaps_those_of_news_are_not_left_out() -> None:
    robots = "".join(f"Sitemap: /part-{n}.xml\n" for n in range(6)) + "Sitemap: /News-Sitemap.xml\n"
    assert parse_robots_sitemaps(robots, HOME) == (
        "https://www.hills.example/News-Sitemap.xml",
        *(f"https://www.hills.example/part-{n}.xml" for n in range(4)),
    )


@pytest.mark.parametrize(
    ("head", "feeds", "expected"),
    [
        (
            '<meta property="og:site_name" content="The Hills"><title>News and weather</title>',
            ("Gazette",),
            "The Hills",
        ),
        ("<title>News from the valleys – The Hills</title>", ("Sport", "The Hills » Feed"), "The Hills"),
        ("<title>News from the valleys</title>", ("The Hills",), "News from the valleys"),
        ("", ("RSS – The Hills", "Sport"), "The Hills"),
        ("", ("  ",), None),
        (None, ("The Hills - RSS Feed",), "The Hills"),
        (None, (), None),
    ],
)
def test_what_an_outlet_is_called(head: str | None, feeds: tuple[str, ...], expected: str | None) -> None:
    assert choose_outlet_title(None if head is None else read(head), feeds) == expected


def test_lists_of_all_news_by_their_words() -> None:
    found = read(
        "",
        '<a href="/n">News</a><a href="/all?a=1#top">All  news »</a><a href="/all?a=1">Town</a><a href="/">Latest</a>'
        '<a href="/lenta">Лента новостей</a><a href="https://gull.example/all">All news</a><a href="/x">Archive</a>'
        f'<a href="/y">{"Latest news " * 20}</a><a href="/z">ニュース一覧</a><a href="/n">Latest news</a>',
    )
    assert found.lists == (f"{HOME}n", f"{HOME}all?a=1", f"{HOME}lenta")


@pytest.mark.parametrize(
    ("url", "taken", "expected"),
    [
        ("https://xn--e1afmkfd.xn--p1ai/", (), "пример"),
        ("https://en.xn--e1afmkfd.xn--p1ai/", ("пример",), "en-пример-рф"),
        ("https://www.hills.co.uk/news", (), "hills"),
        ("https://en.hills.com.tr/", ("hills",), "en-hills-com-tr"),
        ("https://en.hills.com.tr/", ("hills", "en-hills-com-tr"), "en-hills-com-tr-2"),
        ("http://127.0.0.1:8000/", (), "127-0-0-1-8000"),
    ],
)
def test_names(url: str, taken: tuple[str, ...], expected: str) -> None:
    assert choose_source_name(url, taken) == expected


@pytest.mark.parametrize(
    ("links", "root"),
    [
        ((), "https://feeds.example.net"),
        (("https://feeds.example.net/1", "https://feeds.example.net/2"), "https://feeds.example.net"),
        (("https://www.hills.example/1", "https://hills.example/2"), "https://www.hills.example"),
        (("https://www.hills.example/1", "https://gull.example/2"), "https://feeds.example.net"),
    ],
)
def test_a_feed_stands_where_its_pieces_stand(links: tuple[str, ...], root: str) -> None:
    assert find_listed_root("https://feeds.example.net/hills?format=xml", links) == root
