"""What arrives at a feed's address and is none, or means harm: each ends as a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.formats.feed import parse_feed
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Listing, Source

pytestmark = pytest.mark.row("S6")

LINK = "https://www.hills.example/news/goats"
ENDPOINT = Endpoint(kind="feed", url="https://www.hills.example/rss")
SOURCE = Source(name="hills", spider="feed", title="Hills", address=None, every=600, endpoints=(ENDPOINT,))


def read(body: str | bytes) -> Listing | Rejection:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, "application/rss+xml", url=ENDPOINT.url, endpoint=ENDPOINT, source=SOURCE)


def rss(items: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("<!doctype html><html><body>Hello</body></html>", Outcome.NOT_ARTICLE),
        ("just words", Outcome.NOT_ARTICLE),
        ("", Outcome.NOT_ARTICLE),
        ("<urlset/>", Outcome.NOT_ARTICLE),
        ('{"version": 1}', Outcome.NOT_ARTICLE),
        ('{"items": [', Outcome.FAILED),
        ('{"items": ' + "[" * 100_000, Outcome.FAILED),
    ],
)
def test_what_is_no_feed(text, outcome):
    got = read(text)
    assert isinstance(got, Rejection)
    assert got.outcome is outcome


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY e0 "lol">'
        + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
        + '<!ENTITY e "&e9;">]>',
        f'<!DOCTYPE r [<!ENTITY e "{"a" * 50_000}">]>',
    ],
)
def test_entities_read_no_file_and_do_not_grow(doctype):
    item = f"<item><title>{'&e;' * 200}</title><link>{LINK}</link></item>"
    text = f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{item}</channel></rss>'
    got = read(text)
    assert isinstance(got, Listing)
    assert sum(len(entry.title or "") for entry in got.entries) < 1_000_000


@pytest.mark.parametrize(
    "inside", ["<a>" * 20_000, "<a>" * 20_000 + "</a>" * 20_000, "<![CDATA[" + "<b>" * 50_000 + "]]>"]
)
def test_nesting_does_not_crash(inside):
    got = read(rss(f"<item><link>{LINK}</link><description>{inside}</description></item>"))
    assert isinstance(got, Listing | Rejection)


@pytest.mark.parametrize("guid", ["<id<o</id>", "<guid<o</guid>", "<id<", "<guid isPermaLink='true'<o"])
def test_a_name_of_broken_markup_is_no_link(guid):
    """For the first feedparser says that the guid is the link, and gives no link."""
    for head in ("<\0\0\0feed<entry", "<feed><entry>", "<rss version='2.0'><channel><item>"):
        assert isinstance(read(f"{head}{guid}"), Listing | Rejection)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss version='2.0'><item>", b"<feed><entry>", b'{"items":']))
def test_any_bytes_end_as_a_value(tail, head):
    assert isinstance(read(head + tail), Listing | Rejection)
