"""Sitemaps, indexes and news sitemaps, plain and gzip, well and badly made."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.discovery.formats import sitemap
from monitor.discovery.formats.sitemap import parse_sitemap
from monitor.model.moment import Moment, Precision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source

URL = "https://news.example/sitemap.xml"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENDPOINT = Endpoint(kind="sitemap", url=URL)
SOURCE = Source(
    name="news",
    spider="sitemap",
    title="News",
    address="https://news.example",
    every=600,
    endpoints=(ENDPOINT,),
    article=r"news\.example/(?P<id>\d+)",
    identity="news:{id}",
    zone="Europe/Paris",
)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(text: str | bytes) -> Listing | Rejection:
    body = text.encode() if isinstance(text, str) else text
    return parse_sitemap(body, url=URL, endpoint=ENDPOINT, source=SOURCE, now=NOW)


def keys(listing: Listing | Rejection) -> list[str]:
    assert isinstance(listing, Listing), listing
    return [entry.key for entry in listing.entries]


def moment(day: int, hour: int, raw: str, zone: str = "offset") -> Moment:
    at = datetime(2026, 3, day, hour, tzinfo=UTC)
    return Moment(at=at, raw=raw, zone=zone, precision=Precision.SECOND, carrier="sitemap")


def test_recent_pages_newest_first_then_the_undated():
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset {NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc>https://news.example/1</loc></url>
      <url><loc>https://news.example/2</loc><lastmod>2026-03-09T08:00:00+00:00</lastmod>
        <image:image><image:loc>https://news.example/2.jpg</image:loc></image:image></url>
      <url><lastmod>2026-03-10T10:00:00</lastmod><loc>
        /3?a=1&amp;b=2 </loc></url>
      <url><loc>https://news.example/4</loc><lastmod>2026-02-08T11:00:00Z</lastmod></url>
      <url><loc>https://news.example/5</loc><lastmod>2026-02-08T12:00:00Z</lastmod></url>
      <url><loc>https://news.example/2</loc></url>
      <url><loc>https://news.example/about</loc></url>
      <url><loc>mailto:me@news.example</loc></url>
      <url/>
    </urlset>"""
    assert read(text) == Listing(
        entries=(
            Entry(
                url="https://news.example/3?a=1&b=2",
                key="news:3",
                endpoint=URL,
                modified=moment(10, 9, "2026-03-10T10:00:00", "outlet"),
            ),
            Entry(
                url="https://news.example/2",
                key="news:2",
                endpoint=URL,
                modified=moment(9, 8, "2026-03-09T08:00:00+00:00"),
            ),
            Entry(
                url="https://news.example/5",
                key="news:5",
                endpoint=URL,
                modified=replace(moment(1, 1, "2026-02-08T12:00:00Z"), at=NOW - sitemap.RECENT),
            ),
            Entry(url="https://news.example/1", key="news:1", endpoint=URL),
        ),
        dropped=(DroppedItem(reason="it names no web address", unread=True),) * 2,
    )


def test_a_news_sitemap_states_title_and_publication():
    text = f"""<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
      <loc>https://news.example/7</loc>
      <lastmod>2026-03-09T09:00:00Z</lastmod>
      <news:news>
        <news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>
        <news:publication_date>2026-03-09T08:00:00Z</news:publication_date>
        <news:title>Bridge &amp; ferry</news:title><news:keywords>a, b</news:keywords>
      </news:news></url></urlset>"""
    assert read(text) == Listing(
        entries=(
            Entry(
                url="https://news.example/7",
                key="news:7",
                endpoint=URL,
                title="Bridge & ferry",
                published=moment(9, 8, "2026-03-09T08:00:00Z"),
                modified=moment(9, 9, "2026-03-09T09:00:00Z"),
                details={"keywords": "a, b"},
            ),
        )
    )


