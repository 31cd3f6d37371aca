"""Commonspace, Milli Gazete and the WordPress outlet keep the structure that SOURCES.md describes."""

from __future__ import annotations

import html as entities
import json
import re
from datetime import timedelta

import feedparser
import httpx
from lxml import etree, html

from monitor.clock import SimulatedClock
from monitor.newsroom.newsroom import Newsroom


def test_commonspace_feed_carries_the_body(newsroom: Newsroom, web: httpx.Client) -> None:
    outlet = newsroom.outlets["commonspace"]
    piece = newsroom.publish("commonspace", on_topic=True)
    for path in ("/taxonomy/term/24/feed", "/rss.xml"):
        content = web.get(outlet.address + path).content
        [item] = etree.fromstring(content).findall(".//item")
        assert item.findtext("guid") == f"{piece.number} at {outlet.address}"
        assert item.findtext("link") == outlet.url(piece)
        assert item.findtext("pubDate") == "Mon, 02 Mar 2026 21:30:00 +0000"
        node = html.fragment_fromstring(item.findtext("description"), create_parent="div")
        assert tuple(p.text for p in node.cssselect(".field--name-body p")) == (piece.lead, *piece.paragraphs)
        [created] = node.xpath(".//*[@property='schema:dateCreated']")
        assert (created.get("content"), created.text) == ("2026-03-02T21:30:00+00:00", "Mon, 03/02/2026 - 22:30")
        assert not feedparser.parse(content).bozo


def test_commonspace_feed_of_another_term(newsroom: Newsroom, web: httpx.Client) -> None:
    pieces = [newsroom.publish("commonspace") for _ in range(8)]
    content = web.get(newsroom.outlets["commonspace"].address + "/taxonomy/term/20/feed").content
    culture = {piece.title for piece in pieces if piece.beat == "culture"}
    assert culture
    assert {entry.title for entry in feedparser.parse(content).entries} == culture


