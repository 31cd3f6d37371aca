"""RSS, Atom and JSON Feed, as outlets really write them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from feed_reading import LINK, ORIGINAL, RDF, SOURCE, URL, moment, only, read, rss

from monitor.discovery.formats.feed import MAX_ITEMS
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing

ATOM_03 = f"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Goats</title>
<link rel="alternate" href="{LINK}"/></entry></feed>"""


def test_an_agency_feed():
    text = rss(
        """<item>
          <title><![CDATA[Ferry &amp; barge meet — harbour master]]></title>
          <link><![CDATA[https://www.hills.example/world/17?utm_source=rss]]></link>
          <description>Nobody was &lt;b&gt;hurt&lt;/b&gt;</description>
          <pubDate>Sun, 01 Mar 2026 15:00:00 +0300</pubDate>
          <category>World</category><category>Ferries</category><category></category>
          <author>desk@hills.example (The Desk)</author>
          <enclosure url="https://img.hills.example/17.jpg" type="image/jpeg" length="1"/>
        </item>
        <item><title>No link</title></item>
        <item><title>Bad link</title><link>javascript:alert(1)</link></item>
        <item><title>Again</title><link>https://www.hills.example/world/17</link></item>""",
        "<ttl>15</ttl>",
    )
    assert read(text) == Listing(
        entries=(
            Entry(
                url="https://www.hills.example/world/17?utm_source=rss",
                key="https://www.hills.example/world/17",
                endpoint=URL,
                title="Ferry & barge meet — harbour master",
                lead="Nobody was hurt",
                published=moment(datetime(2026, 3, 1, 12, tzinfo=UTC), "Sun, 01 Mar 2026 15:00:00 +0300"),
                details={
                    "tags": ["World", "Ferries"],
                    "author": "desk@hills.example (The Desk)",
                    "enclosures": [{"url": "https://img.hills.example/17.jpg", "type": "image/jpeg"}],
                },
            ),
        ),
        dropped=(
            DroppedItem(reason="it names no web address", title="No link", unread=True),
            DroppedItem(reason="it names no web address", title="Bad link", unread=True),
            DroppedItem(reason="another item has the same address: https://www.hills.example/world/17", title="Again"),
        ),
        wait=900,
    )


DRUPAL = (
    '<span property="schema:name">Goats</span> <div property="schema:text" class="field field--name-body">'
    "<p><span>Goats crossed the <b>border</b>.</span></p> <p>They came back.</p></div>"
    '<span rel="schema:author">editor7</span>'
    '<span property="schema:dateCreated" content="2026-03-01T06:34:08+00:00">Sun, 03/01/2026 - 07:34</span>'
    '<ul class="links"><li><a href="/news/goats">Read more<span> about Goats</span></a></li></ul>'
)


def escaped(markup: str) -> str:
    return markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("permalink", [' isPermaLink="false"', ""])
def test_a_drupal_term_feed_carries_the_body_the_node_and_the_rdfa_date(permalink):
    text = rss(
        f"""<item><title>Goats</title><link>/news/goats</link><description>{escaped(DRUPAL)}</description>
        <pubDate>Sun, 01 Mar 2026 09:00:00 +0000</pubDate>
        <guid{permalink}>77 at https://www.hills.example</guid></item>"""
    )
    entry = only(read(text))
    assert replace(entry, guid=None) == Entry(
        url=LINK,
        key="drupal:hills.example:77",
        endpoint=URL,
        title="Goats",
        lead="Goats crossed the border.",
        text="Goats crossed the border.\n\nThey came back.",
        published=moment(datetime(2026, 3, 1, 6, 34, 8, tzinfo=UTC), "2026-03-01T06:34:08+00:00", "rdfa"),
    )
    assert entry.guid is not None
    assert "77 at https:/" in entry.guid


def test_an_empty_drupal_body_is_no_text():
    body = escaped('<div property="schema:text"> </div>')
    text = rss(f"<item><link>{LINK}</link><description>{body}</description></item>")
    assert only(read(text)) == Entry(url=LINK, key=LINK, endpoint=URL)


