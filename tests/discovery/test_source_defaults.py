"""Shipped outlets and a user's overrides, merged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.source import Endpoint, Source
from monitor.text.urls import build_link_key, is_article_url

SHIPPED = parse_outlets((Path(__file__).parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
TABLES = parse_outlets(
    """
    [feed]
    needs = ["feeds"]
    [listing]
    needs = ["listings", "article"]
    [bare]
    [system]
    needs = ["address"]
    feeds = ["/feed"]
    [system.api]
    urls = ["/new", "/changed"]
    [paper]
    title = "The Paper"
    address = "https://www.paper.example"
    language = "en"
    zone = "Europe/Paris"
    feeds = ["/rss"]
    sitemaps = ["/sitemap.xml"]
    listings = ["news"]
    article = '^https?://(?:www\\.)?{host}/(?P<section>[a-z]+)/(?P<id>\\d+)'
    identity = "paper:{id}"
    canonical = "{address}/{section}/{id}"
    cut = ["More"]
    pages = 3
    [paper.api]
    url = "/api"
    limit = 10
    [paper.api.sections]
    world = 7
    """
)


def test_a_shipped_outlet_needs_no_word_from_the_user():
    assert build_source("morning", "paper", None, TABLES) == Source(
        name="morning",
        spider="paper",
        title="The Paper",
        address="https://www.paper.example",
        every=600,
        endpoints=(
            Endpoint(kind="feed", url="https://www.paper.example/rss"),
            Endpoint(kind="sitemap", url="https://www.paper.example/sitemap.xml"),
            Endpoint(kind="listing", url="https://www.paper.example/news"),
            Endpoint(
                kind="api",
                url="https://www.paper.example/api",
                body='{"sectionId": 7, "limit": 10, "type": "all"}',
            ),
        ),
        article=r"^https?://(?:www\.)?paper\.example/(?P<section>[a-z]+)/(?P<id>\d+)",
        identity="paper:{id}",
        canonical="https://www.paper.example/{section}/{id}",
        language="en",
        zone="Europe/Paris",
        cut=("More",),
        pages=3,
        enabled=True,
        backlog=False,
    )


def test_the_user_has_the_last_word():
    section = {
        "spider": "paper",
        "title": "Mirror",
        "address": "http://127.0.0.1:8080/",
        "every": 90,
        "enabled": False,
        "alert_backlog": True,
        "feeds": ("https://elsewhere.example/feed", "/rss", "/rss"),
        "sitemaps": (),
        "listings": (),
        "api": False,
        "article": None,
        "identity": None,
        "canonical": None,
        "language": "fr",
        "zone": "UTC",
        "cut": (),
        "pages": 0,
    }
    assert build_source("mirror", "paper", section, TABLES) == Source(
        name="mirror",
        spider="paper",
        title="Mirror",
        address="http://127.0.0.1:8080/",
        every=90,
        endpoints=(
            Endpoint(kind="feed", url="https://elsewhere.example/feed"),
            Endpoint(kind="feed", url="http://127.0.0.1:8080/rss"),
        ),
        article=r"^https?://(?:www\.)?127\.0\.0\.1:8080/(?P<section>[a-z]+)/(?P<id>\d+)",
        identity="paper:{id}",
        canonical="http://127.0.0.1:8080/{section}/{id}",
        language="fr",
        zone="UTC",
        cut=(),
        pages=0,
        enabled=False,
        backlog=True,
    )


def test_a_generic_source_is_what_the_user_says():
    section = {"feeds": ("https://news.example/rss",), "every": None}
    assert build_source("news", "feed", section, TABLES) == Source(
        name="news",
        spider="feed",
        title="news",
        address=None,
        every=600,
        endpoints=(Endpoint(kind="feed", url="https://news.example/rss"),),
    )


@pytest.mark.parametrize(
    ("spider", "section", "key", "words"),
    [
        ("papr", {}, "spider", 'no spider is called "papr"; did you mean paper?'),
        ("zzz", {}, "spider", 'no spider is called "zzz"; known are bare, feed, listing, paper, system'),
        ("feed", None, "feeds", 'the spider "feed" reads nothing without it; write feeds = …'),
        ("feed", {"feeds": ()}, "feeds", 'the spider "feed" reads nothing without it; write feeds = …'),
        ("listing", {"article": "x"}, "listings", 'the spider "listing" reads nothing without it; write listings = …'),
        (
            "listing",
            {"listings": ("https://a.example/",)},
            "article",
            'the spider "listing" reads nothing without it; write article = …',
        ),
        (
            "feed",
            {"feeds": ("/rss",)},
            "feeds",
            '"/rss" is relative; write its full address, or address = "https://…" beside it',
        ),
        (
            "feed",
            {"feeds": ("ftp://a.example/rss",)},
            "feeds",
            '"ftp://a.example/rss" is no web address; write one that begins with https:// or http://',
        ),
        (
            "feed",
            {"feeds": ("https://me:pw@a.example/rss",)},
            "feeds",
            "an address carries no user name or password; take it out",
        ),
        ("bare", {}, "feeds", "nothing to poll; write feeds, sitemaps or listings"),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "article": "(", "address": "https://a.example"},
            "article",
            "not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "article": "{host}/x"},
            "article",
            '{host} stands for the outlet\'s host; write address = "https://…"',
        ),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "canonical": "{address}/x"},
            "canonical",
            '{address} stands for the outlet\'s address; write address = "https://…"',
        ),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "identity": "a:{id}"},
            "identity",
            "{id} is no named group of article; write (?P<id>…) there",
        ),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "identity": "a:{}", "article": "(?P<id>x)"},
            "identity",
            "{} is no named group of article; write (?P<id>…) there",
        ),
        (
            "feed",
            {"feeds": ("https://a.example/rss",), "identity": "a:{id"},
            "identity",
            """not a template: expected '}' before end of string; write one as "tass:{id}\"""",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_its_key_and_a_cure(spider, section, key, words):
    with pytest.raises(ValueError, match=re.escape(key)) as refused:
        build_source("x", spider, section, TABLES)
    assert refused.value.args == (key, words)


