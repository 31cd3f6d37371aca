"""The simulated TASS keeps the structure that SOURCES.md describes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

import feedparser
import httpx
from lxml import etree, html

from monitor.clock import SimulatedClock
from monitor.newsroom.newsroom import Newsroom

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_feed(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    tass = newsroom.outlets["tass"]
    pieces = [newsroom.publish("tass", on_topic=n % 2 == 0, at=clock.now() - timedelta(minutes=n)) for n in range(12)]
    answer = web.get(tass.address + "/rss/v2.xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert [(e.title, e.link.split("?")[0], e.description) for e in feed.entries] == [
        (p.title, tass.url(p), p.lead) for p in pieces
    ]
    assert [datetime(*e.published_parsed[:6], tzinfo=UTC) for e in feed.entries] == [p.published_at for p in pieces]
    assert all(e.published.endswith("+0300") for e in feed.entries)
    assert all(e.enclosures[0].type == "image/jpeg" and len(e.tags) > 1 for e in feed.entries)
    assert {"?utm_" in e.link for e in feed.entries} == {True, False}
    assert {b"<link><![CDATA[" in answer.content, b"<link>http" in answer.content} == {True}


def test_feed_holds_a_hundred(newsroom: Newsroom, web: httpx.Client) -> None:
    for _ in range(103):
        newsroom.publish("tass")
    content = web.get(newsroom.outlets["tass"].address + "/rss/v2.xml").content
    assert len(feedparser.parse(content).entries) == 100


def test_news_list_pages_by_time(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    tass = newsroom.outlets["tass"]
    pieces = [
        newsroom.publish("tass", section="politics", on_topic=True, at=clock.now() - timedelta(minutes=n))
        for n in range(5)
    ]
    newsroom.publish("tass", section="sports", number=2200001)  # odd, so in no second list
    url, seen, before = tass.address + "/userApi/categoryNewsList", [], int(clock.now().timestamp()) + 1
    while True:
        wish = {"sectionId": 4954, "limit": 2, "type": "all", "timestamp": before}
        page = web.post(url, json=wish).json()
        if not page["newsList"]:
            assert page["lastTime"] == before
            break
        seen += page["newsList"]
        before = page["lastTime"]
        assert before == page["newsList"][-1]["date"]
    assert [(i["id"], i["title"], i["lead"], i["link"], i["date"]) for i in seen] == [
        (p.number, p.title, p.lead, p.path, int(p.published_at.timestamp())) for p in pieces
    ]
    assert seen[0].keys() == {
        *("id", "isFlash", "isOnline", "type", "mark", "date", "title", "subtitle", "lead", "image", "link"),
        *("sponsor_id", "sponsor_type_id"),
    }
    assert web.post(url, content=b"not json").status_code == 400
    assert web.get(url).status_code == 405
    assert "sectionId = 4954" in web.get(tass.address + "/politics").text


def test_sitemaps(newsroom: Newsroom, web: httpx.Client) -> None:
    tass = newsroom.outlets["tass"]
    pieces = [newsroom.publish("tass") for _ in range(4)]
    index = etree.fromstring(web.get(tass.address + "/sitemap.xml").content)
    parts = index.xpath("//s:loc/text()", namespaces=SITEMAP)
    assert parts == [f"{tass.address}/sitemap/sitemap_news{n}.xml" for n in range(10)]
    trees = [etree.fromstring(web.get(part).content) for part in parts]
    found = [
        (u.findtext("s:loc", namespaces=SITEMAP), u.findtext("s:lastmod", namespaces=SITEMAP))
        for tree in trees
        for u in tree
    ]
    assert sorted(found) == sorted((tass.url(p), "2026-03-03T00:30:00+03:00") for p in pieces)


def test_article_page_has_the_traps(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    tass = newsroom.outlets["tass"]
    other = newsroom.publish("tass", at=clock.now() - timedelta(minutes=20), number=2100020)
    piece = newsroom.publish("tass", on_topic=True, number=2100031)
    page = web.get(tass.url(piece))
    tree = html.fromstring(page.text)
    assert [n.text.strip() for n in tree.cssselect("h1.news-header__title")] == [piece.title]
    assert tree.cssselect(".news-header__lead")[0].text == piece.lead
    assert tuple(n.text for n in tree.cssselect(".text-content .text-block p")) == piece.paragraphs
    assert [n.text for n in tree.cssselect(".tags__item")] == list(piece.tags)
    dates = {n.get("mode"): (n.get("time"), n.text) for n in tree.cssselect("dateformat")}
    assert dates["abs"] == (str(int(piece.published_at.timestamp())), None)
    assert dates["rel"] == (str(int(other.published_at.timestamp())), None)
    assert tree.cssselect(".text-include-news__title")[0].text == other.title
    assert tree.cssselect(".news-content__title")[0].text == other.title
    blocks = [json.loads(n.text) for n in tree.xpath("//script[@type='application/ld+json']")]
    assert [b.get("@type", "@graph") for b in blocks] == ["Organization", "@graph", "NewsArticle"]
    assert (blocks[2]["datePublished"], blocks[2]["headline"]) == ("2026-03-03T00:30:00+03:00", piece.title)
    assert "articleBody" not in blocks[2]
    assert "article:published_time" not in page.text
    assert not tree.xpath("//link[@rel='canonical']")
    for mark in ("{{newsPoint.title}}", "Read also", "All news", f"© {piece.author}/TASS"):
        assert mark in page.text


def test_amp_and_what_is_not_there(newsroom: Newsroom, web: httpx.Client) -> None:
    tass = newsroom.outlets["tass"]
    piece = newsroom.publish("tass")
    amp = html.fromstring(web.get(tass.url(piece) + "/amp").text)
    assert amp.xpath("//link[@rel='canonical']/@href") == [tass.url(piece)]
    assert tuple(n.text for n in amp.cssselect(".text-block p")) == piece.paragraphs
    assert web.get(tass.address + "/world/1").status_code == 404
    assert "Disallow: /search" in web.get(tass.address + "/robots.txt").text
    newsroom.delete(piece, status=410)
    assert web.get(tass.url(piece)).status_code == 410


def test_numbers_rise_but_not_strictly(newsroom: Newsroom) -> None:
    numbers = [newsroom.publish("tass").number for _ in range(80)]
    assert len(set(numbers)) == 80
    assert numbers != sorted(numbers)
    assert sum(a < b for a, b in pairwise(numbers)) > 60


def test_conditional_requests(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    tass = newsroom.outlets["tass"]
    newsroom.publish("tass")
    for path in ("/rss/v2.xml", "/sitemap.xml", "/sitemap/sitemap_news0.xml"):
        first = web.get(tass.address + path)
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        assert parsedate_to_datetime(modified) == clock.now()
        for headers in (
            {"If-None-Match": etag},
            {"If-None-Match": f'"other", W/{etag}'},
            {"If-Modified-Since": modified},
            {"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1998 00:00:00 GMT"},
        ):
            again = web.get(tass.address + path, headers=headers)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        for headers in (
            {"If-None-Match": '"other"', "If-Modified-Since": modified},
            {"If-Modified-Since": "yesterday"},
        ):
            assert web.get(tass.address + path, headers=headers).content == first.content
    before = web.get(tass.address + "/rss/v2.xml").headers
    clock.advance_to(clock.now() + timedelta(minutes=5))
    newsroom.publish("tass", at=clock.now() - timedelta(hours=1))  # backdated: still a change
    after = web.get(
        tass.address + "/rss/v2.xml",
        headers={"If-None-Match": before["etag"], "If-Modified-Since": before["last-modified"]},
    )
    assert (after.status_code, parsedate_to_datetime(after.headers["last-modified"])) == (200, clock.now())