def test_the_real_commonspace_item(shared):
    path = shared / "pages" / "commonspace.eu_taxonomy_term_20_feed_2025-08.RECONSTRUCTED.xml"
    entry = only(read(path.read_bytes()))
    assert (entry.key, entry.guid) == ("drupal:commonspace.eu:13348", "13348 at https://www.commonspace.eu")
    assert entry.published == moment(datetime(2025, 8, 23, 6, 34, 8, tzinfo=UTC), "2025-08-23T06:34:08+00:00", "rdfa")
    assert entry.text is not None
    assert [len(paragraph) for paragraph in entry.text.split("\n\n")] == [136, 331]


def test_the_outlets_own_rule_outranks_a_guid_and_leaves_out_what_is_no_article():
    source = replace(SOURCE, article=r"/world/(?P<id>\d+)", identity="hills:{id}")
    text = rss(
        """<item><link>/world/9</link><guid>77 at https://www.hills.example</guid></item>
        <item><link>/world/live</link><guid>78 at https://www.hills.example</guid></item>"""
    )
    listing = read(text, source=source)
    assert only(listing).key == "hills:9"
    assert isinstance(listing, Listing)
    assert listing.dropped == ()


def wordpress(content: str, description: str = "A short lead.") -> Entry:
    text = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>'
        f"<link>{LINK}</link><description><![CDATA[{description}]]></description>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded></item></channel></rss>"
    )
    return only(read(text))


@pytest.mark.parametrize(
    ("content", "description", "lead", "text"),
    [
        (
            "<p>First.</p><p>Second, much longer.</p>",
            "A short lead.",
            "A short lead.",
            "First.\n\nSecond, much longer.",
        ),
        ("<p>First of all.</p><p>Second.</p>", "", "First of all.", "First of all.\n\nSecond."),
        ("<p>First of all, more […]</p>", "A short lead.", "A short lead.", None),
        ("<p>Short.</p>", "A longer lead.", "A longer lead.", None),
        ("<p>A short lead.</p>", "<p>A short lead.</p>", "A short lead.", None),
        ("<p></p>", "", None, None),
        ("<img src=x>", "A short lead.", "A short lead.", None),
    ],
)
def test_content_is_the_text_where_it_is_whole(content, description, lead, text):
    entry = wordpress(content, description)
    assert (entry.lead, entry.text) == (lead, text)


def test_a_long_description_is_a_body():
    paragraphs = [f"Paragraph {n} of a long report. " + "Word after word. " * 30 for n in range(3)]
    body = escaped("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))
    text = rss(f"<item><link>{LINK}</link><description>{body}</description></item>")
    entry = only(read(text))
    assert (entry.lead, entry.text) == (paragraphs[0].strip(), "\n\n".join(p.strip() for p in paragraphs))


@pytest.mark.parametrize(
    ("guid", "key"),
    [
        ("http://blog.hills.example/?p=31", "https://www.hills.example/news/goats"),
        ("9 at https://[broken", "https://www.hills.example/news/goats"),
        ("tag:hills.example,2026:9", "https://www.hills.example/news/goats"),
    ],
)
def test_other_guids_name_nothing(guid, key):
    text = rss(f'<item><link>{LINK}</link><guid isPermaLink="false">{guid}</guid></item>')
    entry = only(read(text))
    assert (entry.key, entry.guid) == (key, guid)


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<guid>https://www.hills.example/news/a</guid>", "https://www.hills.example/news/a"),
        # where there is no other address, one that must be no permalink is better than none, on the outlet's own site
        ('<guid isPermaLink="false">https://www.hills.example/?p=7</guid>', "https://www.hills.example/?p=7"),
        ('<guid isPermaLink="false">https://other.example/?p=7</guid>', None),
        ("<link>javascript:void(0)</link><guid>https://www.hills.example/a</guid>", "https://www.hills.example/a"),
        ("<guid>12345</guid>", None),
        ("<guid>news/12345</guid>", "https://www.hills.example/taxonomy/term/24/news/12345"),
        ("<link>hills.example/b</link>", "https://hills.example/b"),
        ("<link>www.hills.example/b</link>", "https://www.hills.example/b"),
        (
            ORIGINAL,
            "https://www.hills.example/news/b",
        ),
    ],
)
def test_where_the_link_stands(item, link):
    listing = read(rss(f"<item>{item}</item>"))
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ([link] if link else [])