@pytest.mark.parametrize(
    ("text", "key"),
    [("[tass", "outlets.toml"), ("tass = 1", "tass"), ("[tass]\nfeed = []", "tass.feed")],
)
def test_a_broken_outlets_file_names_the_key(text, key):
    with pytest.raises(ValueError, match=re.escape(key)) as refused:
        parse_outlets(text)
    assert refused.value.args[0] == key


@pytest.mark.parametrize(
    "url",
    [
        "https://tass.com/politics/868168",
        "http://www.tass.com/politics/868168/amp",
        "https://tass.com/russias-foreign-policy/868168?utm_source=rss#top",
        "http://tass.com/index/868168/",
    ],
)
def test_every_spelling_of_a_tass_address_is_one_piece(url):
    tass = build_source("tass", "tass", None, SHIPPED)
    assert build_link_key(url, tass) == "tass:868168"


@pytest.mark.parametrize(
    "url",
    [
        "https://tass.com/politics",
        "https://tass.com/",
        "https://tass.com/politics/868168/comments",
        "https://tass.ru/politics/868168",
        "https://nottass.com/politics/868168",
        "https://tass.com.example/politics/868168",
        "https://example.org/?u=https://tass.com/politics/868168",
        "https://tass.com/Search/868168",
        "https://tass.com/photos/politics/868168",
        "https://tass.com/politics/v1241225",
    ],
)
def test_ten_wrong_tass_addresses(url):
    assert not is_article_url(url, build_source("tass", "tass", None, SHIPPED))


@pytest.mark.parametrize(
    ("url", "true"),
    [
        ("https://www.commonspace.eu/news/a-horse", "/news/a-horse"),
        ("http://commonspace.eu/index.php/news/a-horse?page=3", "/news/a-horse"),
        ("https://commonspace.eu/ru/opinion/a-camel/", "/opinion/a-camel"),
        ("https://commonspace.eu/index.php/one-of-the-older-imported-pieces", "/one-of-the-older-imported-pieces"),
        ("https://www.commonspace.eu/podcast/a-type-we-never-met", "/podcast/a-type-we-never-met"),
    ],
)
def test_every_spelling_of_a_commonspace_address_is_one_piece(url, true):
    outlet = build_source("commonspace", "commonspace", None, SHIPPED)
    assert build_link_key(url, outlet) == f"https://www.commonspace.eu{true}"


@pytest.mark.parametrize(
    "path",
    ["/", "/node?page=2", "/region/south-caucasus", "/index.php?m=23&news_id=77", "/user/13", "/about-us", "/news"],
)
def test_commonspace_pages_that_are_no_piece(path):
    outlet = build_source("commonspace", "commonspace", None, SHIPPED)
    assert not is_article_url(f"https://www.commonspace.eu{path}", outlet)


def test_shipped_outlets_ask_every_place_that_is_known():
    tass = build_source("tass", "tass", None, SHIPPED)
    commonspace = build_source("commonspace", "commonspace", None, SHIPPED)
    assert [endpoint.kind for endpoint in tass.endpoints] == ["feed", "sitemap", *["api"] * 9]
    assert [endpoint.url for endpoint in commonspace.endpoints] == [
        "https://www.commonspace.eu/taxonomy/term/20/feed",
        "https://www.commonspace.eu/taxonomy/term/24/feed",
        "https://www.commonspace.eu/rss.xml",
        "https://www.commonspace.eu/region/south-caucasus",
        "https://www.commonspace.eu/node",
    ]


def api(spider: str, wanted: object) -> list[str]:
    section = {"address": "https://hills.example", "api": wanted}
    return [e.url for e in build_source("hills", spider, section, TABLES).endpoints if e.kind == "api"]


def test_a_list_api_is_shipped_switched_off_or_elsewhere():
    assert [api("system", wanted) for wanted in (None, True, False, ("/fr/new", "https://b.example/new"))] == [
        ["https://hills.example/new", "https://hills.example/changed"],
        ["https://hills.example/new", "https://hills.example/changed"],
        [],
        ["https://hills.example/fr/new", "https://b.example/new"],
    ]


@pytest.mark.parametrize("spider", ["paper", "bare"])
def test_a_list_api_elsewhere_needs_a_spider_that_reads_one(spider: str):
    with pytest.raises(ValueError, match="reads no list API at other addresses") as error:
        api(spider, ("/new",))
    assert error.value.args == ("api", f'the spider "{spider}" reads no list API at other addresses; take it out')
