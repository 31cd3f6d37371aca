"""Addresses: one spelling for one page, and nothing merged that may differ."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.model.source import Source
from monitor.text.urls import (
    build_canonical_address,
    build_link_key,
    find_outlet_id,
    has_same_site,
    is_article_url,
    is_front_page,
    is_plain_url,
    is_web_url,
    join_url,
    normalize_url,
    parse_host,
    strip_scheme,
    strip_tracking,
)

PLAIN = Source(name="plain", spider="feed", title="Plain", address=None, every=600, endpoints=())
AGENCY = replace(
    PLAIN,
    name="agency",
    article=r"https?://(?:www\.)?agency\.example/(?P<section>[a-z-]+)/(?P<id>\d+)(?P<amp>/amp)?",
    identity="agency:{id}",
    canonical="https://agency.example/{section}/{id}",
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://News.Example:80/World/1?utm_source=x&utm_medium=rss#top", "http://news.example/World/1"),
        ("https://news.example:443", "https://news.example/"),
        ("https://news.example./a/", "https://news.example/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://user:word@news.example/a", "https://news.example/a"),
        ("https://news.example/politics/17/amp", "https://news.example/politics/17"),
        ("https://news.example/politics/17/amp/?outputType=amp", "https://news.example/politics/17"),
        ("https://news.example/politics/17?amp=1", "https://news.example/politics/17"),
        ("https://news.example/amp", "https://news.example/amp"),
        ("https://news.example/revamp/", "https://news.example/revamp"),
        ("https://news.example/index.php/some-slug", "https://news.example/some-slug"),
        ("https://news.example/index.php?m=23&news_id=5477", "https://news.example/?m=23&news_id=5477"),
        ("https://news.example/index.phpx", "https://news.example/index.phpx"),
        ("https://news.example//a///b", "https://news.example/a/b"),
        ("https://news.example/a?b=2&a=1&source=feed&uid=7", "https://news.example/a?a=1&b=2&source=feed&uid=7"),
        ("https://news.example/a?q=caf%c3%a9+au%20lait", "https://news.example/a?q=caf%C3%A9+au+lait"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("  https://news.example/a  ", "https://news.example/a"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ("https://news.example:0/a", "https://news.example:0/a"),
        ("http://[broken/a", "http://[broken/a"),
        ("/politics/17", "/politics/17"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert normalize_url(url) == expected


@given(
    st.sampled_from(["http", "https"]),
    st.lists(st.sampled_from(["news", "www", "n-1", "a--b", "xn--e1afmkfd", "7", "gov", "A"]), min_size=1, max_size=4),
    st.lists(
        st.sampled_from(
            ["", "amp", "index.php", "Amp", "a.amp", "index.html", "news", "2026", "A_b.-c", ".", "..", "a."]
        ),
        max_size=5,
    ),
)
@example("https", ["news"], ["politics", "868168"])
def test_an_address_that_seems_to_be_its_own_one_spelling_is(scheme: str, labels: list[str], steps: list[str]) -> None:
    url = f"{scheme}://{'.'.join(labels)}.example/{'/'.join(steps)}"
    assert normalize_url(url) == normalize_url(f"{url}#part")  # which no shortcut takes


paths = st.lists(
    st.sampled_from(["", "amp", "index.php", "news", "a b", "é", "%2f", "%", "%zz", "..", "~x", "{y}", "ﬁ", "a;b"]),
    max_size=6,
).map("/".join)
queries = st.lists(
    st.tuples(st.sampled_from(["a", "utm_x", "amp", "é", "b%", "a+", ""]), st.text(max_size=4)), max_size=4
).map(lambda pairs: "&".join(f"{k}={v}" for k, v in pairs))
hosts = st.sampled_from(["News.Example", "news.example.:80", "пример.рф", "127.0.0.1:8000", "[::1]", "x" * 70, "ß.de"])


@example("http", "News.Example", "", "amp= ", "#f")
@example("http", "News.Example", "", "amp=\x1b", "")
@example("http", "News.Example", "", "amp=\x1b", "#f")
@given(st.sampled_from(["http", "HTTPS"]), hosts, paths, queries, st.sampled_from(["", "#f", "#"]))
def test_canonical_is_idempotent(scheme: str, host: str, path: str, query: str, fragment: str) -> None:
    once = normalize_url(f"{scheme}://{host}/{path}?{query}{fragment}")
    assert normalize_url(once) == once


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    once = normalize_url(text)
    assert normalize_url(once) == once
    assert strip_tracking(strip_tracking(text)) == strip_tracking(text)
    assert has_same_site(text, text) == is_web_url(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://News.Example/a", "news.example"),
        ("https://user@news.example:443/a", "news.example"),
        ("http://127.0.0.1:8001/a", "127.0.0.1:8001"),
        ("https://" + "x" * 70 + ".example/", "x" * 70 + ".example"),
        ("nothing", ""),
    ],
)
def test_host(url: str, expected: str) -> None:
    assert parse_host(url) == expected


def test_plain_keeps_what_a_server_needs() -> None:
    assert (
        strip_tracking("https://news.example/index.php/a/?id=%7e1&utm_source=x&fbclid=9#c")
        == "https://news.example/index.php/a/?id=%7e1"
    )
    assert strip_tracking("https://news.example/a/?b=%7e&a") == "https://news.example/a/?b=%7e&a"
    assert strip_tracking("https://news.example?utm_id=1") == "https://news.example/"


def test_an_outlet_identity_gathers_all_spellings() -> None:
    spellings = [
        "https://agency.example/world/868168",
        "http://www.agency.example/world/868168/amp",
        "https://agency.example//world/868168?utm_source=rss#more",
    ]
    assert {build_link_key(url, AGENCY) for url in spellings} == {"agency:868168"}
    assert {build_canonical_address(url, AGENCY) for url in spellings} == {"https://agency.example/world/868168"}
    assert [is_article_url(url, AGENCY) for url in spellings] == [True, True, True]


def test_what_the_rule_does_not_match_keeps_its_address() -> None:
    assert build_link_key("https://agency.example/about/", AGENCY) == "https://agency.example/about"
    assert find_outlet_id("https://agency.example/about/", AGENCY) is None
    assert not is_article_url("https://agency.example/about/", AGENCY)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.News.Example:80/a/?utm_source=x", "//news.example/a"),
        ("https://news.example/a", "//news.example/a"),
        ("https://news.example:8443/www.b", "//news.example:8443/www.b"),
        ("https://news.example/to?at=https://www.news.example", "//news.example/to?at=https%3A%2F%2Fwww.news.example"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
    ],
)
def test_bare(url: str, expected: str) -> None:
    assert strip_scheme(url) == expected
    assert strip_scheme(expected) == normalize_url(expected)


def test_templates_over_groups_an_address_lacks_fall_back() -> None:
    source = replace(AGENCY, identity="agency:{amp}", canonical="https://agency.example/{nothing}/{}")
    assert build_link_key("https://agency.example/world/1/", source) == "https://agency.example/world/1"


def test_an_outlet_without_rules_takes_every_web_address() -> None:
    assert is_article_url("https://news.example/a", PLAIN)
    assert not is_article_url("javascript:void(0)", PLAIN)
    assert build_link_key("https://news.example/a/?utm_id=1", PLAIN) == "https://news.example/a"
    assert find_outlet_id("https://news.example/a", PLAIN) is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://news.example.com/a", "http://www.example.com/b", True),
        ("https://one.example.co.uk/", "https://two.co.uk/", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", True),
        ("http://localhost/", "http://elsewhere/", False),
        ("http://www.localhost/", "http://localhost/", True),
        ("mailto:x", "mailto:x", False),
    ],
)
def test_same_site(a: str, b: str, same: bool) -> None:
    assert has_same_site(a, b) is same


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("https://news.example", True),
        ("https://news.example/index.php", True),
        ("https://news.example/en/", True),
        ("https://news.example/?utm_source=x", True),
        ("https://news.example/?p=17", False),
        ("https://news.example/a-story", False),
        ("about:blank", False),
    ],
)
def test_is_front_page(url: str, front: bool) -> None:
    assert is_front_page(url) is front


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (" ../b ", "https://news.example/b"),
        ("//other.example/c", "https://other.example/c"),
        ("mailto:desk@news.example", ""),
        ("http://[x", ""),
    ],
)
def test_join(link: str, expected: str) -> None:
    assert join_url("https://news.example/a/x", link) == expected


_PIECES = st.sampled_from(
    (*"/?#;@:.%=&aB~,+_ \t\\ü", "..", "%2F", ":0", ":080", ":8080", ":65536", "//", "[::1]", "b.c")
)


@given(
    st.lists(_PIECES, max_size=8).map(lambda pieces: f"https://a{''.join(pieces)}"),
    st.sampled_from(["/", "https://other.example/a/", "http://u@h/"]),
)
@example("https://news.example/a/../b;c?d=e", "/")
@example("https://news.example//a?d=%2F&e=,f", "http://other.example/")
@example("http://127.0.0.1:43211/feed/1", "http://other.example/")
@example("http://news.example:65536/", "http://other.example/")
@example("https://news.example/?", "https://other.example/")
def test_a_plain_address_needs_no_parser(url: str, base: str) -> None:
    if is_plain_url(url):
        parts = urlsplit(url)
        assert (is_web_url(url), urljoin(base, url), url) == (True, url, url.strip())
        assert (parts.scheme in ("http", "https"), bool(parts.hostname), "@" in url) == (True, True, False)


def test_the_usual_addresses_are_plain() -> None:
    usual = ("https://news.example", "https://news.example/rss?page=2&f=%20", "http://127.0.0.1:43211/feed/1")
    others = ("HTTPS://news.example/", "https://news.example/?", "https://news.example/#a", "https://u@news.example/")
    assert ([is_plain_url(url) for url in usual], [is_plain_url(url) for url in others]) == ([True] * 3, [False] * 4)