def test_atom():
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.hills.example/blog/">
      <entry><title type="html">&lt;i&gt;Goats&lt;/i&gt; again</title><link href="goats?n=1"/>
        <link rel="enclosure" href="g.mp3" type="audio/mpeg"/><id>urn:uuid:1</id>
        <published>2026-03-01T10:00:00+01:00</published><updated>2026-03-02T10:00:00Z</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
      <entry><link href="sheep"/><id>urn:uuid:2</id><updated>2026-03-02T10:00:00Z</updated></entry></feed>"""
    second = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert read(text, "application/atom+xml") == Listing(
        entries=(
            Entry(
                url="https://www.hills.example/blog/goats?n=1",
                key="https://www.hills.example/blog/goats?n=1",
                endpoint=URL,
                guid="urn:uuid:1",
                title="Goats again",
                lead="One. Two.",
                published=moment(datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01T10:00:00+01:00"),
                modified=moment(second, "2026-03-02T10:00:00Z"),
                details={"enclosures": [{"url": "https://www.hills.example/blog/g.mp3", "type": "audio/mpeg"}]},
            ),
            Entry(
                url="https://www.hills.example/blog/sheep",
                key="https://www.hills.example/blog/sheep",
                endpoint=URL,
                guid="urn:uuid:2",
                published=moment(second, "2026-03-02T10:00:00Z"),
            ),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"),  # RSS 0.90
        f'<rss version="0.91"><channel><item><title>Goats</title><link>{LINK}</link></item></channel></rss>',
        f'<rss version="0.92"><channel><item><title>Goats</title><link>{LINK}</link></item></channel></rss>',
        RDF,
        ATOM_03,
        f'\ufeff<?xml version="1.0"?><rss version="2.0"><item><title>Goats</title><link>{LINK}</link></item></rss>',
        f'<rss version="2.0"><channel><item><title>Goats</title><link>{LINK}</link><x>&nbsp;&</x></y></item></rss>',
    ],
)
def test_old_odd_and_broken_feeds(text):
    entry = only(read(text))
    assert (entry.title, entry.url) == ("Goats", LINK)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss(f"<item><title>Žena</title><link>{LINK}</link></item>").encode(), "text/xml; charset=iso-8859-1"),
        (rss(f"<item><title>Žena</title><link>{LINK}</link></item>").encode(), ""),
        (
            rss(f"<item><title>Žena</title><link>{LINK}</link></item>")
            .replace("utf-8", "iso-8859-2")
            .encode("iso-8859-2"),
            "text/xml",
        ),
        (
            rss(f"<item><title>Žena</title><link>{LINK}</link></item>")
            .replace(' encoding="utf-8"', "")
            .encode("cp1250"),
            "text/xml; charset=windows-1250",
        ),
    ],
)
def test_the_charset_that_fits_wins(body, content_type):
    assert only(read(body, content_type)).title == "Žena"


def test_a_feed_that_is_cut_off_gives_what_is_whole_and_says_so():
    whole = rss("".join(f"<item><link>https://a.example/{n}00</link><title>T</title></item>" for n in range(3)))
    cut = read(whole[: whole.index("200") + 1])
    assert isinstance(cut, Listing)
    assert ([entry.url for entry in cut.entries], cut.dropped) == (
        ["https://a.example/000", "https://a.example/100"],
        (DroppedItem(reason="it names no web address", title=None, unread=True),),
    )
    between = read(whole[: whole.index("</channel>")])
    assert isinstance(between, Listing)
    incomplete = DroppedItem(reason="the feed is cut off: its last item may be incomplete", unread=True)
    assert (len(between.entries), between.dropped) == (3, (incomplete,))


def test_two_thousand_items_and_no_more():
    items = "".join(f"<item><link>https://a.example/{n}</link></item>" for n in range(MAX_ITEMS + 5))
    listing = read(rss(items))
    assert isinstance(listing, Listing)
    left_out = DroppedItem(reason="the feed has more than 2000 items")
    assert (len(listing.entries), listing.dropped) == (MAX_ITEMS, (left_out,) * 5)


@pytest.mark.parametrize("old", [range(3000), range(3000, 0, -1)], ids=["rising", "falling"])
def test_of_too_many_items_of_which_most_have_no_date_those_with_one_are_kept(old):
    items = [f"<item><link>https://a.example/{n}</link></item>" for n in old]
    date = "<pubDate>Thu, 01 Oct 2026 06:00:00 GMT</pubDate>"
    dated = "".join(f"<item><link>https://a.example/new-{word}</link>{date}</item>" for word in ("gull", "tern"))
    listing = read(rss("".join((*items[:1500], dated, *items[1500:]))))
    assert isinstance(listing, Listing)
    kept = items[1002:] if old[0] == 0 else items[:1998]
    urls = [*(f"https://a.example/new-{word}" for word in ("gull", "tern")), *(item[12:-14] for item in kept)]
    assert sorted(entry.url for entry in listing.entries) == sorted(urls)


@pytest.mark.parametrize(
    ("channel", "wait"),
    [
        ("", None),
        ("<ttl>x</ttl>", None),
        ("<ttl>99999999999999</ttl>", 86400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        ("<ttl>30</ttl><sy:updatePeriod> Hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>often</sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_how_often_a_feed_wants_to_be_asked(channel, wait):
    text = rss("", channel).replace("<rss", '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"')
    assert read(text) == Listing(entries=(), wait=wait)


WEEK = {day: set(range(day * 24, day * 24 + 24)) for day in range(7)}


@pytest.mark.parametrize(
    ("channel", "closed"),
    [
        (
            "<skipHours><hour>0</hour>\n<hour> 23 </hour><hour>24</hour></skipHours>",
            {h for d in range(7) for h in (d * 24, d * 24 + 23)},
        ),
        ("<skipDays><day>Saturday</day><day>Sunday</day><day>Someday</day></skipDays>", WEEK[5] | WEEK[6]),
        (
            "<skipDays><day>monday</day></skipDays><skipHours><hour>1</hour></skipHours>",
            WEEK[0] | {d * 24 + 1 for d in range(7)},
        ),
        ("<skipHours></skipHours>", set()),
        ("<skipHours><hour>1</hour>", set()),
        ("<!--" + "x" * 70_000 + "--><skipHours><hour>1</hour></skipHours>", set()),  # a head that long is none
    ],
)
def test_when_a_feed_wants_to_be_left_alone(channel, closed):
    assert read(rss("", channel)) == Listing(entries=(), closed=frozenset(closed))


def test_json_feed():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "/feed.json?p=2",
        "items": [
            {
                "id": 5,
                "url": "/news/goats",
                "title": "Goats &amp; sheep",
                "content_html": "<p>One.</p><p>Two.</p>",
                "summary": "Lead",
                "date_published": "2026-03-01T12:00:00Z",
                "date_modified": "2026-03-02T12:00:00Z",
                "tags": ["a"],
            },
            {"external_url": "https://b.example/x", "content_text": "One.\n\nTwo\nlines."},
            {"id": "no link"},
            "no item",
        ],
    }
    assert read("\ufeff" + json.dumps(feed), "application/feed+json") == Listing(
        entries=(
            Entry(
                url=LINK,
                key=LINK,
                endpoint=URL,
                guid="5",
                title="Goats & sheep",
                lead="Lead",
                text="One.\n\nTwo.",
                published=moment(datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
                modified=moment(datetime(2026, 3, 2, 12, tzinfo=UTC), "2026-03-02T12:00:00Z"),
                details={"tags": ["a"]},
            ),
            Entry(url="https://b.example/x", key="https://b.example/x", endpoint=URL, text="One.\n\nTwo\n\nlines."),
        ),
        more=(Endpoint(kind="feed", url="https://www.hills.example/feed.json?p=2"),),
        dropped=(DroppedItem(reason="it names no web address", unread=True),) * 2,
    )


@pytest.mark.parametrize("following", [None, URL, 7])
def test_a_json_feed_that_ends(following):
    assert read(json.dumps({"items": [], "next_url": following})) == Listing(entries=())