def test_an_index_names_its_parts_newest_first():
    text = f"""<sitemapindex {NS}>
      <sitemap><loc>https://news.example/s0.xml</loc></sitemap>
      <sitemap><loc>https://news.example/s1.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
      <sitemap><loc>/s2.xml</loc><lastmod>2026-03-10</lastmod></sitemap>
      <sitemap><loc>/s2.xml</loc></sitemap>
      <sitemap><loc> </loc></sitemap>
    </sitemapindex>"""
    assert read(text) == Listing(
        entries=(),
        more=tuple(Endpoint(kind="sitemap", url=f"https://news.example/s{n}.xml") for n in (2, 1, 0)),
        dropped=(DroppedItem(reason="it names no web address", unread=True),),
    )


def test_gzip_and_a_missing_namespace_make_no_difference():
    body = gzip.compress(b"<urlset><url><loc>https://news.example/1</loc></url></urlset>")
    assert keys(read(body)) == ["news:1"]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("# all pages\r\nhttps://news.example/1\rhttps://news.example/2", ["1", "2"]),
        ("<URLSET><URL><LOC>https://news.example/1</LOC></URL></URLSET>", ["1"]),
        ("<urlset><url><loc>news.example/1</loc></url><url><loc>www.news.example/2</loc></url></urlset>", ["1", "2"]),
    ],
)
def test_other_ways_to_write_a_sitemap(text, urls):
    listing = read(text)
    assert keys(listing) == [f"news:{number}" for number in urls]


def test_news_whose_prefix_was_never_declared_and_a_bare_less_than():
    listing = read(
        "<urlset><url><loc>/1</loc><news:news><news:title>5 < 7</news:title>"
        "<news:publication_date>2026-03-09T10:00Z</news:publication_date></news:news></url></urlset>"
    )
    assert isinstance(listing, Listing)
    (entry,) = listing.entries
    assert (entry.title, entry.published and entry.published.at) == ("5 < 7", datetime(2026, 3, 9, 10, tzinfo=UTC))


def test_a_bare_ampersand_is_read_as_one():
    listing = read("<urlset><url><loc>https://news.example/1?a=1&b=2&amp;c=3</loc></url></urlset>")
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ["https://news.example/1?a=1&b=2&c=3"]


CUT = "the sitemap is cut off: its last address may be half of one"


def test_half_an_address_at_a_cut_is_not_an_address():
    text = "<urlset><url><loc>https://news.example/12</loc></url><url><loc>https://news.example/345"
    listing = read(text)
    assert keys(listing) == ["news:12"]
    assert isinstance(listing, Listing)
    half = DroppedItem(reason=CUT, unread=True)
    assert listing.dropped == (half,)


def test_a_last_address_that_came_whole_is_kept_where_only_the_end_is_missing():
    for rest in ("", "\n</urls", "<!-- "):
        text = (
            f"<urlset><url><loc>https://news.example/12</loc></url><url><loc>https://news.example/345</loc></url>{rest}"
        )
        listing = read(text)
        assert keys(listing) == ["news:12", "news:345"]
        assert isinstance(listing, Listing)
        assert (listing.dropped, listing.cut_off) == ((), True)
    for rest in ("<url><loc>https://news.example/6</loc>", "<url><loc>https://news.example/6</loc></url"):
        assert keys(read(text.removesuffix("<!-- ") + rest)) == ["news:12", "news:345"]


@pytest.mark.parametrize(
    "half",
    [
        "<url><loc>https://news.example/34<!-- </url> -->",
        "<url><title><![CDATA[a </url> b]]></title><loc>https://news.example/34",
        "<url><image:url>https://news.example/a.png</image:url><loc>https://news.example/34",
        "<sm-x.1:url><sm-x.1:loc>https://news.example/34",
        "<url/><url",
    ],
)
def test_half_an_address_is_none_whatever_else_looks_like_an_end(half):
    listing = read(f"<urlset><url><loc>https://news.example/12</loc></url>{half}")
    assert keys(listing) == ["news:12"]
    assert isinstance(listing, Listing)
    assert DroppedItem(reason=CUT, unread=True) in listing.dropped


