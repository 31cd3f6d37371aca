"""Which entries a feed gives: shared links, fragments, captions, dates and bytes that are broken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from feed_reading import LINK, SOURCE, URL, only, read, rss

from monitor.discovery.formats.feed import MAX_ITEMS
from monitor.model.page import Rejection
from monitor.model.source import DroppedItem, Endpoint, Listing


def entries(listing: Listing | Rejection) -> list[tuple[str | None, str]]:
    assert isinstance(listing, Listing), listing
    return [(entry.title, entry.url) for entry in listing.entries]


def test_items_that_share_a_link_are_told_apart_by_their_guids():
    home = "https://www.hills.example/"
    items = "".join(f"<item><title>{n}</title><link>{home}</link><guid>{home}n/{n}</guid></item>" for n in (1, 2))
    assert entries(read(rss(items))) == [("1", f"{home}n/1"), ("2", f"{home}n/2")]
    relative = items.replace(f"<guid>{home}", "<guid>/")
    assert entries(read(rss(relative))) == [("1", f"{home}n/1"), ("2", f"{home}n/2")]


def test_items_that_differ_in_a_fragment_only_are_one_page_and_the_rest_is_told():
    items = "".join(f"<item><title>{n}</title><link>{LINK}</link><guid>{LINK}#{n}</guid></item>" for n in (1, 2))
    listing = read(rss(items))
    assert entries(listing) == [("1", LINK)]
    assert isinstance(listing, Listing)
    assert listing.dropped == (DroppedItem(reason=f"another item has the same address: {LINK}", title="2"),)


def test_the_newest_of_items_with_one_address_speaks_for_the_page():
    item = f"<item><title>{{n}}</title><link>{LINK}#{{n}}</link><pubDate>2026-03-0{{n}}T10:00:00Z</pubDate></item>"
    listing = read(
        rss("".join(item.format(n=n) for n in (1, 3, 2)) + f"<item><title>4</title><link>{LINK}</link></item>")
    )
    assert entries(listing) == [("3", LINK)]
    assert isinstance(listing, Listing)
    assert [dropped.title for dropped in listing.dropped] == ["1", "2", "4"]


def test_a_guid_of_another_site_is_no_link():
    items = "".join(
        f"<item><title>{n}</title><link>{LINK}</link><guid>https://other.example/{n}</guid></item>" for n in (1, 2)
    )
    assert entries(read(rss(items))) == [("1", LINK)]


def test_the_same_item_twice_is_no_loss():
    listing = read(rss(f"<item><title>A</title><link>{LINK}</link></item>" * 2))
    assert isinstance(listing, Listing)
    assert (len(listing.entries), listing.dropped) == (1, ())


def test_of_too_many_items_the_newest_are_kept_in_their_order():
    dated = "<item><link>/{n}</link><pubDate>2026-03-01T00:{m:02}:{s:02}Z</pubDate></item>"
    items = "".join(dated.format(n=n, m=n // 60, s=n % 60) for n in range(MAX_ITEMS + 2))
    listing = read(rss(items))
    assert isinstance(listing, Listing)
    kept = [entry.url for entry in listing.entries]
    assert (kept[0], kept[-1], len(listing.dropped)) == (
        "https://www.hills.example/2",
        f"https://www.hills.example/{MAX_ITEMS + 1}",
        2,
    )


def test_captions_are_neither_lead_nor_text():
    text = rss(
        f"""<item><title>A</title><link>{LINK}</link><m:content url="/i.jpg"><m:description>Boats.</m:description>
        <m:text>Boats at dawn.</m:text></m:content><description>Two sides agreed.</description></item>"""
    ).replace("<rss", '<rss xmlns:m="http://search.yahoo.com/mrss/"')
    entry = only(read(text))
    assert (entry.lead, entry.text) == ("Two sides agreed.", None)


@pytest.mark.parametrize(("language", "chosen"), [("de", "/de"), ("fr", "/en"), (None, "/en")])
def test_of_two_alternates_the_one_in_the_sources_language(language, chosen):
    text = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title>
    <link rel="alternate" hreflang="en" href="https://a.example/en"/>
    <link rel="alternate" hreflang="de-DE" href="https://a.example/de"/></entry></feed>"""
    entry = only(read(text, source=replace(SOURCE, language=language)))
    assert entry.url == f"https://a.example{chosen}"