def test_commonspace_feed_holds_ten(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    for n in range(13):
        newsroom.publish("commonspace", at=clock.now() - timedelta(hours=n))
    content = web.get(newsroom.outlets["commonspace"].address + "/rss.xml").content
    assert len(feedparser.parse(content).entries) == 10


def test_commonspace_listing(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    outlet = newsroom.outlets["commonspace"]
    pieces = [newsroom.publish("commonspace", at=clock.now() - timedelta(hours=n)) for n in range(13)]
    pinned = pieces[-1]
    for base in ("/region/south-caucasus", "/node"):
        for number, shown in ((0, pieces[:10]), (1, pieces[10:]), (2, [])):
            tree = html.fromstring(web.get(f"{outlet.address}{base}?page={number}").text)
            teasers = tree.cssselect(".view-content .teaser")
            assert [t.cssselect("h3 a")[0].get("href") for t in teasers] == [p.path for p in (pinned, *shown)]
            for teaser, piece in zip(teasers, (pinned, *shown), strict=True):
                text = teaser.text_content()
                assert text.startswith("Editor's choice")
                assert (text.count(piece.title), str(piece.published_at.year) in text) == (2, False)
        assert tree.xpath("//a[contains(@href, 'created%5Bmin%5D')]")


def test_commonspace_article_and_soft_404(newsroom: Newsroom, web: httpx.Client) -> None:
    outlet = newsroom.outlets["commonspace"]
    piece = newsroom.publish("commonspace", on_topic=True)
    assert re.fullmatch(r"/(news|analysis|opinion|interview)/[a-z0-9-]+", piece.path)
    page = web.get(outlet.url(piece)).text
    for alias in (f"/index.php{piece.path}", f"/node/{piece.number}"):
        assert web.get(outlet.address + alias).text == page
    tree = html.fromstring(page)
    assert tree.cssselect("h1.page-title span")[0].text == piece.title
    body = [p.text for p in tree.cssselect("article .field--name-body p")]
    assert tuple(body[:-2]) == (piece.lead, *piece.paragraphs)
    assert [line.split(":")[0] for line in body[-2:]] == ["source", "photo"]
    assert tree.xpath("//*[@property='schema:dateCreated']/@content") == ["2026-03-02T21:30:00+00:00"]
    text = tree.cssselect("main")[0].text_content()
    order = [text.index(mark) for mark in (piece.title, piece.paragraphs[0], "source:", "photo:", "Related articles")]
    assert order == sorted(order)
    assert text.index("Related articles") < text.index("Popular") < text.rindex("Editor's choice")
    newsroom.delete(piece)
    front = web.get(outlet.address + "/").text
    for gone in (piece.path, "/sitemap.xml", "/index.php?m=23&news_id=9", "/news/harbor-towns"):
        answer = web.get(outlet.address + gone)
        assert (answer.status_code, answer.text) == (200, front)


def test_milligazete(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    outlet = newsroom.outlets["milligazete"]
    piece = newsroom.publish("milligazete", on_topic=True, at=clock.now() - timedelta(hours=13, minutes=25))
    source = outlet.source()
    links = html.fromstring(web.get(outlet.address + "/").text)
    links.make_links_absolute(outlet.address)
    articles = {link for link in links.xpath("//a/@href") if re.search(source["article"], link)}
    assert articles == {outlet.url(piece)}
    text = " ".join(html.fromstring(web.get(outlet.url(piece)).text).text_content().split())
    assert "Date: 2.3.2026 11:05" in text
    parts = (piece.title, "Date:", piece.lead, "email Print zoom+ zoom-", *piece.paragraphs, "All Rights Reserved")
    found = [text.index(part, 80) for part in parts]
    assert found == sorted(found)
    assert web.get(outlet.address + "/no_such_piece/9").status_code == 404


def test_wordpress_feed_and_head(newsroom: Newsroom, web: httpx.Client) -> None:
    outlet = newsroom.outlets["wordpress"]
    piece = newsroom.publish("wordpress", on_topic=True)
    page = web.get(outlet.url(piece))
    tree = html.fromstring(page.content)
    [feed, _] = tree.xpath("//link[@rel='alternate']/@href")
    [rest] = tree.xpath("//link[@rel='https://api.w.org/']/@href")
    [short] = tree.xpath("//link[@rel='shortlink']/@href")
    assert (feed, rest, short) == (
        f"{outlet.address}/feed/",
        f"{outlet.address}/wp-json/",
        f"{outlet.address}/?p={piece.number}",
    )
    moved = web.get(short)
    assert (moved.status_code, moved.headers["location"]) == (301, outlet.url(piece))
    [entry] = feedparser.parse(web.get(feed).content).entries
    assert (entry.title, entry.link, entry.id) == (piece.title, outlet.url(piece), short)
    assert entities.escape(piece.paragraphs[0]) in entry.content[0].value
    assert tree.cssselect("h1.post-title")[0].text == piece.title
    assert tuple(p.text for p in tree.cssselect(".entry-content p")) == (piece.lead, *piece.paragraphs)
    schema = [json.loads(n.text) for n in tree.xpath("//script[@type='application/ld+json']")][-1]
    assert (schema["@type"], schema["datePublished"]) == ("Article", "2026-03-02T21:30:00+00:00")
    assert schema["articleBody"] == " ".join((piece.lead, *piece.paragraphs))
    assert tree.xpath("//meta[@property='article:published_time']/@content") == ["2026-03-02T21:30:00+00:00"]
    for mark in ("Related Articles", "Leave a Reply", "Your email address will not be published.", "Back to top"):
        assert mark in page.text


def test_wordpress_rest(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    outlet = newsroom.outlets["wordpress"]
    pieces = [newsroom.publish("wordpress", at=clock.now() - timedelta(hours=n)) for n in range(5)]
    url = f"{outlet.address}/wp-json/wp/v2/posts"
    answer = web.get(url, params={"per_page": 2, "page": 2, "_fields": "id,date_gmt,link"})
    assert (answer.headers["x-wp-total"], answer.headers["x-wp-totalpages"]) == ("5", "3")
    assert answer.json() == [
        {"id": p.number, "date_gmt": p.published_at.strftime("%Y-%m-%dT%H:%M:%S"), "link": outlet.url(p)}
        for p in pieces[2:4]
    ]
    after = (clock.now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    assert [post["id"] for post in web.get(url, params={"after": after}).json()] == [p.number for p in pieces[:2]]
    clock.advance_to(clock.now() + timedelta(minutes=1))
    newsroom.edit(pieces[4])
    changed = web.get(url, params={"modified_after": (clock.now() - timedelta(seconds=1)).isoformat()}).json()
    assert [post["id"] for post in changed] == [pieces[4].number]
    for bad in ({"per_page": 101}, {"page": 4, "per_page": 2}, {"after": "soon"}):
        assert web.get(url, params=bad).status_code == 400
    slashless = web.get(outlet.url(pieces[0]).rstrip("/"))
    assert (slashless.status_code, slashless.headers["location"]) == (301, outlet.url(pieces[0]))
    assert web.get(outlet.address + "/no-such-post/").status_code == 404


def test_feeds_and_lists_answer_304(newsroom: Newsroom, web: httpx.Client) -> None:
    lists = {
        "commonspace": ("/taxonomy/term/24/feed", "/rss.xml", "/region/south-caucasus?page=0", "/node?page=1"),
        "milligazete": ("/",),
        "wordpress": ("/", "/feed/", "/comments/feed/"),
    }
    for name, paths in lists.items():
        newsroom.publish(name)
        for path in paths:
            url = newsroom.outlets[name].address + path
            headers = web.get(url).headers
            assert headers["etag"].startswith('W/"') == (name == "commonspace")
            again = web.get(url, headers={"If-None-Match": headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            since = web.get(url, headers={"If-Modified-Since": headers["last-modified"]})
            assert since.status_code == 304