def test_what_stands_in_a_comment_begins_no_address():
    rows = "<s-m:url><s-m:loc>https://news.example/12</s-m:loc></s-m:url>"
    begun = read(f"<s-m:urlset>{rows}<!-- <s-m:url><s-m:loc>https://news.example/345 -->")
    assert keys(begun) == ["news:12"]
    assert isinstance(begun, Listing)
    assert (begun.dropped, begun.cut_off) == ((), True)
    whole = read(f"<s-m:urlset>{rows}</s-m:urlset>")
    assert isinstance(whole, Listing)
    assert whole.cut_off is False


def test_at_most_fifty_thousand_addresses(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_URLS", 3)
    rows = "".join(f"<url><loc>https://news.example/{n}</loc></url>" for n in range(1, 6))
    listing = read(f"<urlset>{rows}</urlset>")
    assert keys(listing) == ["news:1", "news:2", "news:3"]
    assert isinstance(listing, Listing)
    assert listing.dropped == (DroppedItem(reason="the sitemap has more than 3 addresses"),) * 2


@pytest.mark.row("S4")
def test_a_gzip_bomb_is_not_unpacked():
    bomb = gzip.compress(b" " * (sitemap.MAX_BYTES + 2), 9)
    assert read(bomb) == Rejection(outcome=Outcome.TOO_LARGE, reason="a sitemap of more than 52428800 bytes, unpacked")


def test_broken_gzip_is_a_failure():
    got = read(b"\x1f\x8b" + b"\xff" * 20)
    assert isinstance(got, Rejection)
    assert (got.outcome, got.reason[:23], got.reason[-26:]) == (
        Outcome.FAILED,
        "broken gzip: Error -3 w",
        " where a sitemap should be",
    )


@pytest.mark.parametrize(
    ("text", "root"), [("", "None"), ("plain text", "None"), ("<html><url/></html>", "html"), ("<a>" * 5000, "None")]
)
def test_another_document_is_no_sitemap(text, root):
    assert read(text) == Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"no sitemap: its root is <{root}>")


@pytest.mark.row("S6")
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY e "https://news.example/9">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/hostname" [<!ENTITY e "x">]>',
    ],
)
def test_no_entity_is_expanded(doctype):
    text = f"{doctype}<urlset><url>&e;<loc>&e;</loc></url><url><loc>https://news.example/1</loc></url></urlset>"
    listing = read(text)
    assert keys(listing) == ["news:1"]
    assert isinstance(listing, Listing)
    assert listing.dropped == ()


@pytest.mark.row("S6")
def test_an_entity_bomb_has_no_time_to_grow():
    entities = '<!ENTITY e0 "lol">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    got = read(f"<!DOCTYPE x [{entities}]><urlset><url><loc>&e11;</loc></url></urlset>")
    assert not isinstance(got, Listing) or got.entries == ()


def test_a_text_sitemap_has_an_address_a_line():
    assert keys(read("https://news.example/1\r\n\nhttps://news.example/2\n")) == ["news:1", "news:2"]


def test_a_feed_serves_as_a_sitemap():
    text = "<rss version='2.0'><channel><item><link>https://news.example/1</link></item></channel></rss>"
    assert keys(read(text)) == ["news:1"]


def test_gzip_of_two_members_is_one_sitemap():
    one, two = b"<urlset><url><loc>https://news.example/1</loc>", b"</url></urlset>"
    assert keys(read(gzip.compress(one) + gzip.compress(two) + b"\0\0")) == ["news:1"]


def test_neither_a_warning_before_nor_a_comment_behind_hides_a_sitemap():
    text = "<b>Warning</b>: x<br/><?xml version='1.0'?><urlset><url><loc>https://news.example/1</loc></url></urlset>"
    assert keys(read(text + f"<!-- {'cached ' * 100} -->")) == ["news:1"]


def test_utf_16_is_read():
    assert keys(read("<urlset><url><loc>https://news.example/1</loc></url></urlset>".encode("utf-16"))) == ["news:1"]


def test_year_one_is_no_date():
    text = "<urlset><url><loc>https://news.example/1</loc><lastmod>0001-01-01T00:00:00Z</lastmod></url></urlset>"
    listing = read(text)
    assert isinstance(listing, Listing)
    assert [(entry.key, entry.modified) for entry in listing.entries] == [("news:1", None)]