def test_a_plain_title_of_atom_keeps_its_brackets():
    text = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="text">Use of &lt;b&gt; grows</title>
    <link href="{LINK}"/></entry></feed>"""
    assert only(read(text)).title == "Use of <b> grows"


def test_relative_links_of_rss_belong_to_the_channels_site():
    listing = read(rss("<item><link>/r/1</link></item>", "<link>https://site.example/</link>"))
    assert only(listing).url == "https://site.example/r/1"


def test_an_address_of_another_protocol_beside_the_link_is_not_the_link():
    assert only(read(rss(f'<item><link uri="at://did:x/1">{LINK}</link></item>'))).url == LINK


def test_an_item_about_an_address_is_at_that_address():
    text = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <item rdf:about="https://a.example/1"><title>A</title></item></rdf:RDF>"""
    assert only(read(text)).url == "https://a.example/1"


def test_a_date_that_cannot_be_read_gives_way_to_the_next():
    text = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="{LINK}"/>
    <published>0001-01-01T00:00:00Z</published><updated>2026-03-01T10:00:00Z</updated></entry></feed>"""
    entry = only(read(text))
    assert entry.published is not None
    assert (entry.published.at, entry.published.raw) == (datetime(2026, 3, 1, 10, tzinfo=UTC), "2026-03-01T10:00:00Z")


def test_one_bad_byte_costs_one_character():
    body = rss(f"<item><title>Переговоры</title><link>{LINK}</link><description>Обры@</description></item>")
    broken = body.encode().replace(b"@", b"\xd0")
    entry = only(read(broken, "application/rss+xml; charset=utf-8"))
    assert (entry.title, entry.lead) == ("Переговоры", "Обры\ufffd")


@pytest.mark.parametrize("reference", ["&#55357;", "&#xD83D;&#xDE00;"])
def test_half_a_character_does_not_cost_the_feed(reference):
    lead = f"<description><![CDATA[B {reference}]]></description>"
    text = rss(f"<item><title>A{reference}</title><link>{LINK}</link>{lead}</item>")
    entry = only(read(text))
    assert (entry.title, (entry.lead or "").encode("utf-8")[:1]) == ("A" if "55357" in reference else "A😀", b"B")


def test_an_id_that_is_an_address_is_the_link_of_a_json_item():
    item = {"id": LINK, "title": "Use of <b> & <i>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    entry = only(read(json.dumps(feed)))
    assert (entry.url, entry.title) == (LINK, "Use of <b> & <i>")


def test_what_feedparser_leaks_is_a_reason_and_no_crash(monkeypatch):
    def leak(*_: object, **__: object) -> None:
        raise OverflowError("cannot fit")

    monkeypatch.setattr("feedparser.parse", leak)
    found = read(rss(""))
    assert isinstance(found, Rejection)
    assert found.reason == "unreadable feed: OverflowError: cannot fit"


def test_an_address_without_its_scheme_is_one():
    item = "<item><title>A</title><link> www.hills.example/news/a </link></item>"
    assert entries(read(rss(item))) == [("A", "https://www.hills.example/news/a")]


@pytest.mark.parametrize(
    ("address", "following"),
    [
        (f"{URL}?page=2", (Endpoint(kind="feed", url=f"{URL}?page=2"),)),
        ("?paged=2", (Endpoint(kind="feed", url=f"{URL}?paged=2"),)),
        (URL, ()),
        ("https://other.example/feed?page=2", ()),
        ("", ()),
    ],
)
def test_the_next_page_of_a_feed(address: str, following: tuple[Endpoint, ...]):
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{address}"/>'
    listing = read(rss(f"<item><title>A</title><link>{LINK}</link></item>", link))
    assert isinstance(listing, Listing)
    assert listing.more == following


def test_atom_content_that_stands_elsewhere_is_the_page():
    listing = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><id>tag:1</id>'
        f'<content type="text/html" src="{LINK}"/></entry><entry><title>B</title><id>tag:2</id>'
        '<content type="image/png" src="/b.png"/></entry></feed>'
    )
    assert entries(listing) == [("A", LINK)]
    assert isinstance(listing, Listing)
    assert listing.dropped == (DroppedItem(reason="it names no web address", title="B", unread=True),)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("<yandex:full-text>The lead.\nThe rest of it.</yandex:full-text>", "The lead.\n\nThe rest of it."),
        ("<rambler:fulltext>&lt;p>The lead.&lt;p>The rest.</rambler:fulltext>", "The lead.\n\nThe rest."),
        ("<mailru:full-text>The lead. The rest.</mailru:full-text>", "The lead. The rest."),
        ("<turbo:content><![CDATA[<p>The lead.</p><p>Rest.</p>]]></turbo:content>", "The lead.\n\nRest."),
        ("<full-text>The lead. The rest.</full-text>", "The lead. The rest."),
    ],
)
def test_whole_texts_for_search_engines_are_the_text(element, text):
    spaces = (
        'xmlns:yandex="http://news.yandex.ru" xmlns:rambler="http://news.rambler.ru" '
        'xmlns:mailru="http://news.mail.ru/" xmlns:turbo="http://turbo.yandex.ru"'
    )
    item = f"<item><link>{LINK}</link><description>The lead.</description>{element}</item>"
    entry = only(read(rss(item).replace("<rss", f"<rss {spaces}", 1)))
    assert (entry.lead, entry.text) == ("The lead.", text)


@pytest.mark.parametrize(
    "around",
    ["// made by hand\n{}", "callback({});", ")]}}'\n{}", "<br />\n<b>Warning</b>: x on line 3<br />\n{}"],
)
def test_a_json_feed_in_a_wrapper(around):
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": LINK, "title": "A"}]}
    assert entries(read(around.format(json.dumps(feed)))) == [("A", LINK)]


def test_json_fields_of_another_type_are_no_words():
    item = {"id": 7, "url": LINK, "title": {"a": 1}, "summary": ["x"], "content_text": {"b": 2}, "date_published": []}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": 5, "items": [item]}
    listing = read(json.dumps(feed))
    entry = only(listing)
    assert (entry.guid, entry.title, entry.lead, entry.text, entry.published) == ("7", None, None, None, None)
    assert isinstance(listing, Listing)
    assert listing.title == "5"


@pytest.mark.parametrize(
    "title",
    [
        "<![CDATA[<![CDATA[Bridge opens]]]]><![CDATA[>]]>",
        "&lt;![CDATA[Bridge opens]]&gt;",
        "Bridge &lt;![CDATA[opens]]>",
    ],
)
def test_a_section_in_a_section_is_no_comment(title):
    item = f"<item><title>{title}</title><link>{LINK}</link><description>{title}</description></item>"
    entry = only(read(rss(item)))
    assert (entry.title, entry.lead) == ("Bridge opens", "Bridge opens")


def test_captions_within_a_description_are_no_lead():
    markup = "<figure><img><figcaption>File photo</figcaption></figure><p class='wp-caption-text'>Men</p><p>Lead.</p>"
    entry = only(read(rss(f"<item><link>{LINK}</link><description><![CDATA[{markup}]]></description></item>")))
    assert entry.lead == "Lead."


@pytest.mark.parametrize("rising", [True, False])
def test_of_too_many_items_without_dates_the_numbers_tell_the_newest(rising):
    numbers = range(1, MAX_ITEMS + 3) if rising else range(MAX_ITEMS + 2, 0, -1)
    listing = read(rss("".join(f"<item><link>/news/{n}</link></item>" for n in numbers)))
    assert isinstance(listing, Listing)
    kept = {entry.url for entry in listing.entries}
    assert kept == {f"https://www.hills.example/news/{n}" for n in range(3, MAX_ITEMS + 3)}


def test_the_archive_before_a_feed_is_its_next_page():
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/a1"/><link rel="current" href="/"/>'
    )
    listing = read(f'{feed}<entry><link href="{LINK}"/></entry></feed>')
    assert isinstance(listing, Listing)
    assert listing.more == (Endpoint(kind="feed", url="https://www.hills.example/a1"),)
